// Package metacontroller plays Metacontroller for tests: it does to a real API server, for one CompositeController and
// one parent at a time, what Metacontroller 4.17 does, so that a hook meets the rules it will live under.
//
// One call of [Driver.Sync] is one pass over one parent and returns a [Pass] that lists every write, the refused ones
// included. Nothing runs between the calls: there are no watches, queues, retries or timers, so a test decides when
// time goes on and sees why every write happened. A test that wants Metacontroller's own times asks a [Loop], which
// makes a pass when one is due.
//
// What it follows: hook versions v1 and v2; the request with every kind of childResources, even an empty one; claiming
// by controller reference and selector, adoption and release; generateSelector; customize with its answer cached for a
// generation; finalizers and the finalize hook; strict decoding of v2 answers; etag; deletion of omitted children, then
// creation and update in the order of kinds; the update strategies OnDelete, Recreate and InPlace; dynamic apply with
// its three-way merge, and server-side apply; the status write with observedGeneration;
// endpoint settings with a CA bundle and a bearer token.
//
// What it leaves out: rolling strategies (ControllerRevisions), triggers by related objects, events, basic
// authentication and client certificates of webhooks, and the empty first pass while an informer for a new related
// kind starts. Objects of one kind are written in the order of their names, where Metacontroller's order is random.
//
// It may import e2e/kube, k8s.io/apimachinery, sigs.k8s.io/json and sigs.k8s.io/yaml.
package metacontroller
