package upgrade

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/sync"
)

// Node is a node that has a Pod, or a broker that should have one.
type Node struct {
	ID int32
	// Broker says that the node is a broker of the spec, so that it answers for itself.
	Broker bool
	// Runs is the image that it runs, empty when it has no Pod; Asked is the one that the spec asks for, empty where that
	// is left to us.
	Runs, Asked string
}

// Images are the images that nodes run, each once, as MetadataVersionStatus.ReadWith has them.
func Images(nodes []Node) string {
	var images []string
	for _, n := range nodes {
		if n.Runs != "" {
			images = append(images, n.Runs)
		}
	}
	slices.Sort(images)
	return strings.Join(slices.Compact(images), ",")
}

// RunAsked says that every node runs the image that is asked for.
func RunAsked(nodes []Node) bool {
	return !slices.ContainsFunc(nodes, func(n Node) bool { return n.Runs != "" && n.Asked != "" && n.Runs != n.Asked })
}

// Answered says that every broker is among those that told what they support.
func Answered(nodes []Node, features *sync.Features) bool {
	return !slices.ContainsFunc(nodes, func(n Node) bool { return n.Broker && !slices.Contains(features.Brokers, n.ID) })
}

// Breaks says why one of these commands would ask for a level that Kafka does not report as higher and supported; empty
// when none would. Commands of other kinds are no matter of versions.
func Breaks(fact sync.Fact[sync.Features], commands []sync.Command) string {
	features, _ := fact.Get()
	for _, command := range commands {
		update, ok := command.(sync.UpdateFeature)
		now, most := features.Finalized[update.Feature], features.Supported[update.Feature].Max
		if ok && (update.Level <= now || update.Level > most) {
			return fmt.Sprintf("Kafka would be told to %s although it does not say that it can", update)
		}
	}
	return ""
}
