package seeds

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/apiserver"
)

const podKind, claimKind = "Pod.v1", "PersistentVolumeClaim.v1"

// The labels that somebody edits, the last of them none of ours.
const brokerLabel, clusterLabel, appLabel, teamLabel = "brokerId", "kafka_cr", "app", "team"

// labelled are the kinds of a broker's objects that somebody labels, and the form of their names.
func labelled() (kinds []string, names map[string]string) {
	names = map[string]string{
		podKind: "seed-%s", claimKind: "seed-%s-storage-0", "ConfigMap.v1": "seed-config-%s",
	}
	return []string{podKind, podKind, claimKind, "ConfigMap.v1"}, names
}

// drawLabels lets somebody edit labels of our objects by hand in one world of four, and put some of them right later.
// By a chance of its own, and between the deeds of the script, whose seconds stay what they were.
func drawLabels(seed uint64, shape *Shape, script []simulator.Deed) []simulator.Deed {
	const one, most = 4, 3
	d := &drawer{Rand: rand.New(rand.NewPCG(seed, 15)), shape: shape}
	if d.IntN(one) > 0 {
		return script
	}
	last := seconds(script)
	for range 1 + d.IntN(most) {
		wrong, at := d.label(), d.IntN(last+1)
		script = insert(script, wrong, at)
		if d.IntN(2) == 0 {
			script = insert(script, right(wrong), at+d.IntN(last-at+1))
		}
	}
	return script
}

// label gives an object of a broker a wrong label, or takes one away.
func (d *drawer) label() simulator.Deed {
	kinds, names := labelled()
	kind := d.one(kinds...)
	key := d.one(brokerLabel, brokerLabel, clusterLabel, appLabel, teamLabel)
	value := map[string]string{
		brokerLabel: d.one("", "x", d.broker(), d.newcomer()), clusterLabel: d.one("", "other"), appLabel: d.one("", "mine"),
		teamLabel: "payments",
	}[key]
	return deed("label", "kind", kind, "namespace", "kafka", "name", fmt.Sprintf(names[kind], d.broker()), key, value)
}

// right is the deed that puts right what another one has labelled.
func right(wrong simulator.Deed) simulator.Deed {
	pairs := []string{"kind", wrong.Arguments["kind"], "namespace", "kafka", "name", wrong.Arguments["name"]}
	id := strings.TrimPrefix(strings.TrimPrefix(wrong.Arguments["name"], "seed-"), "config-")
	id, _, _ = strings.Cut(id, "-")
	for key, value := range map[string]string{brokerLabel: id, clusterLabel: "seed", appLabel: "kafka", teamLabel: ""} {
		if _, edited := wrong.Arguments[key]; edited {
			pairs = append(pairs, key, value)
		}
	}
	return deed("label", pairs...)
}

// mendLabels puts right what Metacontroller leaves alone: any label of a Pod, and the id of a claim, where it may be
// another broker's.
func mendLabels(w *simulator.World, trial *Trial) error {
	var failed error
	for _, deed := range trial.Script {
		_, id := deed.Arguments[brokerLabel]
		if deed.Command != "label" || deed.Arguments["kind"] != podKind && !id {
			continue
		}
		key := apiserver.Key{Kind: deed.Arguments["kind"], Namespace: "kafka", Name: deed.Arguments["name"]}
		if _, there := w.Server.Get(key); there {
			mended := right(deed)
			failed = errors.Join(failed, w.Do(mended.Command, mended.Arguments, ""))
		}
	}
	return failed
}
