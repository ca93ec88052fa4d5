package plan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/sync"
)

// plan puts together what was recorded; refused is what does not come as far as to the hook.
func (r *recorder) plan(f *found, refused []Matter) *Plan {
	parent := r.world.Parent()
	p := &Plan{
		Cluster: apiserver.KeyOf(parent).NamespacedName(), Verdict: NoChange, Steps: slices.Concat([]Step{}, r.steps),
		Refused: []Matter{}, Waits: []Matter{}, Assumed: assumed(f),
	}
	for _, condition := range apiserver.List(parent, "status", "conditions") {
		matter := Matter{
			About: apiserver.String(condition, "type"), Reason: sync.Reason(apiserver.String(condition, "reason")),
			Why: apiserver.String(condition, "message"),
		}
		if expected(matter.About, apiserver.String(condition, "status"), matter.Reason) {
			continue
		}
		if refuses(matter.Reason) {
			p.Refused = append(p.Refused, matter)
		} else {
			p.Waits = append(p.Waits, matter)
		}
	}
	p.Refused, p.Waits = withoutRepeated(p.Refused), withoutRepeated(p.Waits)
	p.Refused = slices.Concat([]Matter{}, refused, p.Refused)
	r.brokers(p, parent)
	if call := r.world.LastCall(); call.Err != nil {
		p.Refused = append(p.Refused, Matter{About: "Kubernetes", Why: call.Err.Error()})
	}
	for _, breach := range r.world.Breaches() {
		p.Refused = append(p.Refused, Matter{About: "Kompositor", Why: "a law would be broken, which is a defect: " +
			breach.String()})
	}
	if r.unsettled > 0 {
		p.Waits = append(p.Waits, Matter{About: "the plan", Why: fmt.Sprintf("something still changes after %d simulated "+
			"seconds; what comes then is not told", r.unsettled)})
	}
	switch {
	case len(p.Refused) > 0:
		p.Verdict = Refused
	case len(p.Steps)+len(p.Waits) > 0:
		p.Verdict = Change
	}
	return p
}

// expected says that a condition is as in a cluster that is well.
func expected(about, status string, reason sync.Reason) bool {
	if of := sync.ConditionType(about); of == sync.RollingUpdate || of == sync.Rebalancing {
		return reason == sync.AsExpected
	}
	return status == "True" || reason == sync.NotAsked
}

// refuses says that a reason is a no: nothing but another spec helps.
func refuses(reason sync.Reason) bool {
	return slices.Contains([]sync.Reason{
		sync.InvalidSpec, sync.ChangeRefused, sync.ConfigRefused, sync.ConfigMisplaced, sync.ConfigOverridden,
		sync.VolumeHeld, sync.VolumeLarger, sync.ChildConflict, sync.KafkaRefused, sync.CruiseControlRefused,
		sync.GateRefused,
	}, reason)
}

// withoutRepeated drops Ready where it says what another condition says, and puts it last elsewhere.
func withoutRepeated(matters []Matter) []Matter {
	for i, ready := range matters {
		if ready.About != string(sync.Ready) {
			continue
		}
		others := slices.Delete(slices.Clone(matters), i, i+1)
		for _, other := range others {
			if strings.Contains(ready.Why, other.Why) || other.Reason == ready.Reason {
				return others
			}
		}
		return append(others, ready)
	}
	return matters
}

// brokers adds what single brokers say at the end. Where the cluster is ready, nothing is awaited any more: what a
// broker then says is a remark on something that it does not get.
func (r *recorder) brokers(p *Plan, parent apiserver.Object) {
	states := apiserver.Map(parent, "status", "brokersState")
	conditions := slices.Concat(p.Refused, p.Waits)
	for _, id := range slices.SortedFunc(maps.Keys(states), byNumber) {
		matter := Matter{About: "broker " + id, Why: apiserver.String(states, id, "waitingFor")}
		switch {
		case matter.Why == "" || told(conditions, matter.Why):
		case r.world.ConditionOf(string(sync.Ready)) == "True":
			p.Refused = append(p.Refused, matter)
		default:
			p.Waits = append(p.Waits, matter)
		}
	}
}

// told says that a sentence stands in what the conditions say already.
func told(conditions []Matter, sentence string) bool {
	clause := strings.TrimSuffix(sentence[1:], ".") // it may begin with a small letter there
	return slices.ContainsFunc(conditions, func(m Matter) bool { return strings.Contains(m.Why, clause) })
}

func byNumber(a, b string) int {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	if errX != nil || errY != nil {
		return strings.Compare(a, b)
	}
	return x - y
}

// assumed is what the plan takes for granted because no object says it.
func assumed(f *found) []string {
	var all []string
	if f.pods {
		all = append(all,
			"Every broker whose Pod is ready is live and in sync, and the quorum is complete.",
			"Topics are not known: every broker holds replicas of a topic named "+simulator.AssumedTopic+", which bears that "+
				"one broker is away.",
			"A Pod that is not ready stays so; one that is made becomes ready.",
		)
	} else {
		all = append(all, "A Pod that is made becomes ready.")
	}
	if !f.nodes {
		all = append(all, "Every Pod finds a node: the nodes are not among the objects.")
	}
	if f.cluster != nil && apiserver.UID(f.cluster) == madeUp {
		all = append(all, "The cluster has no uid in the files, and is given one.")
	}
	return all
}
