package metacontroller

import (
	"context"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
)

// Loop calls [Driver.Sync] for one parent when Metacontroller would: when the parent or an object of a child kind in
// its namespace has changed, when the hook wants to be called again, when the controller's resync period is over, and
// again after a failure. It is not safe for concurrent use.
//
// Metacontroller is woken by children only, not by objects of their kinds that are others'; and by related objects,
// which wake nobody here.
type Loop struct {
	driver   *Driver
	key      types.NamespacedName
	parents  *kube.Cache
	children []*kube.Cache

	seen  string    // what the last pass began with
	due   time.Time // when the next pass comes without a change; zero for never
	retry time.Duration
}

// Metacontroller's work queue: a failed pass is repeated soon, then ever later.
const (
	firstRetry = 100 * time.Millisecond
	lastRetry  = 10 * time.Second
)

// NewLoop begins with a pass that is due at once. Close ends it.
func (d *Driver) NewLoop(ctx context.Context, key types.NamespacedName) (*Loop, error) {
	l := &Loop{driver: d, key: key, retry: firstRetry}
	var err error
	if l.parents, err = d.client.Cache(ctx, d.parent, key.Namespace); err != nil {
		return nil, err
	}
	for _, resource := range d.children {
		children, err := d.client.Cache(ctx, resource, key.Namespace)
		if err != nil {
			l.Close()
			return nil, err
		}
		l.children = append(l.children, children)
	}
	return l, nil
}

// Close ends the watches.
func (l *Loop) Close() {
	for _, cache := range append(l.children, l.parents) {
		cache.Close()
	}
}

// Step makes a pass if one is due; without one both results are nil. A conflict or another failure of the pass brings
// the next one sooner.
func (l *Loop) Step(ctx context.Context) (*Pass, error) {
	now := l.observe()
	if now == l.seen && (l.due.IsZero() || time.Now().Before(l.due)) {
		return nil, nil
	}
	l.seen = now
	pass, err := l.driver.Sync(ctx, l.key)
	l.schedule(pass, err)
	return pass, err
}

func (l *Loop) schedule(pass *Pass, err error) {
	if err != nil {
		l.due = time.Now().Add(l.retry)
		l.retry = min(2*l.retry, lastRetry)
		return
	}
	l.retry = firstRetry
	after := pass.ResyncAfter()
	period := time.Duration(l.driver.controller.spec.ResyncPeriodSeconds) * time.Second
	if period > 0 && (after == 0 || period < after) {
		after = period
	}
	l.due = time.Time{}
	if after > 0 {
		l.due = time.Now().Add(after)
	}
}

// observe is a text that differs whenever something has changed that wakes Metacontroller.
func (l *Loop) observe() string {
	var seen strings.Builder
	for _, parent := range l.parents.Objects() {
		if parent.GetName() == l.key.Name {
			seen.WriteString(l.parentVersion(parent))
		}
	}
	for _, cache := range l.children {
		fmt.Fprint(&seen, " ", cache.Changes())
	}
	return seen.String()
}

// parentVersion leaves the status out if the controller says so.
func (l *Loop) parentVersion(parent *kube.Object) string {
	if !l.driver.controller.spec.ParentResource.IgnoreStatusChanges {
		return parent.GetResourceVersion()
	}
	return fmt.Sprint(parent.GetUID(), parent.GetGeneration(), parent.GetLabels(), parent.GetAnnotations(),
		parent.GetFinalizers(), parent.GetDeletionTimestamp())
}
