package drawing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/fingerprint"
)

// Annotation on a Pod is how the release that has drawn it draws what was asked for, as one fingerprint for each part.
const Annotation = "kompositor.io/drawn"

// Revision is raised with every change of how brokers are drawn; a test sees to that. What the same revision has drawn
// need not be compared, and to draw a broker once more would cost a call that finds nothing to do a tenth more.
const Revision = 1

// The parts of a drawing.
const revision, config, pod = "revision", "config", "pod"

// Of fingerprints how this release draws a broker of the cluster. What it draws for that is a stand-in, alone in its
// cluster, which has of the broker what is asked for and nothing that was found or decided: no id, rack, address,
// claim, cluster id or voter. So two releases that draw alike write the same but for the revision, whenever they do.
func Of(c *children.Cluster, b *children.Broker) string {
	standIn := children.Broker{ResolvedBroker: b.ResolvedBroker, External: make(map[string]string)}
	standIn.ID = 0
	for i := range b.Volumes {
		volume := children.Volume{MountPath: b.Volumes[i].MountPath, EmptyDir: b.Volumes[i].EmptyDir}
		if b.Volumes[i].Claim != "" {
			volume.Claim = fmt.Sprintf("claim-%d", i)
		}
		standIn.Volumes = append(standIn.Volumes, volume)
	}
	listeners := c.Parent.Spec.ListenersConfig.ExternalListeners
	for i := range listeners {
		standIn.External[listeners[i].Name] = "address:1"
	}
	alone := children.NewCluster(c.Parent, "", children.Quorum{Mode: c.Quorum.Mode}, []children.Broker{standIn})
	return fingerprint.Of(
		fingerprint.Part{Name: revision, Value: Revision},
		fingerprint.Part{Name: config, Value: children.ConfigMapData(alone, &alone.Brokers[0])},
		fingerprint.Part{Name: pod, Value: children.Pod(alone, &alone.Brokers[0], nil)},
	)
}

// Drawings are how this release draws the brokers of a cluster, by their images and by what else is asked of them.
type Drawings map[string]string

// Of is Of for a broker, and draws once for all of which the same is asked.
func (d Drawings) Of(c *children.Cluster, b *children.Broker, asked string) string {
	same := b.Image + " " + asked
	if d[same] == "" {
		d[same] = Of(c, b)
	}
	return d[same]
}

// Current says that there is nothing to compare: the Pod was drawn by this revision, or does not say how it was drawn.
func Current(observed *sync.Pod) bool {
	was := observed.Annotations.Values[Annotation]
	return was == "" || strings.HasPrefix(was, fingerprint.Of(fingerprint.Part{Name: revision, Value: Revision})+",")
}

// Otherwise names the parts that are drawn otherwise now than an observed Pod was.
func Otherwise(observed *sync.Pod, now string) []string {
	parts := fingerprint.Changed(observed.Annotations.Values[Annotation], now)
	return slices.DeleteFunc(parts, func(part string) bool { return part == revision })
}

// Brings says in a clause what the next restart brings a broker of which these parts are drawn otherwise; keys are
// those of its configuration that would have other values.
func Brings(parts, keys []string) string {
	var brings []string
	if slices.Contains(parts, config) && len(keys) > 0 {
		brings = append(brings, "other values of "+strings.Join(keys, ", "))
	}
	if slices.Contains(parts, pod) || len(brings) == 0 {
		brings = append(brings, "another Pod")
	}
	return strings.Join(brings, " and ")
}

// Waits says in a clause that brokers would be drawn otherwise than they run.
func Waits(brokers, brings string) string {
	return fmt.Sprintf("this release of Kompositor would draw %s otherwise, which restarts nobody: the next restart "+
		"brings %s", brokers, brings)
}
