package apiserver

import "time"

// Verb is what a write did.
type Verb string

// The verbs of writes.
const (
	Created       Verb = "creates"
	Updated       Verb = "updates"
	StatusUpdated Verb = "updates the status of"
	Deleting      Verb = "deletes"
	Removed       Verb = "removes"
)

// Write is one attempt to change an object.
type Write struct {
	At    time.Time
	Actor string
	Verb  Verb
	Key   Key
	// Err is the refusal, nil when the write was accepted.
	Err error
	// Old and New are the object before and after; New is nil once it is gone. They are the same object when the write was
	// accepted and changed nothing.
	Old, New Object
	// Asked is the object that a refused write would have stored; nil of one that was not, or was refused before it was
	// looked at.
	Asked Object
}

// Changed says that the write changed something.
func (w *Write) Changed() bool {
	return w.Err == nil && (len(w.Old) != len(w.New) || !same(w.Old, w.New))
}
