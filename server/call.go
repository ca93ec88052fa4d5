package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/rs/zerolog"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync"
)

// The hooks, by their paths.
const (
	hookSync      = cases.HookSync
	hookFinalize  = cases.HookFinalize
	hookCustomize = cases.HookCustomize
)

// outcome is how a call ended: a label of the metrics.
type outcome string

const (
	answered      outcome = "answered"
	undecodable   outcome = "undecodable"
	notOurs       outcome = "not_ours"
	overLimit     outcome = "too_large"
	unauthorized  outcome = "unauthorized"
	unknownKind   outcome = "unknown_kind"
	wrongMethod   outcome = "wrong_method"
	wrongEncoding outcome = "wrong_encoding"
	tooSlow       outcome = "too_slow"
	guarded       outcome = "guarded"
	unencodable   outcome = "unencodable"
	panicked      outcome = "panicked"
)

// call is what is known of one hook call while it is walked, for its log line, the metrics and the recorder.
type call struct {
	number  uint64
	hook    string
	kind    string // the path's, once it is known to be one of ours
	pure    sync.Hook
	started time.Time

	parent   sync.Parent
	facts    sync.Facts
	decision *sync.Decision
	outcomes sync.Outcomes

	requestBytes, responseBytes int64
	status                      int
	outcome                     outcome
	err                         error
}

// isAbout takes note of the parent, and refuses one of another kind than the path's.
func (c *call) isAbout(parent sync.Parent) error {
	c.parent = parent
	if !strings.EqualFold(parent.Kind, c.kind) {
		return refuse(http.StatusBadRequest, notOurs,
			fmt.Sprintf("/parent/kind is %q, which does not fit the path /%s/%s", parent.Kind, c.hook, c.kind))
	}
	return nil
}

// refusal is an error with the answer that it becomes.
type refusal struct {
	status  int
	outcome outcome
	text    string
}

func (r *refusal) Error() string { return r.text }

// refuse answers with a 4xx: the caller's mistake.
func refuse(status int, outcome outcome, text string) error { return &refusal{status, outcome, text} }

func isUndecodable(err error) bool {
	r, is := errors.AsType[*refusal](err)
	return is && r.outcome == undecodable
}

// bug answers with a 500: ours.
func bug(outcome outcome, err error) error {
	return &refusal{http.StatusInternalServerError, outcome, "nothing was changed: " + err.Error()}
}

// serveHook serves one hook for every kind: it walks, answers whole or not at all, and leaves one log line behind.
func (s *Server) serveHook(hook string, walk walker) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{number: s.calls.Add(1), hook: hook, started: s.options.Now()}
		s.metrics.inFlight.Inc()
		defer s.metrics.inFlight.Dec()
		out := s.buffers.get()
		defer s.buffers.put(out)
		body := &counted{reader: http.MaxBytesReader(w, r.Body, s.options.MaxRequestBytes)}
		if s.recorder != nil {
			body.copy = s.buffers.get()
			defer s.buffers.put(body.copy)
		}

		err := s.admit(c, r)
		if err == nil {
			err = s.recovering(r.Context(), c, func(ctx context.Context) error { return walk(ctx, c, body, out) })
		}
		if s.recorder != nil && isUndecodable(err) {
			_, _ = io.Copy(io.Discard, body) // the recorder needs the whole, and the limit bounds it
		}
		c.requestBytes, c.responseBytes = body.bytes, int64(out.Len())
		if err != nil {
			out.Reset()
			s.sendRefusal(w, c, err)
		} else {
			c.status, c.outcome = http.StatusOK, answered
			w.Header().Set("Content-Type", "application/json")
			_, c.err = w.Write(out.Bytes()) // a caller that has gone away asks again
		}
		s.finish(c)
		if s.recorder != nil && body.copy.Len() > 0 {
			_ = http.NewResponseController(w).Flush() // the caller need not wait for the recorder
			s.recorder.record(s.logger, c, body.copy.Bytes(), out.Bytes())
		}
	})
}

// admit checks all that can be checked before the body is read.
func (s *Server) admit(c *call, r *http.Request) error {
	if err := s.authenticate(r); err != nil {
		return err
	}
	kind := chi.URLParam(r, "kind")
	pure, known := s.options.Hooks[kind]
	if !known {
		return refuse(http.StatusNotFound, unknownKind, fmt.Sprintf("there is no kind %q; %s", kind, s.paths()))
	}
	c.kind, c.pure = kind, pure
	if r.Method != http.MethodPost {
		return refuse(http.StatusMethodNotAllowed, wrongMethod, r.URL.Path+" is called with POST, not "+r.Method)
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return refuse(http.StatusUnsupportedMediaType, wrongEncoding,
			fmt.Sprintf("the body has Content-Encoding %q; send it as it is", encoding))
	}
	if r.ContentLength > s.options.MaxRequestBytes {
		return tooLarge(s.options.MaxRequestBytes)
	}
	return nil
}

// recovering turns a panic into an error: a bug answers 500 and changes nothing.
func (s *Server) recovering(ctx context.Context, c *call, walk func(context.Context) error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			s.metrics.panics.Inc()
			s.logger.Error().Uint64("call", c.number).Str("hook", c.hook).Str("kind", c.kind).
				Str("panic", fmt.Sprint(cause)).Bytes("stack", debug.Stack()).Msg("hook panicked")
			err = bug(panicked, fmt.Errorf("call %d met a bug; the log has its stack", c.number))
		}
	}()
	return walk(ctx)
}

func (s *Server) sendRefusal(w http.ResponseWriter, c *call, err error) {
	c.err = err
	c.responseBytes = 0
	r, ok := errors.AsType[*refusal](err)
	if !ok {
		r = &refusal{http.StatusInternalServerError, panicked, err.Error()}
	}
	c.status, c.outcome = r.status, r.outcome
	switch r.status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	reply(w, r.status, r.text)
}

// finish leaves the one log line and counts the call.
func (s *Server) finish(c *call) {
	took := s.options.Now().Sub(c.started)
	s.metrics.call(c, took)
	level := zerolog.InfoLevel
	switch {
	case c.status >= http.StatusInternalServerError:
		level = zerolog.ErrorLevel
	case c.status >= http.StatusBadRequest:
		level = zerolog.WarnLevel
	}
	s.logger.WithLevel(level).EmbedObject(c).Dur("took", took).Int("status", c.status).Err(c.err).Msg("hook called")
}

// MarshalZerologObject writes the keys of the log line; what was not decided has none. Durations are in milliseconds.
func (c *call) MarshalZerologObject(event *zerolog.Event) {
	event.Uint64("call", c.number).Str("hook", c.hook).Str("kind", c.kind).
		Str("namespace", c.parent.Namespace).Str("name", c.parent.Name).Int64("generation", c.parent.Generation)
	if c.parent.Cluster != "" {
		event.Str("cluster", c.parent.Cluster)
	}
	if d := c.decision; d != nil {
		reasons := make([]string, 0, len(d.Reasons))
		for _, reason := range d.Reasons {
			reasons = append(reasons, string(reason))
		}
		event.Int("children", len(d.Children)).Int("commands", len(d.Commands)).
			Dur("resync", d.ResyncAfter).Strs("reasons", reasons)
	}
	for _, outcome := range c.outcomes {
		if outcome.Err != nil {
			event.Str("failed", outcome.Command.String()+": "+outcome.Err.Error())
			break
		}
	}
}

// counted counts what is read, and keeps a copy for the recorder.
type counted struct {
	reader io.Reader
	bytes  int64
	copy   *bytes.Buffer
}

func (b *counted) Read(into []byte) (int, error) {
	n, err := b.reader.Read(into)
	b.bytes += int64(n)
	if b.copy != nil {
		b.copy.Write(into[:n])
	}
	return n, err
}
