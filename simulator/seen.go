package simulator

import (
	"maps"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/kubelet"
)

// Laws are all laws, in the order of the design.
func Laws() []Law {
	return []Law{
		dataKept, unavailable, partitionsUp, quorumKept, identityKept, sameBytes, noHotLoop, invalidHeld, pauseHeld,
		recordsKept, startedOnce, restartHeld, secretsKept, GateIdle, accepted,
	}
}

// Looks counts how often each law was looked at where it could have been broken.
func (w *World) Looks() map[Law]int { return maps.Clone(w.laws.looks) }

// Calls is how many calls of the hook there were.
func (w *World) Calls() int { return w.calls }

// Calm ends the weather for good, and mends what it and the script have left broken: every node that there ever was is
// up, every Cruise Control serves.
func (w *World) Calm() {
	w.storm.Over = true
	w.Nodes.Mend()
	w.Kafka.Repair()
	w.controls.Calm()
}

// PodReady says that a Pod is ready.
func PodReady(pod apiserver.Object) bool { return kubelet.Text(pod) == "Ready" }
