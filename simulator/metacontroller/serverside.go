package metacontroller

import (
	"fmt"
	"net/http"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
)

// left is how a server-side apply left a child: what was applied, and what came of it.
type left struct {
	desired      apiserver.Object
	uid, version string
	generation   int64
}

func leftAs(desired, o apiserver.Object) left {
	return left{
		desired: desired, uid: apiserver.UID(o), version: apiserver.String(o, "metadata", "resourceVersion"),
		generation: apiserver.Int(o, "metadata", "generation"),
	}
}

// covers says that there is nothing to apply: the child is as it was left, and the same is asked for. Of a kind that
// counts generations, only what raises them is noticed, so a label that somebody changes stays changed.
func (l *left) covers(desired, observed apiserver.Object) bool {
	now := leftAs(desired, observed)
	return apply.Equal(l.desired, desired) && l.uid == now.uid && l.generation == now.generation &&
		(l.generation != 0 || l.version == now.version)
}

// applyServerSide creates or updates one child as Metacontroller does with --apply-strategy=server-side-apply. A child
// that the cache does not show is applied whatever its kind's update strategy, so one that is there after all is
// changed. Source: Metacontroller 4.17, pkg/controller/common/manage_children.go.
func (m *Metacontroller) applyServerSide(parent, observed, desired apiserver.Object) error {
	if apiserver.Terminating(observed) {
		return nil
	}
	key := apiserver.KeyOf(desired)
	if observed != nil {
		known, ok := m.applied[key]
		if ok && known.covers(desired, observed) {
			return nil
		}
		switch method, _ := m.Controller.method(key.Kind); method {
		case InPlace:
			if gone, err := m.removeLastApplied(observed); err != nil || gone {
				return err
			}
		case OnDelete:
			m.applied[key] = leftAs(desired, observed)
			return nil
		case Recreate:
			return fmt.Errorf("%s: Recreate is not played with server-side apply; Kompositor does not use it", key)
		}
	}
	_, exists := m.Server.Get(key)
	applied, err := m.client.Apply(applicable(parent, desired))
	switch {
	case err == nil:
		m.applied[key] = leftAs(desired, applied)
	case apiserver.IsConflict(err):
		return nil
	case observed == nil && exists && forbidsChange(err):
		return &UnheardError{err}
	}
	return err
}

// forbidsChange says that the API server refuses the change of what can not be changed; of a claim that is not bound
// yet admission does.
func forbidsChange(err error) bool {
	code := apiserver.Code(err)
	return code == http.StatusUnprocessableEntity || code == http.StatusForbidden
}

// UnheardError is the refusal of an object that was applied as a new one, because its watch had not told of it yet.
type UnheardError struct{ error }

// Unwrap returns the API server's refusal.
func (e *UnheardError) Unwrap() error { return e.error }

// removeLastApplied removes the annotation of the other strategy; gone says that the child no longer exists.
func (m *Metacontroller) removeLastApplied(observed apiserver.Object) (gone bool, err error) {
	if apiserver.String(observed, "metadata", "annotations", apply.LastApplied) == "" {
		return false, nil
	}
	live, ok := m.Server.Get(apiserver.KeyOf(observed))
	if !ok {
		return true, nil
	}
	updated := apiserver.Copy(live)
	delete(apiserver.Map(updated, "metadata", "annotations"), apply.LastApplied)
	_, err = m.client.Update(updated)
	return apiserver.IsNotFound(err), err
}

// applicable is what is applied for a desired child: its owner is added, what a manager can not have is taken away.
func applicable(parent, desired apiserver.Object) apiserver.Object {
	o := apply.Applicable(desired)
	owners, _ := apiserver.Map(o, "metadata")["ownerReferences"].([]any)
	apiserver.Set(o, append(owners, ownerReference(parent)), "metadata", "ownerReferences")
	return o
}
