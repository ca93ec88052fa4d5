package simulator

import (
	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
	"github.com/kompositor/kompositor/sync/operation"
	"github.com/kompositor/kompositor/sync/topic"
	"github.com/kompositor/kompositor/sync/user"
)

// clusterHook is Kompositor: the line of every kind of parent, called directly.
func clusterHook(w *World) metacontroller.Hook {
	return Line{World: w, Hooks: map[string]sync.Hook{
		"kafkacluster": cluster.Hook{}, "kafkatopic": topic.Hook{}, "kafkauser": user.Hook{},
		"cruisecontroloperation": operation.Hook{},
	}}
}
