package server

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/kompositor/kompositor/sync"
)

// Adapter is a room that stands between us and one outside system. Both of its doors return within their context; one
// that does not is left behind, and what it was asked stays unknown.
type Adapter interface {
	// Name is the adapter that commands are addressed to.
	Name() sync.Adapter
	// Answer reads. It fills its own part of the facts only; what it cannot learn is unknown with the reason.
	Answer(ctx context.Context, questions sync.Questions) sync.Facts
	// Perform writes, and returns one outcome for each command in their order.
	Perform(ctx context.Context, commands []sync.Command) sync.Outcomes
}

// grace is how long an adapter whose time is up may take to say what it has learnt so far.
const grace = 200 * time.Millisecond

// answer asks every adapter that there is a question for, in parallel. It always returns in time.
func (s *Server) answer(ctx context.Context, questions sync.Questions) sync.Facts {
	facts := sync.Facts{Now: s.options.Now().UTC()}
	var waits []func()
	for _, name := range sync.Adapters() {
		if !questions.Asks(name) {
			continue
		}
		adapter := s.adapter(name)
		if adapter == nil {
			facts.Take(name, questions.Unanswered(name, "this server has no "+string(name)+" adapter"))
			continue
		}
		wait := begin(ctx, s, side{name, "answer", s.options.AnswerTimeout}, func(ctx context.Context) sync.Facts {
			return adapter.Answer(ctx, questions)
		})
		waits = append(waits, func() {
			answer, err := wait()
			if err != nil {
				answer = questions.Unanswered(name, err.Error())
			}
			facts.Take(name, answer)
		})
	}
	for _, wait := range waits {
		wait()
	}
	return facts
}

// perform hands every adapter its commands, in parallel between adapters and in order within one.
func (s *Server) perform(ctx context.Context, commands []sync.Command) sync.Outcomes {
	outcomes := make(sync.Outcomes, len(commands))
	byAdapter := map[sync.Adapter][]int{}
	for i, command := range commands {
		outcomes[i].Command = command
		byAdapter[command.To()] = append(byAdapter[command.To()], i)
	}
	var waits []func()
	for name, places := range byAdapter {
		adapter := s.adapter(name)
		if adapter == nil {
			for _, place := range places {
				outcomes[place].Err = fmt.Errorf("this server has no %s adapter", name)
			}
			continue
		}
		own := make([]sync.Command, 0, len(places))
		for _, place := range places {
			own = append(own, commands[place])
		}
		wait := begin(ctx, s, side{name, "perform", s.options.PerformTimeout}, func(ctx context.Context) sync.Outcomes {
			return adapter.Perform(ctx, own)
		})
		waits = append(waits, func() {
			performed, err := wait()
			for i, place := range places {
				switch {
				case err != nil:
					outcomes[place].Err = err
				case i < len(performed):
					outcomes[place].Err = performed[i].Err
				default:
					outcomes[place].Err = errors.New("the adapter did not say what became of it")
				}
			}
		})
	}
	for _, wait := range waits {
		wait()
	}
	return outcomes
}

func (s *Server) adapter(name sync.Adapter) Adapter {
	for _, adapter := range s.adapters {
		if adapter.Name() == name {
			return adapter
		}
	}
	return nil
}

// side names a call to the outside.
type side struct {
	adapter sync.Adapter
	door    string
	timeout time.Duration
}

// begin calls an adapter on its own goroutine and returns the wait for its result. The wait ends when the time is up,
// whatever the adapter does, and turns a panic into an error.
func begin[T any](ctx context.Context, s *Server, to side, do func(context.Context) T) func() (T, error) {
	type result struct {
		value T
		err   error
	}
	started := time.Now()
	ctx, cancel := context.WithTimeout(ctx, to.timeout)
	results := make(chan result, 1)
	go func() {
		defer cancel()
		var r result
		defer func() {
			if cause := recover(); cause != nil {
				s.logger.Error().Str("adapter", string(to.adapter)).Str("door", to.door).Str("panic", fmt.Sprint(cause)).
					Bytes("stack", debug.Stack()).Msg("adapter panicked")
				r.err = fmt.Errorf("the %s adapter failed; its log says where", to.adapter)
			}
			results <- r
		}()
		r.value = do(ctx)
	}()
	return func() (T, error) {
		late := time.NewTimer(to.timeout + grace - time.Since(started))
		defer late.Stop()
		var r result
		outcome := sideOK
		select {
		case r = <-results:
			if r.err != nil {
				outcome = sidePanicked
			} else if ctx.Err() != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
				outcome = sideLate
			}
		case <-late.C:
			outcome = sideLate
			r.err = fmt.Errorf("%s did not answer within %s", to.adapter, to.timeout)
		}
		s.metrics.sideCall(to, outcome, time.Since(started))
		return r.value, r.err
	}
}
