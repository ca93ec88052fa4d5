package simulator

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// Deed is one command of a script and when it is done.
type Deed struct {
	// After is how many ticks after the deed before.
	After     int
	Command   string
	Arguments map[string]string
}

// String is the deed as transcripts write it.
func (d Deed) String() string {
	var text strings.Builder
	text.WriteString(d.Command)
	for _, name := range slices.Sorted(maps.Keys(d.Arguments)) {
		text.WriteString(" " + name + "=" + strings.ReplaceAll(d.Arguments[name], "\n", `\n`))
	}
	return fmt.Sprintf("+%d %s", d.After, text.String())
}

// Report is what became of one run.
type Report struct {
	Seed     uint64
	Script   []Deed
	Ticks    int
	Calls    int
	Breaches []Breach
	// Err says that the world did not reach the state that it had to reach.
	Err error
}

// Failed says that a law was broken or the end was not reached.
func (r *Report) Failed() bool { return r.Err != nil || len(r.Breaches) > 0 }

// String tells how to see the run again, and what was wrong with it.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, %d ticks", r.Seed, r.Ticks)
	for _, deed := range r.Script {
		fmt.Fprintf(&b, "\n  %s", deed)
	}
	for _, breach := range r.Breaches {
		fmt.Fprintf(&b, "\n  %s", breach)
	}
	if r.Err != nil {
		fmt.Fprintf(&b, "\n  %v", r.Err)
	}
	return b.String()
}

// startBound and settleBound are the convergence bounds, in ticks: until a new cluster is ready, and until everything
// is settled again once faults have stopped.
const startBound, settleBound = 300, 1500

// Run lets a world live through a script. It brings the cluster to Ready, gives it a topic that clients write to, does
// the deeds, heals the nodes, and waits until everything has settled. The same options and script give the same report.
func Run(options Options, documents string, script []Deed) *Report {
	w := New(options)
	report := &Report{Seed: options.Seed, Script: script}
	report.Err = w.live(documents, script)
	report.Ticks, report.Calls, report.Breaches = w.tick, w.calls, w.Breaches()
	return report
}

func (w *World) live(documents string, script []Deed) error {
	if err := w.Apply(documents); err != nil {
		return err
	}
	if err := w.RunUntil(Condition("Ready=True"), startBound); err != nil {
		return err
	}
	if err := w.createTopic(map[string]string{"name": "orders", "partitions": "9"}); err != nil {
		return err
	}
	for _, deed := range script {
		w.Run(deed.After)
		_ = w.Do(deed.Command, deed.Arguments, "") // what can not be done just now is not done
	}
	for _, node := range w.Server.List("Node.v1") {
		w.Nodes.Up(apiserver.Name(node))
	}
	return w.RunUntil(atTheEnd, settleBound)
}

// atTheEnd waits until the cluster is ready, or has only brokers left to wait for that are to go and hold replicas.
func atTheEnd(w *World) bool {
	done := w.current() && w.ConditionOf("Ready") == "True"
	if !done && w.keepsData() {
		done = true
		for _, pod := range w.Server.List(podKind) {
			done = done && podText(pod) == "Ready"
		}
	}
	return done && Settled(w)
}

// keepsData says that a broker that left the spec holds replicas: without Cruise Control that is where its story ends.
func (w *World) keepsData() bool {
	cluster := w.Kafka.Cluster(w.parentName())
	for _, id := range w.brokerIDs() {
		if !inSpec(w.Parent(), int32(id)) && cluster.Holds(int32(id)) {
			return true
		}
	}
	return false
}

// RandomScript is a script of a seed's own: faults and changes of the spec, in any order, at any moment.
func RandomScript(seed uint64, length int) []Deed {
	chance := rand.New(rand.NewPCG(seed, 3))
	script := make([]Deed, 0, length)
	for range length {
		script = append(script, randomDeed(chance))
	}
	return script
}

// randomDeed draws one deed. Brokers 0 to 2 are the controllers of the cluster that seeds run with; 3 to 5 come and go.
func randomDeed(chance *rand.Rand) Deed {
	broker := map[string]string{"broker": strconv.Itoa(chance.IntN(5))}
	extra := map[string]string{"id": strconv.Itoa(3 + chance.IntN(3)), "group": "broker"}
	node := map[string]string{"name": "node-" + strconv.Itoa(chance.IntN(4))}
	deed := Deed{After: chance.IntN(40)}
	switch chance.IntN(15) {
	case 0, 1:
		deed.Command, deed.Arguments = "kill", broker
	case 2:
		deed.Command, deed.Arguments = "delete-pod", broker
	case 3:
		deed.Command, deed.Arguments = "node-down", node
	case 4, 5:
		deed.Command, deed.Arguments = "node-up", node
	case 6:
		deed.Command, deed.Arguments = "add-broker", extra
	case 7:
		deed.Command, deed.Arguments = "remove-broker", extra
	case 8:
		deed.Command = "grow"
		deed.Arguments = map[string]string{"group": "combined", "size": strconv.Itoa(11+chance.IntN(9)) + "Gi"}
	case 9:
		deed.Command = "set"
		image := "ghcr.io/adobe/koperator/kafka:2.13-4.0." + strconv.Itoa(chance.IntN(4))
		deed.Arguments = map[string]string{"clusterImage": image}
	case 10:
		deed.Command = "annotate"
		deed.Arguments = map[string]string{"kompositor.io/restart": strconv.Itoa(chance.IntN(3))}
	case 11:
		deed.Command = "set"
		deed.Arguments = map[string]string{
			"rollingUpgradeConfig.concurrentBrokerRestartCountPerRack": strconv.Itoa(1 + chance.IntN(3)),
			"rollingUpgradeConfig.restorePreferredLeaders":             strconv.FormatBool(chance.IntN(2) == 0),
		}
	case 12:
		deed.Command = "set"
		deed.Arguments = map[string]string{
			"clusterWideConfig":                  "log.retention.ms=" + strconv.Itoa(chance.IntN(3)),
			"brokerConfigGroups.combined.config": "num.io.threads=" + strconv.Itoa(1+chance.IntN(3)),
		}
	default:
		deed.Command = "set"
		deed.Arguments = map[string]string{"readOnlyConfig": "queued.max.requests=" + strconv.Itoa(500+chance.IntN(4))}
	}
	return deed
}
