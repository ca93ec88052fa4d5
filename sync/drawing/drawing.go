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
// cluster, which has of the broker what is asked for and nothing that was found or decided: no id, rack, address, claim,
// cluster id or voter. So two releases that draw alike write the same but for the revision, whenever they do.
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

// Otherwise names the parts that are drawn otherwise now than an observed Pod was; now is called where another revision
// has drawn it. Of a Pod that does not say how it was drawn nothing is known.
func Otherwise(observed *sync.Pod, now func() string) []string {
	was := observed.Annotations.Values[Annotation]
	if was == "" || strings.HasPrefix(was, fingerprint.Of(fingerprint.Part{Name: revision, Value: Revision})+",") {
		return nil
	}
	return slices.DeleteFunc(fingerprint.Changed(was, now()), func(part string) bool { return part == revision })
}

// Brings says in a clause what the next restart brings a broker of which these parts are drawn otherwise; keys are those
// of its configuration that would have other values.
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
