package kafka

import (
	"context"
	"errors"
	"fmt"
	gosync "sync"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// anyBroker stands for a broker when any can answer: in KRaft they all know the cluster's metadata, and pass on to the
// controller what is the controller's.
const anyBroker int32 = -1

// atOnce is how many requests to different brokers, or parts of a large one, are under way at a time.
const atOnce = 32

// errNotLive is what kgo calls an unknown broker, and does not export.
var errNotLive = errors.New("not listed among the live brokers")

// call sends a request with the narrow client to one broker, or to the one that was reached.
func call[R kmsg.Response](ctx context.Context, c *client, broker int32, request kmsg.Request) (R, error) {
	var none R
	to := c.via
	if broker != anyBroker {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, brokerTimeout)
		defer cancel()
		to = c.narrow.Broker(int(broker))
	}
	response, err := to.RetriableRequest(ctx, request)
	switch {
	case err != nil && err.Error() == "unknown broker":
		return none, errNotLive
	case err != nil:
		return none, err
	}
	answer, ok := response.(R)
	if !ok {
		return none, fmt.Errorf("got a %T", response)
	}
	return answer, nil
}

// abreast does all items, some of them at a time.
func abreast[T any](items []T, do func(T)) {
	var all gosync.WaitGroup
	turns := make(chan struct{}, atOnce)
	for _, item := range items {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			do(item)
		})
	}
	all.Wait()
}

// within waits for a call no longer than its context lasts: neither client heeds a context at every step. A call that
// outlives it is left to end by itself, which the clients' own timeouts bound.
func within[T any](ctx context.Context, call func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := call()
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// remaining is what is left of a context's time for a call of librdkafka, which takes a timeout.
func remaining(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return requestTimeout
	}
	return min(requestTimeout, max(time.Until(deadline), time.Millisecond))
}
