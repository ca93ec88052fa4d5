package server

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/kompositor/kompositor/sync"
)

// walker answers one call: from the request's bytes to the response's.
type walker func(ctx context.Context, c *call, body io.Reader, out *bytes.Buffer) error

// walk is the line: one call of sync or finalize, from bytes to bytes. Steps 2, 3, 5 and 7 are pure; 4 and 6 are the
// only doors to the outside. Whatever goes wrong is an error and no answer: nothing is ever sent in part.
func (s *Server) walk(ctx context.Context, c *call, body io.Reader, out *bytes.Buffer) error {
	// 1 decode
	var request sync.Request
	if err := decode(body, &request); err != nil {
		return err
	}
	if request.Parent == nil {
		return refuse(http.StatusBadRequest, notOurs, "/parent is missing")
	}
	if request.Finalizing != (c.hook == hookFinalize) {
		return refuse(http.StatusBadRequest, notOurs, "/finalizing does not fit the path /"+c.hook+"/"+c.kind)
	}

	// 2 observe: typed, sorted, the spec's mistakes kept as data
	observed, err := c.pure.Observe(request)
	if err != nil {
		return notOurRequest(err)
	}
	if err := c.isAbout(observed.Parent()); err != nil {
		return err
	}

	// 3 ask: which outside facts this decision needs
	questions := observed.Ask()

	// 4 answer: read-only, in parallel, late or refused is unknown
	c.facts = s.answer(ctx, questions)

	// 5 plan; a decision that could lose data is refused before anything is done about it
	decision := observed.Plan(c.facts)
	c.decision = &decision
	if err := sync.Guard(&request, &decision); err != nil {
		return bug(guarded, err)
	}

	// 6 perform: idempotent, usually nothing
	c.outcomes = s.perform(ctx, decision.Commands)

	// 7 respond
	response := decision.Respond(c.outcomes)
	c.decision = response.Decision()

	// 8 encode
	return encode(out, response)
}

// walkCustomize is the short line of the customize hook: it asks nobody and does nothing.
func (s *Server) walkCustomize(_ context.Context, c *call, body io.Reader, out *bytes.Buffer) error {
	var request sync.CustomizeRequest
	if err := decode(body, &request); err != nil {
		return err
	}
	if request.Parent == nil {
		return refuse(http.StatusBadRequest, notOurs, "/parent is missing")
	}
	if err := c.isAbout(request.Parent.Identity()); err != nil {
		return err
	}
	response, err := c.pure.Customize(request)
	if err != nil {
		return notOurRequest(err)
	}
	return encode(out, response)
}
