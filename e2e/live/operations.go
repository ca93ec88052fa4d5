package live

import (
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/metacontroller"
)

// operations are the CruiseControlOperations of the cluster's namespace: the cluster makes them, and their own hook is
// called for each.
type operations struct {
	driver *metacontroller.Driver
	seen   *kube.Cache
	loops  map[types.UID]*metacontroller.Loop
}

func (c *Cluster) beginOperations() {
	c.T.Helper()
	driver := c.newDriver("cruisecontroloperations")
	seen, err := c.Run.Control.Client.Cache(c.T.Context(), driver.Parent(), c.Key.Namespace)
	if err != nil {
		c.T.Fatal(err)
	}
	c.operations = &operations{driver: driver, seen: seen, loops: map[types.UID]*metacontroller.Loop{}}
	c.T.Cleanup(func() {
		for _, loop := range c.operations.loops {
			loop.Close()
		}
		seen.Close()
	})
}

// Operations are the CruiseControlOperations that are there.
func (c *Cluster) Operations() []*kube.Object { return c.operations.seen.Objects() }

// callOperations calls the hook for each of them if that is due.
func (c *Cluster) callOperations() {
	c.T.Helper()
	o, there := c.operations, map[types.UID]bool{}
	for _, object := range o.seen.Objects() {
		uid := object.GetUID()
		there[uid] = true
		if o.loops[uid] == nil {
			loop, err := o.driver.NewLoop(c.T.Context(), kube.Key(object))
			if err != nil {
				c.T.Fatal(err)
			}
			o.loops[uid] = loop
		}
		c.step(o.loops[uid])
	}
	for uid, loop := range o.loops {
		if !there[uid] {
			loop.Close()
			delete(o.loops, uid)
		}
	}
}
