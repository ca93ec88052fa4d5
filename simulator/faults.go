package simulator

import (
	"errors"
	"net/http"
	"slices"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/hearsay"
	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/simulator/weather"
	"github.com/kompositor/kompositor/sync"
)

// Every fault of an adapter's answers and of commands is made here, between the service and the world.

// lateBy is the most ticks that something is late or an answer old: the service's own deadlines bound both.
const lateBy = 6

// strikes says that a fault of that kind happens now.
func (w *World) strikes(kind weather.Kind) bool { return w.storm.Strikes(kind, w.tick) }

// Struck counts the faults that have happened, by kind.
func (w *World) Struck() map[weather.Kind]int { return w.storm.Struck }

// Occasions counts how often each kind of fault could have struck.
func (w *World) Occasions() map[weather.Kind]int { return w.storm.Occasions }

// answered puts the questions for one adapter to the world, in this weather.
func (w *World) answered(name sync.Adapter, questions sync.Questions) sync.Facts {
	if !questions.Asks(name) {
		return sync.Facts{Now: w.Now()}
	}
	facts := w.truth(name, questions)
	if w.strikes(weather.LostAnswer) {
		lost := questions.Unanswered(name, "it did not answer within 3 s")
		lost.Now = facts.Now
		w.untold(name)
		return lost
	}
	control := name == sync.AdapterCruiseControl
	if name == sync.AdapterKafka || control {
		w.remember(name, facts)
		if w.strikes(weather.StaleAnswer) || control && w.strikes(weather.ControlStale) {
			w.age(&facts, name, func() bool { return true })
		}
		if w.strikes(weather.TornAnswer) {
			w.age(&facts, name, func() bool { return w.storm.Pick(weather.TornAnswer, 2) == 0 })
		}
	}
	if w.strikes(weather.HalfAnswer) {
		hearsay.Halve(&facts, func() bool { return w.storm.Pick(weather.HalfAnswer, 2) == 0 })
		w.untold(name)
	}
	if control && w.strikes(weather.ControlHalf) {
		hearsay.Halve(&facts, func() bool { return w.storm.Pick(weather.ControlHalf, 2) == 0 })
	}
	return facts
}

// untold is for the one child that the API server may refuse through no fault of the service: a volume grows although
// its storage class could not be asked whether it may, since the API server knows.
func (w *World) untold(name sync.Adapter) {
	w.unasked = w.unasked || name == sync.AdapterKubernetes
}

// unexplained is what a pass failed by that is neither the weather's doing nor that of a watch that lags; nil when
// nothing is.
func (w *World) unexplained(err error) error {
	if joined, several := err.(interface{ Unwrap() []error }); several {
		for _, one := range joined.Unwrap() {
			if one = w.unexplained(one); one != nil {
				return one
			}
		}
		return nil
	}
	if w.unasked && apiserver.Code(err) == http.StatusForbidden || apiserver.IsConflict(err) ||
		errors.As(err, new(*metacontroller.UnheardError)) ||
		slices.ContainsFunc(w.disturbed, func(cause error) bool { return errors.Is(err, cause) }) {
		return nil
	}
	return err
}

// remembered is what an adapter answered truthfully before.
type remembered struct {
	tick  int
	name  sync.Adapter
	facts sync.Facts
}

// remember keeps answers as long as they may be told again.
func (w *World) remember(name sync.Adapter, facts sync.Facts) {
	told := func(kind weather.Kind) bool { return w.storm.Has(kind, w.tick) }
	if !slices.ContainsFunc([]weather.Kind{weather.StaleAnswer, weather.TornAnswer, weather.ControlStale}, told) {
		return
	}
	w.past = slices.DeleteFunc(w.past, func(r remembered) bool { return w.tick-r.tick > lateBy })
	w.past = append(w.past, remembered{w.tick, name, facts})
}

// age replaces the facts that are chosen by older ones.
func (w *World) age(facts *sync.Facts, name sync.Adapter, chosen func() bool) {
	at := slices.IndexFunc(w.past, func(r remembered) bool { return r.name == name })
	there := facts.CruiseControl
	aged := hearsay.Age(facts, w.past[at].facts, chosen) // the present answer is among them, so there is one
	for _, id := range hearsay.Denied(&there, &facts.CruiseControl) {
		w.denied[id] = true
	}
	if aged && name == sync.AdapterKafka && w.past[at].tick < w.tick {
		w.told = &facts.Kafka
	}
}

// errEnded is what a command fails with when the service has ended before it; nobody hears of it.
var errEnded = errors.New("the service has ended")

// perform carries out one command, in this weather.
func (w *World) perform(command sync.Command) error {
	if w.ends >= 0 && len(w.commands) >= w.ends {
		return errEnded
	}
	w.permitTopic(command)
	switch {
	case w.strikes(weather.RefusedCommand):
		return errors.New("it refused: not now")
	case w.strikes(weather.LateCommand):
		w.later(1+w.storm.Pick(weather.LateCommand, lateBy), func() {
			endangered, breaches := len(w.Kafka.Endangered), len(w.laws.breaches)
			_ = w.carryOut(command)                              // nobody waits for its outcome any more
			w.Kafka.Endangered = w.Kafka.Endangered[:endangered] // it was safe when it was commanded
			w.laws.excuse(startedOnce, breaches)                 // and alone; Cruise Control itself refuses a second one
		})
		return errors.New("it did not answer within 3 s")
	}
	err := w.carryOut(command)
	if err == nil && w.strikes(weather.LostOutcome) {
		return errors.New("it did not answer within 3 s")
	}
	return err
}

// later has something happen after some ticks.
func (w *World) later(ticks int, what func()) { w.due = append(w.due, due{w.tick + ticks, what}) }

// due is something that happens at a tick.
type due struct {
	tick int
	what func()
}

// happen lets happen what is due.
func (w *World) happen() {
	var now []due
	w.due = slices.DeleteFunc(w.due, func(d due) bool {
		if d.tick <= w.tick {
			now = append(now, d)
		}
		return d.tick <= w.tick
	})
	for _, d := range now {
		d.what()
	}
}
