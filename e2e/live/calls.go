package live

import (
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/metacontroller"
)

func (c *Cluster) beginCalls() {
	c.T.Helper()
	c.Driver = c.newDriver(c.resource.Name)
	var err error
	if c.loop, err = c.Driver.NewLoop(c.T.Context(), c.Key); err != nil {
		c.T.Fatal(err)
	}
	c.T.Cleanup(c.loop.Close)
	c.beginOperations()
}

// newDriver plays Metacontroller for the parents of one kind.
func (c *Cluster) newDriver(parents string) *metacontroller.Driver {
	c.T.Helper()
	driver, err := c.Run.Product.Driver(c.T.Context(), parents, metacontroller.Options{}, func(warning string) {
		c.T.Errorf("the API server warns of a child: %s", warning)
	})
	if err != nil {
		c.T.Fatal(err)
	}
	return driver
}

// NewLoop has the hook called for one more parent, once the loop is among the Others.
func (c *Cluster) NewLoop(resource kube.Resource, object *kube.Object) *metacontroller.Loop {
	c.T.Helper()
	loop, err := c.newDriver(resource.Name).NewLoop(c.T.Context(), kube.Key(object))
	if err != nil {
		c.T.Fatal(err)
	}
	return loop
}

// CallUntil calls the hook whenever Metacontroller would, until nothing is missing.
func (c *Cluster) CallUntil(what string, limit time.Duration, missing func() string) {
	c.T.Helper()
	deadline := time.Now().Add(limit)
	for last := "?"; last != ""; {
		if time.Now().After(deadline) {
			status, _ := yaml.Marshal(c.Read().Object["status"])
			c.T.Fatalf("waited %s in vain for %s: %s; status:\n%s", limit, what, last, status)
		}
		if c.BeforeCalls != nil {
			c.BeforeCalls()
		}
		pass := c.step(c.loop)
		c.Watch()
		if pass != nil {
			c.Took(pass)
		}
		for _, other := range c.Others {
			c.step(other)
		}
		c.callOperations()
		if last = missing(); last != "" {
			time.Sleep(look)
		}
	}
}

// step makes a pass if one is due; a conflict is what Metacontroller tries again, and so is a hook that is down.
func (c *Cluster) step(loop *metacontroller.Loop) *metacontroller.Pass {
	c.T.Helper()
	pass, err := loop.Step(c.T.Context())
	if err != nil && !apierrors.IsConflict(err) && !c.Down {
		c.T.Fatalf("call: %v", err)
	}
	return pass
}

// Watch sees which Pods are back.
func (c *Cluster) Watch() {
	for _, object := range c.pods.Objects() {
		name := object.GetName()
		c.UIDs[name], c.IDs[name] = object.GetUID(), object.GetLabels()["brokerId"]
		for gone, before := range c.LetGo {
			if c.IDs[gone] == c.IDs[name] && before != object.GetUID() && isReady(object) {
				delete(c.LetGo, gone)
			}
		}
	}
}

// Took notes a call and checks the rule that every change of a cluster has: never is a second node down by our choice,
// and nothing else is deleted, but of a node that leaves.
func (c *Cluster) Took(pass *metacontroller.Pass) {
	c.T.Helper()
	if pass.Hook != "" {
		c.Calls++
	}
	for _, write := range pass.Writes {
		if write.Verb != metacontroller.Delete || write.Err != nil {
			continue
		}
		name := write.Key.Name
		if c.ofLeaving(name) {
			continue
		}
		if write.Resource.Kind != "Pod" {
			c.T.Errorf("the hook deletes %s %s", write.Resource.Kind, name)
			continue
		}
		for other := range c.LetGo {
			c.T.Errorf("the hook lets %s go while %s is not back", name, other)
		}
		c.LetGo[name] = c.UIDs[name]
		c.Restarts = append(c.Restarts, name)
	}
}

// ofLeaving says that an object is of the node that leaves.
func (c *Cluster) ofLeaving(name string) bool {
	return c.Leaves != "" && (name == c.Leaves || strings.HasPrefix(name, c.Leaves+"-") ||
		name == strings.Replace(c.Leaves, "-", "-config-", 1))
}
