package metacontroller

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// Request is the body of a call.
//
// A body repeats every object as the API server has it, mostly as in the call before, and to write and read that again
// is most of what a call costs. So there are two forms: the whole body, as the real Metacontroller sends it, which is
// made when somebody wants it; and a short one, where the number of a text stands in the place of the text. Who reads
// the short one reads each text once.
type Request struct {
	short []byte
	// at are the places of the numbers in short, in their order.
	at    []span
	texts *apiserver.Server
	whole []byte
}

// span is a part of short, and the number of the text that it stands for.
type span struct{ from, to, text int }

// NewRequest is a request that has only a whole body.
func NewRequest(body []byte) *Request { return &Request{whole: body} }

// Whole is the body as it is sent. Nobody may change it.
func (r *Request) Whole() []byte {
	if r.whole == nil {
		r.whole = r.assembled()
	}
	return r.whole
}

// Changed says that somebody has changed the whole body.
func (r *Request) Changed() bool {
	return r.whole != nil && r.short != nil && !bytes.Equal(r.whole, r.assembled())
}

// assembled is the short form with the texts in it.
func (r *Request) assembled() []byte {
	size := len(r.short)
	for _, part := range r.at {
		size += len(r.Text(part.text))
	}
	whole, done := make([]byte, 0, size), 0
	for _, part := range r.at {
		whole = append(append(whole, r.short[done:part.from]...), r.Text(part.text)...)
		done = part.to
	}
	return append(whole, r.short[done:]...)
}

// Short is the short form; nil when there is only a whole body.
func (r *Request) Short() []byte { return r.short }

// Text is what a number of the short form stands for.
func (r *Request) Text(number int) []byte { return r.texts.Text(number) }

// Reworded is the request with other texts. Each text is reworded once: known keeps the number of what became of it, by
// its own number.
func (r *Request) Reworded(reword func([]byte) []byte, known map[int]int) *Request {
	if r.short == nil {
		return NewRequest(reword(r.whole))
	}
	other, done := &Request{short: make([]byte, 0, len(r.short)), texts: r.texts}, 0
	for _, part := range r.at {
		number, yes := known[part.text]
		if !yes {
			number = part.text
			if text := reword(r.Text(number)); !bytes.Equal(text, r.Text(number)) {
				number = r.texts.Keep(text)
			}
			known[part.text] = number
		}
		other.short = append(other.short, r.short[done:part.from]...)
		other.writeText(number)
		done = part.to
	}
	other.short = append(other.short, r.short[done:]...)
	return other
}

// write appends to the short form.
func (r *Request) write(text string) { r.short = append(r.short, text...) }

// writeName appends the name of a member.
func (r *Request) writeName(name string) {
	r.short = append(strconv.AppendQuote(r.short, name), ':')
}

// writeText appends a number.
func (r *Request) writeText(number int) {
	from := len(r.short)
	r.short = strconv.AppendInt(r.short, int64(number), 10)
	r.at = append(r.at, span{from, len(r.short), number})
}

// body is the request of sync and finalize, hook version v2.
func (m *Metacontroller) body(parent apiserver.Object, observed, related children, finalizing bool) *Request {
	r := m.beginBody(parent)
	r.write(`,"children":`)
	m.writeObjects(r, observed)
	r.write(`,"related":`)
	m.writeObjects(r, related)
	r.write(`,"finalizing":` + strconv.FormatBool(finalizing) + `}`)
	return r
}

func (m *Metacontroller) customizeBody(parent apiserver.Object) *Request {
	r := m.beginBody(parent)
	r.write(`}`)
	return r
}

// beginBody writes what every body begins with.
func (m *Metacontroller) beginBody(parent apiserver.Object) *Request {
	const usual = 1024
	r := &Request{short: make([]byte, 0, usual), texts: m.Server}
	r.write(`{"controller":`)
	r.writeText(m.controller)
	r.write(`,"parent":`)
	r.writeText(m.Server.Number(parent))
	return r
}

// writeObjects writes an object map, its keys sorted as encoding/json sorts them.
func (m *Metacontroller) writeObjects(r *Request, objects children) {
	comma := func(i int) {
		if i > 0 {
			r.write(`,`)
		}
	}
	r.write(`{`)
	for i, kind := range sortedNames(objects) {
		comma(i)
		r.writeName(kind)
		r.write(`{`)
		for j, name := range sortedNames(objects[kind]) {
			comma(j)
			r.writeName(name)
			r.writeText(m.Server.Number(objects[kind][name]))
		}
		r.write(`}`)
	}
	r.write(`}`)
}

func sortedNames[V any](members map[string]V) []string {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Equal says that two requests are the same, as far as their short forms tell: requests that are equal may be told
// apart, never the other way round.
func (r *Request) Equal(other *Request) bool {
	return r.short != nil && r.texts == other.texts && bytes.Equal(r.short, other.short)
}
