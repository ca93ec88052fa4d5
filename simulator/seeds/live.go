package seeds

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/simulator/weather"
	"github.com/kompositor/kompositor/sync"
)

// The bounds, in ticks: readyBound is how long a script waits for its cluster's first start, settleBound how long a
// world may take to converge once the faults have stopped.
const readyBound, settleBound = 100, 1800

// twiceEvery is how often a call is made again to compare the answers.
const twiceEvery = 40

// Report is what became of one trial.
type Report struct {
	Trial
	Ticks, Calls int
	Breaches     []simulator.Breach
	// Err says that the world did not converge, or that a defect of the simulation ended it.
	Err error
	// Struck counts the faults, Looks how often each law was looked at, Reached the reasons and commands of the service.
	Struck  map[weather.Kind]int
	Looks   map[simulator.Law]int
	Reached map[string]int
	// Edits are what users did to custom resources where the CRDs guard them.
	Edits []Edit
}

// Failed says that a law was broken or the world did not converge.
func (r *Report) Failed() bool { return r.Err != nil || len(r.Breaches) > 0 }

// What says in one word what failed first, for comparison: the law, or that the world did not converge.
func (r *Report) What() string {
	switch {
	case len(r.Breaches) > 0:
		return string(r.Breaches[0].Law)
	case r.Err != nil:
		return Convergence
	}
	return ""
}

// Convergence is the law that is looked at once, at the end of every life.
const Convergence = "once the faults have stopped, the world converges"

// Live lets a trial's world live: the cluster starts, users, nodes and the weather do what the trial says, then all
// faults stop, and the world must converge. The same trial gives the same report. watch is told the story; nil for
// nobody.
func Live(trial Trial, hooks map[string]sync.Hook, watch func(simulator.Sentence)) (report *Report) {
	report = &Report{Trial: trial, Reached: map[string]int{}}
	w := simulator.New(simulator.Options{
		Seed: trial.Seed, Nodes: trial.Cluster.nodes(), Weather: trial.Weather, TwiceEvery: twiceEvery, Watch: watch,
		Observe: report.observe, ServerSide: trial.Cluster.ServerSide,
		Unguarded: trial.Cluster.Unguarded,
		Hook: func(w *simulator.World) metacontroller.Hook {
			return simulator.Line{World: w, Hooks: hooks, Decided: report.decided}
		},
	})
	defer func() {
		if r := recover(); r != nil {
			report.Err = fmt.Errorf("panic: %v", r)
		}
		report.Ticks, report.Calls, report.Breaches = w.Tick(), w.Calls(), w.Breaches()
		report.Struck, report.Looks = w.Struck(), w.Looks()
		report.Edits = userEdits(w)
	}()
	report.Err = live(w, &trial)
	return report
}

func live(w *simulator.World, trial *Trial) error {
	if err := w.Apply(trial.Cluster.documents()); err != nil {
		return err
	}
	_ = w.RunUntil(simulator.Condition("Ready=True"), readyBound) // in this weather it may not come to it
	_ = createTopic(w, &trial.Cluster)
	for _, deed := range trial.Script {
		w.Run(deed.After)
		if harmless(w, deed) {
			_ = w.Do(deed.Command, deed.Arguments, "") // what can not be done just now is not done
		}
		if len(w.Breaches()) > 0 {
			return nil
		}
	}
	if w.Tick() < trial.Weather.Until {
		w.Run(trial.Weather.Until - w.Tick())
	}
	w.Calm()
	if w.Parent() != nil && !apiserver.Terminating(w.Parent()) {
		return errors.Join(mend(w, trial), w.RunUntil(converged, settleBound))
	}
	return w.RunUntil(simulator.Gone, settleBound)
}

// createTopic gives the clients a topic to write to.
func createTopic(w *simulator.World, shape *Shape) error {
	return w.Do("topic", map[string]string{
		"name": "orders", "partitions": fmt.Sprint(2 + shape.Brokers), "replicas": fmt.Sprint(shape.replicas()),
		"min-isr": fmt.Sprint(shape.leastInSync()),
	}, "")
}

// mend is what a user does who sees that the cluster waits for him: he ends the pause, mends the spec, takes back the
// dynamic configuration that Kafka may refuse, ends the wait for a growth that a storage class refuses, and puts labels
// right.
func mend(w *simulator.World, trial *Trial) error {
	spec := map[string]string{"rollingUpgradeConfig.failureThreshold": fmt.Sprint(max(1, trial.Cluster.Threshold))}
	for _, deed := range trial.Script {
		for path := range deed.Arguments {
			if strings.HasSuffix(path, ".config") {
				spec[path] = ""
			}
		}
	}
	failed := errors.Join(w.Do("annotate", map[string]string{"kompositor.io/pause": ""}, ""), w.Do("set", spec, ""))
	return errors.Join(failed, mendGrowth(w, trial), mendLabels(w, trial))
}

// mendGrowth ends the wait for a growth that the class does not allow: the user takes it back where nothing forbids
// that, else the class allows it from now on.
func mendGrowth(w *simulator.World, trial *Trial) error {
	const class = "fixed"
	var failed error
	for _, deed := range trial.Script {
		switch {
		case trial.Cluster.Class != class || deed.Command != "grow":
		case trial.Cluster.Unguarded:
			back := map[string]string{"group": deed.Arguments["group"], "size": "10Gi"}
			failed = errors.Join(failed, w.Do("grow", back, ""))
		default:
			key := apiserver.Key{Kind: "StorageClass.storage.k8s.io/v1", Name: class}
			failed = errors.Join(failed, w.Edit(key, func(o apiserver.Object) {
				apiserver.Set(o, true, "allowVolumeExpansion")
			}))
		}
	}
	return failed
}

// harmless says that a deed destroys no record by itself. A user who throws away the only copy has done it himself, and
// so has one who throws away a disk that works. Nor does anything else fail before Kafka knows that a disk is gone.
func harmless(w *simulator.World, deed simulator.Deed) bool {
	switch broker := deed.Arguments["broker"]; deed.Command {
	case "lose-disk":
		return spares(w, broker) && !hollow(w)
	case "delete-claim":
		return failed(w, broker, deed.Arguments["path"]) && spares(w, broker)
	case "kill", "delete-pod", "evict", "fill", "node-down", "node-remove", "zone-down":
		return !hollow(w)
	}
	return true
}

// converged waits until a world has come to its end: it is ready, or waits for nothing but its user, or it has broken a
// law.
func converged(w *simulator.World) bool {
	if len(w.Breaches()) > 0 {
		return true
	}
	if w.Parent() == nil || !w.Current() || !simulator.Quiet(w) {
		return false
	}
	return (w.ConditionOf("Ready") == "True" || waitsForUser(w)) && simulator.Settled(w)
}

// waitsForUser says that what is left to do is the user's, by the world itself: brokers leave and nothing moves their
// replicas, a restart is due that no order can protect, a broker has lost its node to another one, a claim was
// deleted under its broker, a broker has no disk, or an image is asked for that is too old.
func waitsForUser(w *simulator.World) bool {
	if w.ConditionOf("SpecValid") == "False" {
		return true
	}
	waits := false
	for _, pod := range w.Server.List(podKind) {
		if w.Nodes.Displaced(pod) && stuck(w, pod) || outdated(w, pod) {
			waits = true
		} else if !simulator.PodReady(pod) && !leavingAndLive(w, pod) {
			return false
		}
	}
	return waits || keepsData(w) || unprotected(w) || givesUp(w) || diskless(w) || unreadable(w)
}

// observe notes the reasons of conditions.
func (r *Report) observe(call *metacontroller.Call) {
	if call.Answer == nil {
		return
	}
	for _, condition := range apiserver.List(call.Answer.Status, "conditions") {
		r.Reached[apiserver.String(condition, "reason")]++
	}
}

// decided notes the reasons of releases, and commands.
func (r *Report) decided(d *sync.Decision) {
	for _, release := range d.Releases {
		r.Reached[string(release.Reason)]++
	}
	for _, reason := range d.Reasons {
		r.Reached[string(reason)]++
	}
	for _, command := range d.Commands {
		r.Reached[CommandName(command)]++
	}
}

// CommandName is the name of a command's type.
func CommandName(command sync.Command) string {
	return strings.TrimPrefix(reflect.TypeOf(command).String(), "sync.")
}

// Known are the reasons and commands that there are, sorted.
func Known() []string {
	var names []string
	for _, reason := range sync.Reasons() {
		names = append(names, string(reason))
	}
	for _, command := range sync.Commands() {
		names = append(names, CommandName(command))
	}
	slices.Sort(names)
	return slices.Compact(names)
}
