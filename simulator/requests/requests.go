package requests

import (
	"errors"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/sync"
)

// Observations are the last requests and what was observed in them. Metacontroller asks the same again and again while
// something is awaited, and most of a request is as it was in the one before. They only save time: a hook that changed
// what it was given would answer the next call differently, which is against the laws.
type Observations struct {
	last     []Observation
	decoders *json.Unmarshalers
	// text is what a number of the request that is being read stands for.
	text func(int) []byte
}

// Observation is a request and what was observed in it.
type Observation struct {
	kind     string
	asked    *metacontroller.Request
	Request  sync.Request
	Observed sync.Observed
}

// Of observes a request, unless it is one of the last.
func (o *Observations) Of(kind string, asked *metacontroller.Request, hook sync.Hook) (*Observation, error) {
	const kept = 8
	at := slices.IndexFunc(o.last, func(seen Observation) bool { return seen.kind == kind && seen.asked.Equal(asked) })
	if at >= 0 {
		return &o.last[at], nil
	}
	next := Observation{kind: kind, asked: asked}
	if err := o.read(asked, &next.Request); err != nil {
		return nil, err
	}
	var err error
	if next.Observed, err = hook.Observe(next.Request); err != nil {
		return nil, err
	}
	if len(o.last) == kept {
		o.last = slices.Delete(o.last, 0, 1)
	}
	o.last = append(o.last, next)
	return &o.last[len(o.last)-1], nil
}

// read reads the short form of a request, if it has one.
func (o *Observations) read(asked *metacontroller.Request, into *sync.Request) error {
	if asked.Short() == nil {
		return json.Unmarshal(asked.Whole(), into)
	}
	o.text = asked.Text
	return json.Unmarshal(asked.Short(), into, json.WithUnmarshalers(o.decoders))
}

// New have seen nothing yet.
func New() *Observations {
	o := &Observations{}
	o.decoders = json.JoinUnmarshalers(
		once[sync.Pod](o), once[sync.PersistentVolumeClaim](o), once[sync.ConfigMap](o), once[sync.Service](o),
		once[sync.Secret](o), once[sync.PodDisruptionBudget](o), once[sync.Deployment](o), once[sync.Referenced](o),
		once[sync.Unknown](o), once[sync.ParentObject](o), once[sync.Controller](o),
	)
	return o
}

// once reads every text of a kind once: where a number stands for it.
func once[T any](o *Observations) *json.Unmarshalers {
	known := map[int64]T{}
	return json.UnmarshalFromFunc(func(dec *jsontext.Decoder, value *T) error {
		if dec.PeekKind() != jsontext.KindNumber {
			return errors.ErrUnsupported
		}
		token, err := dec.ReadToken()
		if err != nil {
			return err
		}
		number, err := token.Int()
		if err != nil {
			return err
		}
		read, ok := known[number]
		if !ok {
			if err := json.Unmarshal(o.text(int(number)), &read); err != nil {
				return err
			}
			known[number] = read
		}
		*value = read
		return nil
	})
}
