package simulator

import (
	"net/http"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/weather"
)

// What the weather does to the world itself, and to Metacontroller.

// disturb is what becomes of a write of Metacontroller beside what the API server thinks of it.
func (w *World) disturb(actor string, verb apiserver.Verb, key apiserver.Key) (refused, lost error) {
	if actor != "metacontroller" {
		return nil, nil
	}
	timeout := &apiserver.StatusError{
		Code: http.StatusInternalServerError, Message: key.String() + ": etcdserver: request timed out",
	}
	status := verb == apiserver.StatusUpdated && key.Kind == operationKind
	switch {
	case w.strikes(weather.RefusedWrite), status && w.strikes(weather.RefusedStatus):
		w.disturbed = append(w.disturbed, timeout)
		return timeout, nil
	case w.strikes(weather.LostWrite), status && w.strikes(weather.LostStatus):
		w.disturbed = append(w.disturbed, timeout)
		return nil, timeout
	}
	return nil, nil
}

// late is by how much a watch of Metacontroller lags.
func (w *World) late(string) time.Duration {
	const most = 4
	if !w.strikes(weather.StaleCache) {
		return 0
	}
	return time.Duration(1+w.storm.Pick(weather.StaleCache, most)) * time.Second
}

// hang is for how long a Pod whose processes have ended stays there.
func (w *World) hang() time.Duration {
	const most = 90
	if !w.strikes(weather.StuckPod) {
		return 0
	}
	return time.Duration(1+w.storm.Pick(weather.StuckPod, most)) * time.Second
}

// growth is how much longer than usual a volume takes to grow.
func (w *World) growth() time.Duration {
	if w.strikes(weather.SlowVolume) {
		return time.Minute
	}
	return 0
}

// blow is what the weather does at a tick.
func (w *World) blow() {
	for _, m := range w.Metacontrollers {
		if w.strikes(weather.Restart) {
			m.Restart()
		}
	}
	for _, name := range w.Kafka.Names() {
		cluster := w.Kafka.Cluster(name)
		if w.strikes(weather.LeaderFlap) {
			cluster.Resign()
		}
		if live := cluster.Live(); len(live) > 0 && w.strikes(weather.LaggingReplica) {
			cluster.Lag(live[w.storm.Pick(weather.LaggingReplica, len(live))])
		}
	}
	pods := w.Server.List(podKind)
	if len(pods) == 0 {
		return
	}
	if w.strikes(weather.Crash) {
		w.Nodes.Crash(pods[w.storm.Pick(weather.Crash, len(pods))])
	}
	if w.strikes(weather.Pressure) {
		w.Nodes.Evict(pods[w.storm.Pick(weather.Pressure, len(pods))])
	}
	if w.strikes(weather.FullVolume) {
		if cluster, id := w.laws.kafkaOf(pods[w.storm.Pick(weather.FullVolume, len(pods))]); cluster != nil {
			w.Kafka.Fill(cluster, id)
		}
	}
	if w.strikes(weather.Eviction) {
		pod := pods[w.storm.Pick(weather.Eviction, len(pods))]
		_ = w.Server.As("eviction").Delete(apiserver.KeyOf(pod), apiserver.DeleteOptions{}) // it was listed just now
	}
}
