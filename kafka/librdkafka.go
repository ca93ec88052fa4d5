package kafka

import (
	"context"
	"errors"
	"fmt"
	gosync "sync"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

// librdkafka is a client that is made when it is first needed: it has a thread for every broker of the cluster.
type librdkafka struct {
	config *confluent.ConfigMap

	mutex  gosync.Mutex
	client *confluent.AdminClient
}

func (l *librdkafka) get() (*confluent.AdminClient, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.client == nil {
		made, err := confluent.NewAdminClient(l.config)
		if err != nil {
			return nil, fmt.Errorf("set up librdkafka: %w", err)
		}
		l.client = made
	}
	return l.client, nil
}

// forget has the next call make a new client. Others may still wait for the old one, none of them for longer than a
// request may take.
func (l *librdkafka) forget(old *confluent.AdminClient) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.client == old {
		l.client = nil
		time.AfterFunc(2*requestTimeout, old.Close)
	}
}

func (l *librdkafka) close() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.client != nil {
		l.client.Close()
		l.client = nil
	}
}

// through makes a call of librdkafka. It is made again when the connection that it was made on is taken down, as
// librdkafka does with that to a bootstrap address once it has learnt which broker answers there. After a call that was
// late it is a new client that makes the next one: librdkafka keeps to the broker that it takes for the controller, in
// KRaft any of them, and would wait for one that hangs again and again.
func through[T any](
	ctx context.Context, c *client, call func(*confluent.AdminClient, time.Duration) (T, error),
) (T, error) {
	var value T
	for attempt := 0; ; attempt++ {
		admin, err := c.rdkafka.get()
		if err != nil {
			return value, err
		}
		value, err = call(admin, remaining(ctx))
		librd, ok := errors.AsType[confluent.Error](err)
		if ok && librd.Code() == confluent.ErrDestroyBroker && attempt < retries && ctx.Err() == nil {
			continue
		}
		if late(ctx, err) {
			c.rdkafka.forget(admin)
		}
		return value, refusalBy(err)
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
