package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sourcegraph/conc"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// anyBroker stands for a broker when any can answer: in KRaft they all know the cluster's metadata, and pass on to the
// controller what is the controller's.
const anyBroker int32 = -1

// atOnce is how many requests to different brokers, or parts of a large one, are under way at a time.
const atOnce = 32

// errNotLive is what kgo calls an unknown broker.
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
	if err != nil {
		return none, named(err)
	}
	answer, ok := response.(R)
	if !ok {
		return none, fmt.Errorf("got a %T", response)
	}
	return answer, nil
}

// named gives those errors of kgo a name that have none: kgo does not export them.
func named(err error) error {
	switch text := err.Error(); {
	case text == "unknown broker":
		return errNotLive
	case strings.HasPrefix(text, "broker is too old"):
		return &refusal{code: kerr.UnsupportedVersion}
	}
	return err
}

// reach finds a broker that answers: it is the first to be asked what any broker can answer. When none does, every
// question fails with the true cause.
func (c *client) reach(ctx context.Context) error {
	via, err := contest[*kgo.Broker, *kgo.Broker]{
		candidates: candidates(c.narrow), after: signAfter,
		try: func(ctx context.Context, broker *kgo.Broker) (*kgo.Broker, error) {
			request := kmsg.NewPtrMetadataRequest()
			request.Topics = []kmsg.MetadataRequestTopic{} // none: nil would be all
			_, err := broker.RetriableRequest(ctx, request)
			return broker, err
		},
	}.run(ctx)
	c.via = via
	return err
}

// candidates are all brokers that a client knows of.
func candidates(of *kgo.Client) []*kgo.Broker {
	return append(of.DiscoveredBrokers(), of.SeedBrokers()...)
}

// read asks what any broker can answer: the one that was reached, and others beside it if it hangs or fails now. Every
// try has a request of its own.
func read[R kmsg.Response](ctx context.Context, c *client, request func() kmsg.Request) (R, error) {
	others := slices.DeleteFunc(candidates(c.narrow), func(b *kgo.Broker) bool { return *b == *c.via })
	brokers := contest[*kgo.Broker, R]{candidates: append([]*kgo.Broker{c.via}, others...), after: answerAfter}
	return first(ctx, c, brokers, request)
}

// forwarded asks what a broker has to ask the controller for. One broker may still wait for a controller that hangs
// when another has found the next one already. The answers are small.
func forwarded[R kmsg.Response](ctx context.Context, c *client, request func() kmsg.Request) (R, error) {
	return first(ctx, c, contest[*kgo.Broker, R]{candidates: candidates(c.forward), after: signAfter}, request)
}

func first[R kmsg.Response](
	ctx context.Context, c *client, brokers contest[*kgo.Broker, R], request func() kmsg.Request,
) (R, error) {
	brokers.try = func(ctx context.Context, broker *kgo.Broker) (R, error) {
		on := *c
		on.via = broker
		return call[R](ctx, &on, anyBroker, request())
	}
	return brokers.run(ctx)
}

// abreast does all items, some of them at a time.
func abreast[T any](items []T, do func(T)) {
	var all conc.WaitGroup
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
