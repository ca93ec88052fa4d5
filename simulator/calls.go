package simulator

import (
	"errors"

	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/simulator/weather"
)

// Call hands Metacontroller's calls on to the service under trial, in this weather: every fault between the two is made
// here.
func (w *World) Call(hook, kind string, request *metacontroller.Request) (int, []byte, error) {
	w.calls++
	w.disturbed, w.unasked, w.told = nil, false, nil
	switch {
	case w.strikes(weather.LostCall):
		return w.unanswered("connection refused")
	case w.strikes(weather.LateCall):
		w.later(1+w.storm.Pick(weather.LateCall, lateBy), func() {
			_, _, _ = w.hook.Call(hook, kind, request) // nobody waits for its answer any more
		})
		return w.unanswered("it did not answer within 10 s")
	case w.strikes(weather.DoubledCall):
		_, _, _ = w.hook.Call(hook, kind, request) // the answer of the other replica is the one that counts
		w.told = nil
	case w.strikes(weather.KilledHook):
		w.ends = len(w.commands) + w.storm.Pick(weather.KilledHook, 3)
	}
	commands := len(w.commands)
	status, response, err := w.hook.Call(hook, kind, request)
	switch {
	case w.ends >= 0:
		w.ends = -1
		return w.unanswered("the service has ended before it had answered")
	case w.crash && len(w.commands) > commands:
		w.crash = false
		return w.unanswered("the service has ended before it had answered")
	case w.strikes(weather.LostResponse):
		return w.unanswered("the connection was reset")
	}
	// What was commanded has changed the world, so the same question may have another answer then.
	if w.TwiceEvery > 0 && w.calls%w.TwiceEvery == 0 && len(w.commands) == commands && !w.foul() {
		w.askAgain(hook, kind, request, response)
	}
	return status, response, err
}

// unanswered is the end of a call that brings no answer, through no fault of the service.
func (w *World) unanswered(why string) (int, []byte, error) {
	failed := errors.New(why)
	w.disturbed = append(w.disturbed, failed)
	return 0, nil, failed
}

// foul says that the same question may have another answer because of the weather alone.
func (w *World) foul() bool {
	for _, kind := range []weather.Kind{
		weather.LostAnswer, weather.HalfAnswer, weather.StaleAnswer, weather.TornAnswer, weather.RefusedCommand,
		weather.LateCommand, weather.LostOutcome, weather.ControlRestart, weather.ControlRestarted, weather.ControlDown,
		weather.ControlUnreached, weather.ControlUnheard, weather.ControlLate, weather.ControlStale, weather.ControlHalf,
		weather.TaskFails, weather.KilledAsking,
	} {
		if w.storm.Has(kind, w.tick) {
			return true
		}
	}
	return false
}

// askAgain asks the same question twice more, with its body whole and with the maps in it in another order, and
// compares the answers. The body must be the same afterwards.
func (w *World) askAgain(hook, kind string, request *metacontroller.Request, response []byte) {
	w.laws.looked(sameBytes)
	if request.Changed() {
		w.laws.broken(sameBytes, "the %s request was changed by answering it", hook)
		return
	}
	body := request.Whole()
	other, err := metacontroller.Reordered(body)
	if err != nil {
		w.laws.broken(sameBytes, "%v", err)
		return
	}
	w.again = true
	defer func() { w.again = false }()
	for _, again := range [][]byte{body, other} {
		before := string(again)
		_, answer, err := w.hook.Call(hook, kind, metacontroller.NewRequest(again))
		switch {
		case string(again) != before:
			w.laws.broken(sameBytes, "the %s request was changed by answering it", hook)
			return
		case err == nil && string(answer) != string(response):
			w.laws.broken(sameBytes, "the same %s request was answered differently:\n%s\n%s", hook, response, answer)
			return
		}
	}
}
