package topic

import (
	"cmp"
	"strings"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// claims are the ConfigMaps by which KafkaTopics claim one topic. Their name is a function of the topic, so the API
// server lets one namespace have one of them, and the customize hook finds those of all namespaces by it
// (docs/adr/0020).
type claims struct {
	// own is this resource's, nil when there is none.
	own *sync.ConfigMap
	// older is the claim of another KafkaTopic that goes before this one's, nil when there is none.
	older *sync.ConfigMap
}

func gatherClaims(o *Observed) claims {
	name := children.TopicClaimName(o.clusterName(), o.topic.Spec.Name)
	var found claims
	for i := range o.request.Children.ConfigMaps {
		if child := &o.request.Children.ConfigMaps[i]; child.Name == name && !child.Terminating() {
			found.own = child
		}
	}
	for i := range o.request.Related.ConfigMaps {
		other := &o.request.Related.ConfigMaps[i]
		if other.Name != name || o.owns(other) {
			continue
		}
		if (found.own == nil || before(other, found.own)) && (found.older == nil || before(other, found.older)) {
			found.older = other
		}
	}
	return found
}

// owns says that a ConfigMap is one of the observed children.
func (o *Observed) owns(other *sync.ConfigMap) bool {
	for i := range o.request.Children.ConfigMaps {
		if child := &o.request.Children.ConfigMaps[i]; child.Namespace == other.Namespace && child.Name == other.Name {
			return true
		}
	}
	return false
}

// before says that a claim is older than another one, or goes before it where both are of the same second.
func before(a, b *sync.ConfigMap) bool {
	return cmp.Or(strings.Compare(a.CreationTimestamp, b.CreationTimestamp), strings.Compare(a.UID, b.UID)) < 0
}

// held says in a clause which other KafkaTopic claims the topic before this one; empty when none does.
func (c *claims) held() string {
	if c.older == nil {
		return ""
	}
	holder := c.older.Data[children.ClaimHolder]
	if holder == "" {
		holder = "of namespace " + c.older.Namespace
	}
	return "KafkaTopic " + holder + " claims the same topic, and was first"
}

// creates says that Kafka knew no such topic when this resource claimed it.
func (c *claims) creates() bool { return c.own != nil && c.own.Data[children.ClaimCreates] == "true" }
