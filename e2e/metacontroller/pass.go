package metacontroller

import (
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
)

// Pass is all that happened in one call of [Driver.Sync].
type Pass struct {
	// Hook is "sync" or "finalize"; empty if none was called.
	Hook string
	// Customized says that the customize hook was called and not its cached answer used.
	Customized bool
	// Request is the body that the hook got, Response what it answered; nil if it was not called or refused.
	Request  []byte
	Response *Response
	// Answer is the body of that response.
	Answer []byte
	// Took is the time from sending the hook's request to having its whole answer.
	Took time.Duration
	// Writes are the requests to the API server that meant to change something, in their order.
	Writes []Write
}

// Verb is what a write meant to do.
type Verb string

// The verbs of a pass. Apply is a server-side apply, which creates or updates.
const (
	Create    Verb = "create"
	Update    Verb = "update"
	Delete    Verb = "delete"
	Apply     Verb = "apply"
	Adopt     Verb = "adopt"
	Release   Verb = "release"
	Status    Verb = "status"    // of the parent
	Finalizer Verb = "finalizer" // of the parent, added or removed
)

// Write is one request that meant to change something.
type Write struct {
	Verb     Verb
	Resource kube.Resource
	Key      types.NamespacedName
	// Err is the API server's refusal; nil if it accepted.
	Err error
	// Ignored says that Metacontroller passes over this refusal silently, as it does for AlreadyExists, Conflict
	// and NotFound of some verbs.
	Ignored bool
}

func (w Write) String() string {
	text := fmt.Sprintf("%s %s %s", w.Verb, w.Resource, w.Key)
	if w.Err != nil {
		text += ": " + w.Err.Error()
	}
	return text
}

// Rejections are the writes that the API server refused, those that Metacontroller ignores included.
func (p *Pass) Rejections() []Write {
	var rejected []Write
	for _, write := range p.Writes {
		if write.Err != nil {
			rejected = append(rejected, write)
		}
	}
	return rejected
}

// Count is the number of accepted writes with that verb.
func (p *Pass) Count(verb Verb) int {
	count := 0
	for _, write := range p.Writes {
		if write.Verb == verb && write.Err == nil {
			count++
		}
	}
	return count
}

// ResyncAfter is when the hook asks to be called again; 0 if it does not.
func (p *Pass) ResyncAfter() time.Duration {
	if p.Response == nil || p.Response.ResyncAfterSeconds <= 0 {
		return 0
	}
	return time.Duration(p.Response.ResyncAfterSeconds * float64(time.Second))
}

// ignorable are the refusals that Metacontroller passes over.
type ignorable func(error) bool

func goneOrStale(err error) bool { return apierrors.IsNotFound(err) || apierrors.IsConflict(err) }

// record notes one write and returns its error unless that is one to ignore.
func (p *Pass) record(write Write, ignore ignorable) error {
	write.Ignored = write.Err != nil && ignore(write.Err)
	p.Writes = append(p.Writes, write)
	if write.Err == nil || write.Ignored {
		return nil
	}
	return fmt.Errorf("%s %s %s: %w", write.Verb, write.Resource, write.Key, write.Err)
}
