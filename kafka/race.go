package kafka

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"
)

// hedgeAfter is how long one candidate may keep silent before the next one is tried beside it.
const hedgeAfter = 200 * time.Millisecond

// contest is a race between candidates that would all do: the first success wins. The next one starts when the last one
// was silent for a while or has failed, so that one that hangs, as on a lost node, costs little, and the usual case
// costs one try.
type contest[C, T any] struct {
	candidates []C
	try        func(context.Context, C) (T, error)
	// discard takes what comes after the winner; nil drops it.
	discard func(T)
}

// run returns the first success, or all failures.
func (c contest[C, T]) run(ctx context.Context) (T, error) {
	type result struct {
		value T
		err   error
	}
	var none T
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan result, len(c.candidates)) // nobody who is late waits for a reader
	started, running := 0, 0
	start := func() {
		if started == len(c.candidates) {
			return
		}
		candidate := c.candidates[started]
		started, running = started+1, running+1
		go func() {
			value, err := c.try(ctx, candidate)
			results <- result{value, err}
		}()
	}
	late := func() {
		for range running {
			if r := <-results; r.err == nil && c.discard != nil {
				c.discard(r.value)
			}
		}
	}
	tick := time.NewTicker(hedgeAfter)
	defer tick.Stop()
	var failures []error
	for start(); running > 0; {
		select {
		case r := <-results:
			running--
			if r.err == nil {
				go late()
				return r.value, nil
			}
			failures = append(failures, r.err)
			start()
		case <-tick.C:
			start()
		case <-ctx.Done():
			go late()
			return none, errors.Join(append(failures, ctx.Err())...)
		}
	}
	if len(failures) == 0 {
		return none, errors.New("there is nobody to ask")
	}
	return none, errors.Join(failures...)
}

// dialer opens connections for the narrow client, with TLS if there is a configuration. A headless Service names the
// Pods of a lost node too until Kubernetes gives up on it; Go's own dialer would wait for the first address until its
// time is over.
func dialer(config *tls.Config) func(ctx context.Context, network, address string) (net.Conn, error) {
	var plain net.Dialer
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, dialTimeout)
		defer cancel()
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		addresses, err := net.DefaultResolver.LookupHost(ctx, host)
		if err != nil {
			return nil, err
		}
		opened, err := contest[string, net.Conn]{
			candidates: addresses,
			try: func(ctx context.Context, address string) (net.Conn, error) {
				return plain.DialContext(ctx, network, net.JoinHostPort(address, port))
			},
			discard: func(late net.Conn) { _ = late.Close() },
		}.run(ctx)
		if err != nil || config == nil {
			return opened, err
		}
		own := config.Clone()
		own.ServerName = host
		secured := tls.Client(opened, own)
		if err := secured.HandshakeContext(ctx); err != nil {
			_ = opened.Close()
			return nil, err
		}
		return secured, nil
	}
}
