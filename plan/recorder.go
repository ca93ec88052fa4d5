package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/sync"
)

// recorder turns what happens in a world into steps.
type recorder struct {
	world *simulator.World
	steps []Step
	seen  int
	// decisions are those of this tick.
	decisions []*sync.Decision
	// restarting is the step of each broker whose Pod is on its way.
	restarting map[string]int
	// waited is what each broker has waited for since its last step.
	waited map[string][]string
	// unsettled is the number of seconds after which the world still changed; 0 when it came to rest.
	unsettled int
}

// decided takes a decision.
func (r *recorder) decided(d *sync.Decision) {
	r.decisions = append(r.decisions, d)
	if status, ok := d.Status.(*v1beta1.KafkaClusterStatus); ok {
		for id, broker := range status.BrokersState {
			text := broker.WaitingFor
			if text != "" && !slices.Contains(r.waited[id], text) {
				r.waited[id] = append(r.waited[id], text)
			}
		}
	}
}

// label tells of the objects that somebody has to label first.
func (r *recorder) label(keys []apiserver.Key) {
	for _, key := range keys {
		r.steps = append(r.steps, Step{
			Action: Label, Object: key.String(), Fields: []string{"metadata.labels." + uidLabel},
			Why: "Metacontroller finds the children of a cluster by the label " + uidLabel + ", and another operator made " +
				"this one without it",
		})
	}
}

// tick takes what was commanded and written since the last one.
func (r *recorder) tick() {
	first := len(r.steps)
	for _, d := range r.decisions {
		for _, command := range d.Commands {
			r.command(command)
		}
	}
	writes := r.world.Server.Writes()
	for ; r.seen < len(writes); r.seen++ {
		if write := &writes[r.seen]; write.Changed() {
			r.write(write)
		}
	}
	r.decisions = nil
	r.tidy(first)
}

// tidy sorts the steps from first on that Metacontroller takes in any order: what is made and changed in one pass, kind
// by kind.
func (r *recorder) tidy(first int) {
	anyOrder := func(s Step) bool { return slices.Contains([]Action{Adopt, Create, Update, Grow}, s.Action) }
	for from := first; from < len(r.steps); from++ {
		to := from
		for to < len(r.steps) && anyOrder(r.steps[to]) {
			to++
		}
		slices.SortStableFunc(r.steps[from:to], func(a, b Step) int {
			return cmp.Or(cmp.Compare(a.Action, b.Action), cmp.Compare(a.Object, b.Object))
		})
		from = max(from, to)
	}
}

// command tells of a command once, however often it is repeated in a row.
func (r *recorder) command(command sync.Command) {
	step := Step{Action: Command, Why: command.String(), Second: r.world.Tick()}
	if alter, ok := command.(sync.AlterConfigs); ok {
		step.Broker = alter.Resource.Name
		step.Dynamic = slices.Sorted(slices.Values(slices.Concat(slices.Collect(maps.Keys(alter.Set)), alter.Delete)))
	}
	for i := len(r.steps) - 1; i >= 0 && r.steps[i].Action == Command; i-- {
		if r.steps[i].Why == step.Why {
			return
		}
	}
	r.steps = append(r.steps, step)
}

// write tells of a write.
func (r *recorder) write(write *apiserver.Write) {
	o := write.New
	if o == nil {
		o = write.Old
	}
	step := Step{Object: write.Key.String(), Broker: apiserver.Label(o, brokerLabel), Second: r.world.Tick()}
	switch {
	case write.Key.Kind == podKind && write.Verb == apiserver.StatusUpdated:
		r.podStatus(&step, o)
	case write.Actor != "metacontroller" || write.Key.Kind == clusterKind || write.Verb == apiserver.StatusUpdated:
	case write.Key.Kind == podKind && write.Verb == apiserver.Created:
		r.podMade(step)
	case write.Key.Kind == podKind && write.Verb == apiserver.Deleting:
		r.podDeleted(step)
	case write.Verb == apiserver.Created:
		step.Action = Create
		r.steps = append(r.steps, step)
	case write.Verb == apiserver.Deleting:
		step.Action = Delete
		step.Reason, step.Why = r.released(step.Object)
		r.steps = append(r.steps, step)
	case write.Verb == apiserver.Updated:
		r.updated(step, write)
	}
}

// released is the reason that this tick's decisions give for letting an object go.
func (r *recorder) released(object string) (sync.Reason, string) {
	for _, d := range r.decisions {
		for _, release := range d.Releases {
			if release.Kind+"/"+release.Name == object {
				return release.Reason, release.Because
			}
		}
	}
	return "", ""
}

// podDeleted begins a broker's restart, or its end.
func (r *recorder) podDeleted(step Step) {
	step.Action = Restart
	if !slices.ContainsFunc(apiserver.List(r.world.Parent(), "spec", "brokers"), func(broker apiserver.Object) bool {
		return text(broker["id"]) == step.Broker
	}) {
		step.Action = Stop
	}
	step.Reason, step.Why = r.released(step.Object)
	step.Waited = waits(r.waited[step.Broker])
	delete(r.waited, step.Broker)
	r.restarting[step.Broker] = len(r.steps)
	r.steps = append(r.steps, step)
}

// waits are the sentences of a broker's status that say what its restart has waited for, without what asked for it.
func waits(said []string) []string {
	var all []string
	for _, sentence := range said {
		rest, isWait := strings.CutPrefix(sentence, "A restart (")
		if !isWait {
			continue
		}
		if _, why, found := strings.Cut(rest, "): "); found { // else it only says whose turn is before its own
			all = append(all, strings.TrimSuffix(why, "."))
		}
	}
	return all
}

// podMade begins a broker's start, unless that is the second half of a restart.
func (r *recorder) podMade(step Step) {
	if at, again := r.restarting[step.Broker]; again && r.steps[at].Action == Restart {
		return
	}
	step.Action = Start
	r.restarting[step.Broker] = len(r.steps)
	r.steps = append(r.steps, step)
}

// podStatus ends a broker's start.
func (r *recorder) podStatus(step *Step, pod apiserver.Object) {
	at, starting := r.restarting[step.Broker]
	if !starting || apiserver.Terminating(pod) || !ready(pod) {
		return
	}
	r.steps[at].ReadySecond = step.Second
	delete(r.restarting, step.Broker)
	delete(r.waited, step.Broker)
}

func ready(pod apiserver.Object) bool {
	return slices.ContainsFunc(apiserver.List(pod, "status", "conditions"), func(condition apiserver.Object) bool {
		return condition["type"] == "Ready" && condition["status"] == "True"
	})
}

// updated tells what a write changes of an object. The configuration of a broker that restarts is part of its restart.
func (r *recorder) updated(step Step, write *apiserver.Write) {
	step.Fields = changedFields(write.Old, write.New)
	if slices.Equal(step.Fields, []string{"metadata.finalizers"}) {
		return // Metacontroller's own, of a topic that is a parent too
	}
	switch {
	case len(step.Fields) == 0 && apiserver.String(write.Old, lastApplied...) == "":
		step.Action = Adopt
	case len(step.Fields) == 0:
		return // the record of what was last asked for, which changes nothing
	case write.Key.Kind == claimKind && grows(write):
		step.Action = Grow
		step.Why = "from " + requested(write.Old) + " to " + requested(write.New)
	default:
		step.Action = Update
		if write.Key.Kind == "Deployment.apps/v1" && slices.Contains(step.Fields, template) {
			step.Why = "its template changes, so its Pod is replaced"
		}
	}
	if write.Key.Kind == configKind {
		step.Keys = changedKeys(write.Old, write.New)
		if at, restarts := r.restarting[step.Broker]; restarts {
			if len(step.Keys) > 0 { // what the ConfigMap says beside its content may change once more
				r.steps[at].Keys = step.Keys
			}
			return
		}
		if successor(write.New) != successor(write.Old) {
			return
		}
	}
	r.steps = append(r.steps, step)
}

// successor is the uid of the Pod that a ConfigMap succeeds: it announces that this Pod goes (docs/adr/0031).
func successor(config apiserver.Object) string {
	return apiserver.String(config, "metadata", "annotations", "kompositor.io/successor-of")
}

func grows(write *apiserver.Write) bool {
	was, is := apiserver.Request(write.Old), apiserver.Request(write.New)
	return is.Cmp(was) > 0
}

func requested(claim apiserver.Object) string {
	return apiserver.String(claim, "spec", "resources", "requests", "storage")
}
