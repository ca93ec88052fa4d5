package kafka

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"github.com/sourcegraph/conc/panics"
)

// How long one candidate may keep silent before the next one is tried beside it: a connection or a first sign of life
// takes milliseconds, an answer may be large.
const (
	signAfter   = 200 * time.Millisecond
	answerAfter = 800 * time.Millisecond
)

// errTooFew comes last of several: it says nothing that the failures before it do not.
var errTooFew = errors.New("nobody else to ask")

// contest is a race between candidates that would all do: the first successes win. The next one starts when the last
// one was silent for a while or has failed, so that one that hangs, as on a lost node, costs little, and the usual case
// costs no try more than is wanted.
type contest[C, T any] struct {
	candidates []C
	after      time.Duration
	try        func(context.Context, C) (T, error)
	// discard takes what comes after the winner; nil drops it.
	discard func(T)
}

// run returns the first success, or all failures.
func (c contest[C, T]) run(ctx context.Context) (T, error) {
	won, err := c.some(ctx, 1)
	if err != nil {
		var none T
		return none, err
	}
	return won[0], nil
}

// some returns as many successes as are wanted, or all failures and what succeeded.
func (c contest[C, T]) some(ctx context.Context, wanted int) ([]T, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan attempt[T], len(c.candidates)) // nobody who is late waits for a reader
	started, running := 0, 0
	start := func() {
		if started == len(c.candidates) {
			return
		}
		candidate := c.candidates[started]
		started, running = started+1, running+1
		go func() {
			var r attempt[T]
			r.bug = panics.Try(func() { r.value, r.err = c.try(ctx, candidate) })
			results <- r
		}()
	}
	tick := time.NewTicker(c.after)
	defer tick.Stop()
	for range wanted {
		start()
	}
	var won []T
	var failures []error
	for running > 0 {
		select {
		case r := <-results:
			running--
			if r.bug != nil {
				go c.late(results, running)
				panic(r.bug) // in the caller's goroutine, where it does not end the process
			}
			if r.err != nil {
				failures = append(failures, r.err)
				start()
				continue
			}
			if won = append(won, r.value); len(won) == wanted {
				go c.late(results, running)
				return won, nil
			}
		case <-tick.C:
			start()
		case <-ctx.Done():
			go c.late(results, running)
			return won, errors.Join(append(failures, ctx.Err())...)
		}
	}
	return won, errors.Join(append(failures, errTooFew)...)
}

// attempt is what became of one candidate.
type attempt[T any] struct {
	value T
	err   error
	bug   *panics.Recovered
}

// late takes what comes when the race is over.
func (c contest[C, T]) late(results <-chan attempt[T], running int) {
	for range running {
		if r := <-results; r.err == nil && r.bug == nil && c.discard != nil {
			c.discard(r.value)
		}
	}
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
			candidates: addresses, after: signAfter,
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
