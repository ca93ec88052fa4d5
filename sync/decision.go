package sync

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Decision is what follows from a request and the facts: everything that Metacontroller is to be told, and the
// commands to be carried out before it is told.
type Decision struct {
	// Children is the complete desired set. A child that is observed and not here is deleted.
	Children []Child
	// Releases names the observed Pods and PersistentVolumeClaims that Children leaves out, and why. Guard refuses a
	// Decision that leaves one out without a Release.
	Releases []Release
	// Status is the parent's whole new status.
	Status any
	// StatusAfter, when set, is the status that takes the place of Status when a command failed: it tells the user
	// why.
	StatusAfter func(Outcomes) any
	// Commands are to be performed now; usually none.
	Commands []Command
	// ResyncAfter asks for the next call; 0 asks for none beyond Metacontroller's own period.
	ResyncAfter time.Duration
	// RetryAfter is how soon a command that failed is looked at again; 0 means 5 s. It is for commands that Kafka may
	// refuse for as long as a user does nothing.
	RetryAfter time.Duration
	// RetryWhen, when set, says it for what has become of the commands.
	RetryWhen func(Outcomes) time.Duration
	// Finalized lets the parent go. Only a finalize hook may say so.
	Finalized bool
	// Reasons are the reasons of this decision, for the log line and the metrics.
	Reasons []Reason
}

// Release is the recorded intent to let go of an observed child.
type Release struct {
	Kind   string
	Name   string
	Reason Reason
	// Because names the facts that justify it, in one sentence.
	Because string
}

// Child is a desired child.
type Child struct {
	APIVersion string
	Kind       string
	Name       string
	// Object is what is sent: a typed object with apiVersion, kind and metadata, or a jsontext.Value with all that.
	Object any
}

// MarshalJSONTo writes the object.
func (c Child) MarshalJSONTo(enc *jsontext.Encoder) error { return json.MarshalEncode(enc, c.Object) }

// Key identifies a child within its parent's namespace.
func (c Child) Key() string { return c.APIVersion + "/" + c.Kind + "/" + c.Name }

// Response is the answer to sync or finalize. It can only be made by Decision.Respond, so an empty answer, which
// would delete every child, cannot be sent by accident.
type Response struct {
	decision *Decision
}

// Respond closes the line. Outcomes of the commands do not change what was decided; a failed one is told in the
// status and asks for an earlier next call.
func (d Decision) Respond(outcomes Outcomes) Response {
	if outcomes.Failed() && d.StatusAfter != nil {
		d.Status = d.StatusAfter(outcomes)
	}
	switch {
	case !outcomes.Failed():
	case d.RetryWhen != nil:
		d.ResyncAfter = d.RetryWhen(outcomes)
	case d.RetryAfter > 0:
		d.ResyncAfter = d.RetryAfter
	case d.ResyncAfter == 0 || d.ResyncAfter > retryAfterFailure:
		d.ResyncAfter = retryAfterFailure
	}
	return Response{decision: &d}
}

// retryAfterFailure is how soon a refused or lost command is looked at again.
const retryAfterFailure = 5 * time.Second

// Decision returns what the response was made of.
func (r Response) Decision() *Decision { return r.decision }

// MarshalJSONTo writes exactly the fields that Metacontroller's strict decoding of v2 hooks knows.
func (r Response) MarshalJSONTo(enc *jsontext.Encoder) error {
	if r.decision == nil {
		return errors.New("a response that was made of no decision would delete every child")
	}
	children := r.decision.Children
	if children == nil {
		children = []Child{}
	}
	return json.MarshalEncode(enc, struct {
		Status             any     `json:"status"`
		Children           []Child `json:"children"`
		ResyncAfterSeconds float64 `json:"resyncAfterSeconds,omitzero"`
		Finalized          bool    `json:"finalized,omitzero"`
	}{r.decision.Status, children, r.decision.ResyncAfter.Seconds(), r.decision.Finalized})
}

// Guard refuses a decision that could lose data whatever the code before it decided: it compares the answer with what
// was observed. It is the last pure step before the answer is sent.
func Guard(request *Request, d *Decision) error {
	if d.Finalized && !request.Finalizing {
		return errors.New("the decision finalizes a parent that is not being deleted")
	}
	if d.Finalized {
		return nil // nothing is deleted by omission from a finalized answer: Kubernetes' garbage collection takes over
	}
	listed, err := d.listed()
	if err != nil {
		return err
	}
	released := make(map[string]struct{}, len(d.Releases))
	for _, release := range d.Releases {
		released[release.Kind+"/"+release.Name] = struct{}{}
	}
	unaccounted := func(kind string, meta *Meta) error {
		if _, ok := listed["v1/"+kind+"/"+meta.Name]; ok || meta.Terminating() {
			return nil
		}
		if _, ok := released[kind+"/"+meta.Name]; ok {
			return nil
		}
		return fmt.Errorf("the decision drops %s %s without a recorded reason", kind, meta.Name)
	}
	for i := range request.Children.Pods {
		if err := unaccounted("Pod", &request.Children.Pods[i].Meta); err != nil {
			return err
		}
	}
	for i := range request.Children.PersistentVolumeClaims {
		if err := unaccounted("PersistentVolumeClaim", &request.Children.PersistentVolumeClaims[i].Meta); err != nil {
			return err
		}
	}
	return nil
}

// listed returns the keys of the desired children, each complete and listed once.
func (d *Decision) listed() (map[string]struct{}, error) {
	keys := make(map[string]struct{}, len(d.Children))
	for i := range d.Children {
		child := &d.Children[i]
		if child.APIVersion == "" || child.Kind == "" || child.Name == "" || child.Object == nil {
			return nil, fmt.Errorf("child %d (%s) lacks apiVersion, kind, name or content", i, child.Key())
		}
		key := child.Key()
		if _, twice := keys[key]; twice {
			return nil, fmt.Errorf("child %s is listed twice", key)
		}
		keys[key] = struct{}{}
	}
	return keys, nil
}
