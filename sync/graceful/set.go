package graceful

import (
	"slices"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// Set is what becomes of a cluster's operations. Those that nobody decides about stay.
type Set struct {
	cluster  *children.Cluster
	objects  []sync.Referenced
	observed []Operation
	// letGo are the names of those that are not wanted any more.
	letGo map[string]bool
	made  []sync.Child
	// Waits says in a clause why no operation is made now; empty when one may be.
	Waits string
}

// NewSet reads the operations that are observed, sorted by name. What waits says is why none is made now.
func NewSet(cluster *children.Cluster, objects []sync.Referenced, waits string) *Set {
	s := &Set{cluster: cluster, objects: objects, letGo: make(map[string]bool), Waits: waits}
	for i := range objects {
		s.observed = append(s.observed, read(&objects[i]))
	}
	return s
}

// Executed names the operation that Cruise Control executes and can be asked about; empty when there is none.
func (s *Set) Executed() string {
	at := slices.IndexFunc(s.observed, func(o Operation) bool { return o.Phase == Running && o.Unreachable == "" })
	if at < 0 {
		return ""
	}
	return s.observed[at].Name
}

// Want is what operations of one kind are wanted for.
type Want struct {
	Kind v1alpha1.CruiseControlTaskOperation
	// Needed are the targets that are not done with. An operation goes on as long as it has one of them, and a task that
	// runs to its end: what it was for may be done a little before it says so.
	Needed []string
	// Against are targets that are to be left alone: an operation that has one of them is let go.
	Against []string
	// Due are the targets for which an operation may be made now, all of them together in one.
	Due []string
	// Parameters of a new operation for these targets, beside those that the user gives to all.
	Parameters func(targets []string) map[string]string
}

// Settle decides about the operations of a kind and returns, for every target of one that goes on or is made, that one.
func (s *Set) Settle(w Want) map[string]Operation {
	standing := make(map[string]Operation)
	for i := range s.observed {
		o := &s.observed[i]
		switch {
		case o.Kind != w.Kind || o.Done || o.Terminating:
		case anyOf(o, w.Against) || !anyOf(o, w.Needed) && o.Phase != Running:
			s.letGo[o.Name] = true
		default:
			for _, target := range o.Targets {
				standing[target] = *o
			}
		}
	}
	due := slices.DeleteFunc(slices.Clone(w.Due), func(target string) bool {
		_, covered := standing[target]
		return covered
	})
	slices.SortFunc(due, compare)
	if due = slices.Compact(due); len(due) == 0 || s.Waits != "" {
		return standing
	}
	made := Operation{Name: s.name(&w, due), Kind: w.Kind, Targets: due, Phase: Scheduled, Parameters: w.Parameters(due)}
	s.made = append(s.made, children.Operation(s.cluster, made.Name, w.Kind, made.Parameters))
	for _, target := range due {
		standing[target] = made
	}
	return standing
}

// Unreachable is an operation that asks Cruise Control in vain; false when there is none.
func (s *Set) Unreachable() (Operation, bool) {
	at := slices.IndexFunc(s.observed, func(o Operation) bool { return o.Unreachable != "" && !o.Done && !o.Terminating })
	if at < 0 {
		return Operation{}, false
	}
	return s.observed[at], true
}

// Last is the operation of a kind for a target that has ended last; false when there is none.
func (s *Set) Last(kind v1alpha1.CruiseControlTaskOperation, target string) (Operation, bool) {
	last, found := Operation{}, false
	for i := range s.observed {
		if o := &s.observed[i]; o.Kind == kind && o.Done && o.For(target) && (!found || o.Finished.After(last.Finished)) {
			last, found = *o, true
		}
	}
	return last, found
}

// Named is the observed operation of that name; false when there is none.
func (s *Set) Named(name string) (Operation, bool) {
	i := slices.IndexFunc(s.observed, func(o Operation) bool { return o.Name == name })
	if i < 0 {
		return Operation{}, false
	}
	return s.observed[i], true
}

// Observed are all operations that are observed, by name.
func (s *Set) Observed() []Operation { return slices.Clone(s.observed) }

// Children lists every operation that is to be there.
func (s *Set) Children() []sync.Child {
	listed := slices.Clone(s.made)
	for i := range s.objects {
		if object := &s.objects[i]; !s.letGo[object.Name] && !object.Terminating() {
			listed = append(listed, children.KeptOperation(object))
		}
	}
	return listed
}
