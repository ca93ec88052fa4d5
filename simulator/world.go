package simulator

import (
	"fmt"
	"slices"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/simulator/admission"
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
	"github.com/kompositor/kompositor/simulator/brokers"
	"github.com/kompositor/kompositor/simulator/controls"
	"github.com/kompositor/kompositor/simulator/identity"
	"github.com/kompositor/kompositor/simulator/kubelet"
	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/simulator/requests"
	"github.com/kompositor/kompositor/simulator/weather"
	"github.com/kompositor/kompositor/sync"
)

// Options of a World.
type Options struct {
	// Seed decides everything that is left to chance.
	Seed uint64
	// Hook makes the service under trial; it may use the world's clock and Kafka.
	Hook func(*World) metacontroller.Hook
	// Controllers are the CompositeControllers, the first of them that of the parent that the world is about; none stands
	// for those that Kompositor ships.
	Controllers []metacontroller.Controller
	// Nodes is the number of nodes; 0 means 3, less than 0 none. They lie in three zones in turn.
	Nodes int
	// AnyNode lets every Pod run on every node, whatever it asks of one.
	AnyNode bool
	// Start is when the world begins; the zero time stands for the beginning of 2026.
	Start time.Time
	// Watch is told every sentence of the world's story; nil for nobody.
	Watch func(Sentence)
	// TwiceEvery asks every n-th question of the hook again, as it is and with its maps in another order, and compares the
	// answers; 0 asks none again.
	TwiceEvery int
	// Observe is shown every call after its pass; nil for nobody.
	Observe func(*metacontroller.Call)
	// Weather is what goes wrong of itself; the zero Weather is fair.
	Weather weather.Weather
	// ServerSide lets Metacontroller apply children on the server's side.
	ServerSide bool
	// Unguarded lets in what the CRDs refuse, as an API server does whose CRDs are older.
	Unguarded bool
}

// World is everything around the service under trial.
type World struct {
	Options
	Server *apiserver.Server
	Nodes  *kubelet.Nodes
	Kafka  *brokers.Kafka
	// Metacontrollers are one for each controller: the kinds of parent share nothing in the real one either.
	Metacontrollers []*metacontroller.Metacontroller

	// controls are the Cruise Controls, requests what they were asked.
	controls *controls.Controls
	requests []controls.Request
	// heard is what a Cruise Control has answered last, and again says that a call is made once more and hears the same.
	heard sync.CruiseControlFacts
	again bool

	// hook is the service that answers, this its release under trial.
	hook  metacontroller.Hook
	this  metacontroller.Hook
	tick  int
	laws  *laws
	story *story
	last  *metacontroller.Call
	// commands is what the service had performed, in words.
	commands []string
	// calls counts the hook's calls.
	calls int
	// about is the parent that scripts and tables are about, as namespace/name; empty for the first there is.
	about string
	// crash lets the service end after the next command that it has performed, before it has answered.
	crash bool

	observed *requests.Observations

	storm *weather.Storm
	// ends is the number of commands at which the service ends in this call; less than 0 for never.
	ends int
	// disturbed is how the weather lets fail the call that is made, or what is done with its answer, and unasked says that
	// the storage classes were not told.
	disturbed []error
	unasked   bool
	// told is what the service was told of Kafka in this call, where that is not true any more.
	told *sync.KafkaFacts
	// denied are the tasks of Cruise Control that the service was told, in an answer of before they began, there are not.
	denied map[string]bool
	past   []remembered
	due    []due
}

// The parts of a world that scripts name.
const (
	podKind     = "Pod.v1"
	claimKind   = "PersistentVolumeClaim.v1"
	classKind   = "StorageClass.storage.k8s.io/v1"
	clusterKind = "KafkaCluster.kafka.banzaicloud.io/v1beta1"
)

// epoch is when a world begins that is told nothing else.
func epoch() time.Time { return time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC) }

// New returns a world with nodes and storage classes, and nothing else in it.
//
// The storage classes are standard (the default; binds with the first Pod, can be expanded), immediate (binds at once),
// fixed (can not be expanded) and local (stays on its node).
func New(options Options) *World {
	if len(options.Controllers) == 0 {
		options.Controllers = metacontroller.Shipped()
	}
	if options.Nodes == 0 {
		options.Nodes = 3
	}
	if options.Start.IsZero() {
		options.Start = epoch()
	}
	w := &World{
		Options: options, storm: weather.New(options.Weather, options.Seed), ends: -1,
		observed: requests.New(), denied: map[string]bool{},
	}
	w.Server = apiserver.New(apiserver.Options{
		Seed: options.Seed, Now: w.Now, Disturb: w.disturb, Managed: options.ServerSide, Admission: admission.Shipped(),
	})
	if options.Unguarded {
		w.Server.Unguard()
	}
	w.Kafka = brokers.New(brokers.Options{Server: w.Server, Now: w.Now})
	w.Nodes = kubelet.New(kubelet.Options{
		Server: w.Server, Workload: w.Kafka, Now: w.Now, AnyNode: options.AnyNode,
		Hang: w.hang, Growth: w.growth,
	})
	w.controls = controls.New(controls.Options{
		Server: w.Server, Kafka: w.Kafka, Now: w.Now, Meddle: w.meddle,
		Broken: func(format string, arguments ...any) { w.laws.broken(startedOnce, format, arguments...) },
		Denied: func(task string) bool { return w.denied[task] },
	})
	w.this = options.Hook(w)
	w.hook = w.this
	for _, controller := range options.Controllers {
		w.Metacontrollers = append(w.Metacontrollers, metacontroller.New(metacontroller.Options{
			Server: w.Server, Controller: controller, Hook: w, Now: w.Now, Seed: options.Seed, Observe: w.observe,
			Late: w.late, ServerSide: options.ServerSide,
		}))
	}
	w.laws = newLaws(w)
	for i := range max(0, options.Nodes) {
		w.Nodes.Add(fmt.Sprintf("node-%d", i), fmt.Sprintf("zone-%c", 'a'+i%3))
	}
	w.Nodes.AddClass("standard", "simulator/network", true, true)
	w.Nodes.AddClass("immediate", "simulator/network", false, true)
	w.Nodes.AddClass("fixed", "simulator/network", true, false)
	w.Nodes.AddClass("local", kubelet.Local, true, true)
	w.story = newStory(w)
	w.story.reader = options.Watch
	return w
}

// Now is the time of the world.
func (w *World) Now() time.Time { return w.Start.Add(time.Duration(w.tick) * time.Second) }

// Tick is the number of seconds since the world began.
func (w *World) Tick() int { return w.tick }

// Step is one second.
func (w *World) Step() {
	w.tick++
	w.happen()
	w.blow()
	w.Nodes.Step()
	w.Kafka.Step()
	w.controls.Step()
	w.Server.CollectGarbage()
	for _, m := range w.Metacontrollers {
		m.Step()
	}
	w.laws.tick()
	w.story.tick()
}

func (w *World) observe(call *metacontroller.Call) {
	if call.Hook != "customize" && apiserver.KeyOf(call.Parent).Kind == w.parentKind() {
		w.last = call
	}
	w.laws.call(call)
	if w.Observe != nil {
		w.Observe(call)
	}
}

// parentKind is the kind of parent that the world is about.
func (w *World) parentKind() string { return w.Controllers[0].Parent }

// isParent says that a kind is that of a parent.
func (w *World) isParent(kind string) bool {
	return slices.ContainsFunc(w.Controllers, func(c metacontroller.Controller) bool { return c.Parent == kind })
}

// LastCall is the last sync or finalize call for the parent that the world is about, nil before the first.
func (w *World) LastCall() *metacontroller.Call { return w.last }

// Breaches are the laws that were broken so far.
func (w *World) Breaches() []Breach { return w.laws.breaches }

// Tell shows every sentence of the world's story to the reader from now on.
func (w *World) Tell(reader func(Sentence)) { w.story.reader = reader }

// Apply creates objects or replaces their spec, labels and annotations, as kubectl apply does for its user.
func (w *World) Apply(documents string) error {
	for _, document := range splitDocuments(documents) {
		text, err := yaml.YAMLToJSON([]byte(document))
		if err != nil {
			return fmt.Errorf("read YAML: %w", err)
		}
		object, err := apply.Decode(text)
		if err != nil || object == nil {
			return fmt.Errorf("read YAML: it is no object: %w", err)
		}
		if apiserver.Namespace(object) == "" {
			apiserver.Set(object, "default", "metadata", "namespace")
		}
		if err := w.apply(object); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) apply(object apiserver.Object) error {
	live, exists := w.Server.Get(apiserver.KeyOf(object))
	if !exists {
		_, err := w.Server.As("user").Create(object)
		return err
	}
	updated := apiserver.Copy(live)
	for field, part := range object {
		if field != "metadata" && field != "status" {
			updated[field] = part
		}
	}
	for _, field := range []string{"labels", "annotations"} {
		for name, text := range apiserver.Map(object, "metadata", field) {
			apiserver.Set(updated, text, "metadata", field, name)
		}
	}
	_, err := w.Server.As("user").Update(updated)
	return err
}

// Edit changes an object in its user's name.
func (w *World) Edit(key apiserver.Key, change func(apiserver.Object)) error {
	live, exists := w.Server.Get(key)
	if !exists {
		return fmt.Errorf("%s does not exist", key)
	}
	updated := apiserver.Copy(live)
	change(updated)
	_, err := w.Server.As("user").Update(updated)
	return err
}

// Delete deletes an object in its user's name.
func (w *World) Delete(key apiserver.Key) error {
	return w.Server.As("user").Delete(key, apiserver.DeleteOptions{})
}

// Parent returns the parent that the world is about: the one that About names, else the first, which is the only one in
// most worlds; nil when there is none.
func (w *World) Parent() apiserver.Object {
	for _, parent := range w.Server.List(w.parentKind()) {
		if w.about == "" || w.about == apiserver.Namespace(parent)+"/"+apiserver.Name(parent) {
			return parent
		}
	}
	return nil
}

// About makes one of several parents the one that scripts, goals and tables are about.
func (w *World) About(namespace, name string) { w.about = namespace + "/" + name }

// ofParent says that a Pod or claim is of the cluster that the world is about.
func (w *World) ofParent(o apiserver.Object) bool {
	parent := w.Parent()
	return parent == nil || identity.Cluster(o) == apiserver.KeyOf(parent).NamespacedName()
}

// PodOf returns the Pod of a broker of the cluster that the world is about.
func (w *World) PodOf(broker string) (apiserver.Object, bool) {
	for _, pod := range w.Server.List(podKind) {
		if identity.Broker(pod) == broker && w.ofParent(pod) {
			return pod, true
		}
	}
	return nil, false
}
