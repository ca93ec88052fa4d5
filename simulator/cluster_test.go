package simulator

import (
	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/sync/cluster"
)

// clusterHook is the service's own line for KafkaClusters, called directly.
func clusterHook(w *World) metacontroller.Hook { return Line{Hook: cluster.Hook{}, World: w} }
