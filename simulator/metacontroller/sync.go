package metacontroller

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
)

// uidLabel is the label that generateSelector selects children by.
const uidLabel = "controller-uid"

// sync is one pass over one parent.
func (m *Metacontroller) sync(parent apiserver.Object) error {
	parent, err := m.addFinalizer(parent)
	if err != nil {
		return err
	}
	children, err := m.claim(parent)
	if err != nil {
		return err
	}
	related, err := m.related(parent)
	if err != nil {
		return err
	}
	call := &Call{At: m.Now(), Hook: "sync", Parent: parent}
	if apiserver.Terminating(parent) && apiserver.HasFinalizer(parent, m.Controller.Finalizer()) {
		call.Hook = "finalize"
	}
	call.Request = m.body(parent, children, related, call.Hook == "finalize")
	call.FirstWrite = len(m.Server.Writes())
	call.Err = m.ask(call)
	if call.Err == nil {
		call.Err = m.carryOut(call, children)
	}
	call.LastWrite = len(m.Server.Writes())
	if m.Observe != nil {
		m.Observe(call)
	}
	return call.Err
}

// ask calls the hook and reads its answer.
func (m *Metacontroller) ask(call *Call) error {
	var err error
	call.Status, call.Response, err = m.Hook.Call(call.Hook, m.Controller.Hook, call.Request)
	if err != nil {
		return fmt.Errorf("%s hook: %w", call.Hook, err)
	}
	if call.Status != http.StatusOK {
		return fmt.Errorf("%s hook answered %d: %.300s", call.Hook, call.Status, call.Response)
	}
	call.Answer, err = m.readAnswer(call)
	return err
}

// carryOut does what the answer says.
func (m *Metacontroller) carryOut(call *Call, children children) error {
	parent, answer := call.Parent, call.Answer
	if answer.ResyncAfter > 0 {
		m.enqueueAfter(apiserver.KeyOf(parent), answer.ResyncAfter)
	}
	if answer.Finalized {
		var err error
		if parent, err = m.removeFinalizer(parent); err != nil || parent == nil {
			return err
		}
	}
	for _, child := range answer.Children {
		if apiserver.Label(child, uidLabel) != apiserver.UID(parent) {
			return fmt.Errorf("labels on desired child %s do not match the parent's selector", apiserver.KeyOf(child))
		}
	}
	var failed error
	if !apiserver.Terminating(parent) || apiserver.HasFinalizer(parent, m.Controller.Finalizer()) {
		failed = m.manage(parent, children, answer.Children)
	}
	if err := m.writeStatus(parent, answer.Status); err != nil {
		if apiserver.IsNotFound(err) || apiserver.IsConflict(err) {
			return nil // the next event brings the parent back
		}
		return err
	}
	return failed
}

// addFinalizer puts our finalizer on a parent that is not being deleted.
func (m *Metacontroller) addFinalizer(parent apiserver.Object) (apiserver.Object, error) {
	finalizer := m.Controller.Finalizer()
	if apiserver.Terminating(parent) || apiserver.HasFinalizer(parent, finalizer) {
		return parent, nil
	}
	live, ok := m.Server.Get(apiserver.KeyOf(parent))
	if !ok || apiserver.UID(live) != apiserver.UID(parent) {
		return nil, errors.New("the parent is gone")
	}
	updated := apiserver.Copy(live)
	apiserver.SetFinalizer(updated, finalizer, true)
	return m.client.Update(updated)
}

// removeFinalizer lets the parent go. It returns nil when the parent is gone with it.
func (m *Metacontroller) removeFinalizer(parent apiserver.Object) (apiserver.Object, error) {
	live, ok := m.Server.Get(apiserver.KeyOf(parent))
	if !ok || apiserver.UID(live) != apiserver.UID(parent) {
		return nil, nil
	}
	updated := apiserver.Copy(live)
	if !apiserver.SetFinalizer(updated, m.Controller.Finalizer(), false) {
		return live, nil
	}
	return m.client.Update(updated)
}

// writeStatus replaces the parent's status if it differs.
func (m *Metacontroller) writeStatus(parent, status apiserver.Object) error {
	desired := make(apiserver.Object, len(status)+1)
	maps.Copy(desired, status)
	desired["observedGeneration"] = apiserver.Int(parent, "metadata", "generation")
	live, ok := m.Server.Get(apiserver.KeyOf(parent))
	if !ok || apiserver.UID(live) != apiserver.UID(parent) {
		return &apiserver.StatusError{Code: http.StatusNotFound, Message: "the parent is gone"}
	}
	if apply.Equal(live["status"], desired) {
		return nil
	}
	updated := make(apiserver.Object, len(live)+1)
	maps.Copy(updated, live)
	updated["status"] = desired
	_, err := m.client.UpdateStatus(updated)
	return err
}

// customization is the cached answer of a customize hook.
type customization struct {
	generation int64
	at         time.Time
	rules      []rule
}

// customizationLife is how long Metacontroller believes a customize answer of one generation.
const customizationLife = 20 * time.Minute

// related returns the objects that the customize hook asks for.
func (m *Metacontroller) related(parent apiserver.Object) (children, error) {
	uid, generation := apiserver.UID(parent), apiserver.Int(parent, "metadata", "generation")
	known, ok := m.customized[uid]
	if !ok || known.generation != generation || m.Now().Sub(known.at) > customizationLife {
		call := &Call{At: m.Now(), Hook: "customize", Parent: parent, Request: m.customizeBody(parent)}
		call.FirstWrite = len(m.Server.Writes())
		call.LastWrite = call.FirstWrite
		call.Err = m.ask(call)
		if m.Observe != nil {
			m.Observe(call)
		}
		if call.Err != nil {
			return nil, call.Err
		}
		known = customization{generation: generation, at: m.Now(), rules: call.Answer.Related}
		m.customized[uid] = known
	}
	result := children{}
	for _, rule := range known.rules {
		kind, ok := kindOf(rule.APIVersion, rule.Resource)
		if !ok {
			return nil, fmt.Errorf("customize names the resource %s of %s, which does not exist", rule.Resource, rule.APIVersion)
		}
		if result[kind] == nil {
			result[kind] = map[string]apiserver.Object{}
		}
		for _, o := range m.cached(kind) {
			if rule.matches(kind, o) {
				result[kind][apiserver.KeyOf(o).NamespacedName()] = o
			}
		}
	}
	return result, nil
}
