package dynamicconfig

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// How long a refused change rests. What Kafka refuses for a moment is tried again soon, what it refuses for its value
// until somebody mends that seldom.
const (
	shortestRest = 5 * time.Second
	longestRest  = 5 * time.Minute
)

// backOff decides when what Kafka refused is tried again. Each rest is as long as the trouble lasts already, so that it
// doubles; the first one is the shortest, and a change of the spec ends it.
type backOff struct {
	now time.Time
	// since is when the condition ConfigInSync became false; zero when it is not.
	since time.Time
	// mended says that the spec has changed since the status was written.
	mended bool
}

func (c *Cluster) backOff() backOff {
	b := backOff{now: c.Now, mended: true}
	for i := range c.Conditions {
		condition := &c.Conditions[i]
		if condition.Type != string(sync.ConfigInSync) {
			continue
		}
		b.mended = condition.ObservedGeneration != c.Generation
		if condition.Status == metav1.ConditionFalse {
			b.since = condition.LastTransitionTime.Time
		}
	}
	return b
}

// rests says that a change is not tried in this call.
func (b backOff) rests(record *v1beta1.DynamicConfigStatus) bool {
	return record.Refused != "" && !b.mended && b.now.Before(record.RetryAt.Time)
}

// retryAt is when a change is tried again that is refused now.
func (b backOff) retryAt(before *v1beta1.DynamicConfigStatus) metav1.Time {
	rest := shortestRest
	if before.Refused != "" && !b.mended && !b.since.IsZero() {
		rest = min(max(b.now.Sub(b.since), shortestRest), longestRest)
	}
	return metav1.NewTime(b.now.Add(rest).UTC().Truncate(time.Second))
}

// NextCall says when to look again: as otherwise said, where 0 is never, or sooner if a refused change is tried again.
func (s *Settled) NextCall(otherwise time.Duration) time.Duration {
	if left := s.retryIn(); left > 0 && (otherwise == 0 || left < otherwise) {
		return left
	}
	return otherwise
}

// retryIn is how long until a refused change is tried again; 0 when none rests.
func (s *Settled) retryIn() time.Duration {
	var soonest time.Duration
	scopes := []*scope{s.wide}
	for i := range s.cluster.Brokers {
		scopes = append(scopes, s.brokers[s.cluster.Brokers[i].ID])
	}
	for _, scope := range scopes {
		if !scope.resting {
			continue
		}
		if left := scope.before.RetryAt.Sub(s.cluster.Now); soonest == 0 || left < soonest {
			soonest = left
		}
	}
	return soonest
}
