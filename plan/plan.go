package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/sync"
)

// Verdict is a plan in one word.
type Verdict string

// The verdicts.
const (
	// NoChange: nothing is done and nothing is awaited.
	NoChange Verdict = "no change"
	// Change: something is done, or awaited.
	Change Verdict = "change"
	// Refused: something that is asked for is not done; other things may be.
	Refused Verdict = "refused"
)

// Action is what a step does.
type Action string

// The actions.
const (
	Label   Action = "label"   // you have to label an object before Metacontroller finds it
	Adopt   Action = "adopt"   // an object of another operator gets our record, nothing else of it changes
	Create  Action = "create"  // an object is made
	Update  Action = "update"  // fields of an object change
	Delete  Action = "delete"  // an object is deleted
	Grow    Action = "grow"    // a volume claim asks for more
	Start   Action = "start"   // a broker gets its Pod
	Restart Action = "restart" // a broker's Pod is replaced
	Stop    Action = "stop"    // a broker's Pod goes for good
	Command Action = "command" // Kafka, Cruise Control or Kubernetes is told something
)

// Step is one thing that is done.
type Step struct {
	Action Action `json:"action"`
	// Object is kind/name of what it is done to; empty for a command.
	Object string `json:"object,omitempty"`
	// Broker is the id of the broker that it is about, if it is about one.
	Broker string `json:"broker,omitempty"`
	// Reason and Why are the decision's own: its word, and its sentence with the facts that justify it.
	Reason sync.Reason `json:"reason,omitempty"`
	Why    string      `json:"why,omitempty"`
	// Keys are the keys of Kafka's configuration that the broker reads anew when it restarts.
	Keys []string `json:"keys,omitempty"`
	// Dynamic are the keys of Kafka's configuration that a command changes without a restart.
	Dynamic []string `json:"dynamic,omitempty"`
	// Fields are the paths of what changes in an object.
	Fields []string `json:"fields,omitempty"`
	// Waited is what the broker waited for before, in the words of its status.
	Waited []string `json:"waited,omitempty"`
	// Second and ReadySecond are the simulated seconds in which it was done, and in which the broker was ready again. They
	// order the steps; a real cluster takes longer. ReadySecond is absent when it never was.
	Second      int `json:"second"`
	ReadySecond int `json:"readySecond,omitempty"`
}

// Matter is something that is refused or awaited.
type Matter struct {
	// About is the condition or the broker that says it.
	About  string      `json:"about"`
	Reason sync.Reason `json:"reason,omitempty"`
	Why    string      `json:"why"`
}

// Plan is what would happen.
type Plan struct {
	Cluster string   `json:"cluster"`
	Verdict Verdict  `json:"verdict"`
	Steps   []Step   `json:"steps"`
	Refused []Matter `json:"refused"`
	Waits   []Matter `json:"waits"`
	Assumed []string `json:"assumed"`
}

// Options of a plan.
type Options struct {
	// Objects are the live cluster's.
	Objects []apiserver.Object
	// Changed is the KafkaCluster as it is to be; nil for a plan of what is pending.
	Changed apiserver.Object
	// Hooks are those that serve answers with, by the kind of their parent in lower case.
	Hooks map[string]sync.Hook
	// Seconds bounds the simulated time; 0 stands for two hours.
	Seconds int
}

const usualSeconds = 2 * 60 * 60

// Make lets what is asked for happen in a simulated world, and says what that was.
func Make(options Options) (*Plan, error) {
	f, err := find(options.Objects, options.Changed)
	if err != nil {
		return nil, err
	}
	r := &recorder{restarting: map[string]int{}, waited: map[string][]string{}}
	nodes := 1
	if f.nodes {
		nodes = -1
	}
	world := simulator.New(simulator.Options{
		Seed: 1, Start: f.newest, Nodes: nodes, AnyNode: !f.nodes, Unguarded: true,
		Controllers: []metacontroller.Controller{
			metacontroller.KafkaClusters(), metacontroller.KafkaTopics(), metacontroller.Operations(),
		},
		Hook: func(w *simulator.World) metacontroller.Hook {
			return &standing{Hook: simulator.Line{Hooks: options.Hooks, World: w, Decided: r.decided}, topics: f.topics()}
		},
	})
	r.world = world
	refused := notAdmitted(f, options.Changed)
	if err := begin(world, f, options.Changed); err != nil {
		return nil, err
	}
	r.label(f.unlabelled)
	if err := r.run(options.Seconds); err != nil {
		return nil, err
	}
	return r.plan(f, refused), nil
}

// standing leaves the topics as they are that were found: the simulated Kafka does not have them.
type standing struct {
	metacontroller.Hook
	// topics are the uids of the KafkaTopics that were found.
	topics map[string]bool
}

// Call answers a call about a topic that was found with what is there, and hands every other one on.
func (s *standing) Call(hook, kind string, asked *metacontroller.Request) (int, []byte, error) {
	if kind != "kafkatopic" {
		return s.Hook.Call(hook, kind, asked)
	}
	request, err := apply.Decode(asked.Whole())
	if err != nil || !s.topics[apiserver.UID(apiserver.Map(request, "parent"))] {
		return s.Hook.Call(hook, kind, asked)
	}
	if hook == "customize" {
		return http.StatusOK, []byte(`{"relatedResources": []}`), nil
	}
	status := apiserver.Map(request, "parent", "status")
	if status == nil {
		status = apiserver.Object{}
	}
	answer, err := json.Marshal(apiserver.Object{"status": status, "children": []any{}})
	return http.StatusOK, answer, err
}

// begin makes the world what was found, and then what was changed.
func begin(world *simulator.World, f *found, changed apiserver.Object) error {
	if f.cluster == nil {
		if _, err := world.Server.As("user").Create(changed); err != nil {
			return err
		}
	}
	if err := world.Found(f.objects); err != nil {
		return err
	}
	if f.cluster == nil || changed == nil {
		return nil
	}
	if err := world.Edit(apiserver.KeyOf(f.cluster), func(live apiserver.Object) { edit(live, changed) }); err != nil {
		return err
	}
	world.AddNamed()
	return nil
}

// kubectlApplied is where kubectl apply keeps what it last applied.
const kubectlApplied = "kubectl.kubernetes.io/last-applied-configuration"

// edit makes a live object what a user changed it to, as kubectl apply does: its spec is the new one; labels and
// annotations are those that were there, less those that kubectl had applied, and the new ones.
func edit(live, changed apiserver.Object) {
	if !reflect.DeepEqual(live["spec"], changed["spec"]) {
		live["spec"] = apiserver.Copy(changed)["spec"]
	}
	last, err := apply.Decode([]byte(apiserver.String(live, "metadata", "annotations", kubectlApplied)))
	if err != nil {
		last = nil
	}
	for _, field := range []string{"labels", "annotations"} {
		texts := apiserver.Map(live, "metadata", field)
		for name := range apiserver.Map(last, "metadata", field) {
			delete(texts, name)
		}
		if added := apiserver.Map(changed, "metadata", field); len(added) > 0 {
			if texts == nil {
				texts = apiserver.Object{}
				apiserver.Set(live, texts, "metadata", field)
			}
			maps.Copy(texts, added)
		}
	}
}

// run lets time pass until nothing changes any more.
func (r *recorder) run(seconds int) error {
	if seconds == 0 {
		seconds = usualSeconds
	}
	for range seconds {
		r.world.Step()
		r.tick()
		if simulator.Settled(r.world) {
			r.tick()
			return r.judge()
		}
	}
	r.unsettled = seconds
	return r.judge()
}

// judge says whether the hook has answered at all. A law that was broken is a defect, and a plan with one is worth
// nothing.
func (r *recorder) judge() error {
	if call := r.world.LastCall(); call == nil || call.Answer == nil {
		if call != nil && call.Err != nil {
			return fmt.Errorf("the hook has no answer: %w", call.Err)
		}
		return errors.New("the hook was never asked")
	}
	return nil
}
