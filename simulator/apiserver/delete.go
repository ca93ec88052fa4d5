package apiserver

import (
	"net/http"
	"time"
)

// DeleteOptions of one deletion.
type DeleteOptions struct {
	// UID refuses the deletion of another object of the same name; empty accepts any.
	UID string
	// Now asks for no grace period: kubelet's last word, or a user's --force.
	Now bool
	// Orphan keeps the dependents.
	Orphan bool
}

// Delete begins or finishes an object's deletion. Dependents follow by garbage collection.
func (c Client) Delete(key Key, options DeleteOptions) error {
	_, err := c.disturbed(Deleting, key, func() (Object, error) { return nil, c.delete(key, options) })
	return err
}

func (c Client) delete(key Key, options DeleteOptions) error {
	old, exists := c.server.Get(key)
	if !exists {
		return c.record(Write{Verb: Deleting, Key: key, Err: refuse(http.StatusNotFound, "%s not found", key)})
	}
	if options.UID != "" && options.UID != UID(old) {
		err := refuse(http.StatusConflict, "%s is another object of that name (uid %s)", key, UID(old))
		return c.record(Write{Verb: Deleting, Key: key, Old: old, New: old, Err: err})
	}
	if options.Orphan {
		c.orphan(UID(old))
	}
	grace := graceOf(key, old, options)
	if Terminating(old) && !options.Now {
		return c.record(Write{Verb: Deleting, Key: key, Old: old, New: old})
	}
	if grace == 0 && len(Strings(old, "metadata", "finalizers")) == 0 {
		c.server.store(key, nil)
		c.server.release(key)
		verb := Deleting
		if Terminating(old) {
			verb = Removed
		}
		return c.record(Write{Verb: verb, Key: key, Old: old})
	}
	o := Copy(old)
	deadline := c.server.now().Add(time.Duration(grace) * time.Second)
	Set(o, deadline.UTC().Format(time.RFC3339), "metadata", "deletionTimestamp")
	Set(o, grace, "metadata", "deletionGracePeriodSeconds")
	if rulesOf(key.Kind).generation {
		Set(o, Int(old, "metadata", "generation")+1, "metadata", "generation")
	}
	c.server.store(key, o)
	return c.record(Write{Verb: Deleting, Key: key, Old: old, New: o})
}

// graceOf is the object's grace period in seconds. Only a Pod that has been given to a node has one.
func graceOf(key Key, o Object, options DeleteOptions) int64 {
	phase := String(o, "status", "phase")
	runs := String(o, "spec", "nodeName") != "" && phase != "Succeeded" && phase != "Failed"
	if key.Kind != "Pod.v1" || options.Now || !runs {
		return 0
	}
	return Int(o, "spec", "terminationGracePeriodSeconds")
}

// orphan takes an owner's references away from its dependents.
func (c Client) orphan(owner string) {
	for _, dependent := range c.server.dependents(owner) {
		o := Copy(dependent)
		var kept []any
		for _, reference := range List(o, "metadata", "ownerReferences") {
			if String(reference, "uid") != owner {
				kept = append(kept, reference)
			}
		}
		Set(o, kept, "metadata", "ownerReferences")
		if len(kept) == 0 {
			delete(Map(o, "metadata"), "ownerReferences")
		}
		_, _ = c.Update(o) // a dependent that was changed meanwhile is a dependent still: garbage collection decides
	}
}

// dependents returns the objects that name an owner, sorted by kind, namespace and name.
func (s *Server) dependents(owner string) []Object {
	var result []Object
	for _, kind := range s.Kinds() {
		for _, o := range s.List(kind) {
			for _, reference := range List(o, "metadata", "ownerReferences") {
				if String(reference, "uid") == owner {
					result = append(result, o)
				}
			}
		}
	}
	return result
}

// CollectGarbage deletes what has owners of which none exists any more, and lets claims go that no Pod uses. It is
// the part of kube-controller-manager that every cluster relies on; the world calls it once a tick.
func (s *Server) CollectGarbage() {
	if s.collected == s.revision {
		return // nothing has changed since nothing was found
	}
	before := s.revision
	owners := map[string]bool{}
	kinds := s.Kinds()
	for _, kind := range kinds {
		for _, o := range s.List(kind) {
			owners[UID(o)] = true
		}
	}
	collector := s.As("garbage collector")
	for _, kind := range kinds {
		for _, o := range s.List(kind) {
			references := List(o, "metadata", "ownerReferences")
			alive := len(references) == 0 || Terminating(o)
			for _, reference := range references {
				alive = alive || owners[String(reference, "uid")]
			}
			if !alive {
				_ = collector.Delete(KeyOf(o), DeleteOptions{UID: UID(o)}) // found just now; nothing else runs meanwhile
			}
		}
	}
	s.protectClaims()
	if s.revision == before {
		s.collected = before
	}
}

// protectClaims removes the protection finalizer of terminating claims that no Pod uses.
func (s *Server) protectClaims() {
	used := map[string]bool{}
	for _, pod := range s.List("Pod.v1") {
		for _, claim := range ClaimsOf(pod) {
			used[String(pod, "metadata", "namespace")+"/"+claim] = true
		}
	}
	for _, claim := range s.List("PersistentVolumeClaim.v1") {
		key := KeyOf(claim)
		if !Terminating(claim) || used[key.NamespacedName()] || !HasFinalizer(claim, ClaimProtection) {
			continue
		}
		o := Copy(claim)
		SetFinalizer(o, ClaimProtection, false)
		_, _ = s.As("pvc protection").Update(o) // read just now; nothing else runs meanwhile
	}
}

// ClaimsOf returns the names of the claims that a Pod mounts.
func ClaimsOf(pod Object) []string {
	var names []string
	for _, volume := range List(pod, "spec", "volumes") {
		if name := String(volume, "persistentVolumeClaim", "claimName"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// release gives back what a Service had been given.
func (s *Server) release(key Key) {
	for port, holder := range s.nodePorts {
		if holder == key {
			delete(s.nodePorts, port)
		}
	}
}
