package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/kompositor/kompositor/e2e/metacontroller"
)

// A loop makes a pass when the parent or a child has changed, and when the hook wants one; else it makes none.
func TestLoopPassesWhenSomethingIsDue(t *testing.T) {
	toy := newToy(t, metacontroller.Options{})
	answer := strings.Replace(children(configA), "resyncAfterSeconds: 5", "resyncAfterSeconds: 3600", 1)
	toy.answer("/sync", answer)
	loop, err := toy.driver.NewLoop(t.Context(), toy.key())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(loop.Close)
	step := func() *metacontroller.Pass {
		pass, err := loop.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return pass
	}
	passes := func(what string) {
		t.Helper()
		waitFor(t, "a pass after "+what, func(context.Context) (string, error) {
			return missingUnless(step() != nil, "a pass"), nil
		})
	}
	// quiet is reached when what the passes themselves have written is seen: a second without a pass says so.
	quiet := func() {
		t.Helper()
		last := time.Now()
		waitFor(t, "the passes to end", func(context.Context) (string, error) {
			if step() != nil {
				last = time.Now()
			}
			return missingUnless(time.Since(last) > time.Second, "a second without a pass"), nil
		})
	}
	passes("the start")
	quiet()
	kubectl(t, "", "-n", toy.namespace, "patch", "toy", "toy", "--type=merge", "-p", `{"spec":{"size":2}}`)
	passes("a change of the parent")
	quiet()
	kubectl(t, "", "-n", toy.namespace, "label", "configmap", "a", "changed=true")
	passes("a change of a child")
	toy.answer("/sync", strings.Replace(answer, "3600", "0.5", 1))
	kubectl(t, "", "-n", toy.namespace, "label", "configmap", "a", "changed=again", "--overwrite")
	passes("a change whose pass asks for another soon")
	for range 3 {
		passes("the time that the hook has set")
	}
}
