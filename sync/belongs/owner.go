package belongs

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// Owner is the broker that an object belongs to.
type Owner struct {
	// ID is the broker's. Known is false for an object of no broker.
	ID    int32
	Known bool
	// Rival is the broker that the label names while the name says ID. Doubt says so in a clause; it is empty when they do
	// not contradict each other.
	Rival int32
	Doubt string
	// Unlabelled says in a clause that the label tells no broker; empty when it tells one.
	Unlabelled string
}

// OfPod is the broker of a Pod. Koperator's names have a random tail behind ours.
func OfPod(cluster string, m *sync.Meta) Owner { return owner("Pod", cluster+"-", "", m) }

// OfClaim is the broker of a PersistentVolumeClaim.
func OfClaim(cluster string, m *sync.Meta) Owner { return owner("claim", cluster+"-", "storage-", m) }

// OfConfigMap is the broker of a ConfigMap. It has one name only, and whatever is called otherwise is none of a
// broker's.
func OfConfigMap(cluster string, m *sync.Meta) (id int32, known bool) {
	text, _ := strings.CutPrefix(m.Name, cluster+"-config-")
	id, known = read(text)
	return id, known && m.Name == children.ConfigMapName(cluster, id)
}

// owner reads the name and the label of an object. The name is the prefix, an id, and at most a tail that begins as
// said.
func owner(noun, prefix, tail string, m *sync.Meta) Owner {
	named, hasName := fromName(m.Name, prefix, tail)
	labelled, hasLabel := read(m.Labels[children.BrokerIDLabel])
	o := Owner{ID: named, Known: hasName || hasLabel}
	switch {
	case !hasName:
		o.ID = labelled
	case hasLabel && labelled != named:
		o.Rival = labelled
		o.Doubt = fmt.Sprintf("%s %s is broker %d's by its name and broker %d's by its label: set the label %s to %d",
			noun, m.Name, named, labelled, children.BrokerIDLabel, named)
	}
	if !hasLabel {
		o.Unlabelled = unlabelled(noun, m, o)
	}
	return o
}

// unlabelled says what is wrong with a label that tells no broker, and what to set it to.
func unlabelled(noun string, m *sync.Meta, o Owner) string {
	wrong := fmt.Sprintf("%s %s lacks the label %s", noun, m.Name, children.BrokerIDLabel)
	if text, has := m.Labels[children.BrokerIDLabel]; has {
		wrong = fmt.Sprintf("%s %s has the label %s=%q, which is no broker's", noun, m.Name, children.BrokerIDLabel, text)
	}
	if o.Known {
		return fmt.Sprintf("%s: set it to %d", wrong, o.ID)
	}
	return wrong + ": set it to the id of the broker that it belongs to"
}

func fromName(name, prefix, tail string) (int32, bool) {
	rest, ours := strings.CutPrefix(name, prefix)
	text, after, more := strings.Cut(rest, "-")
	id, known := read(text)
	begins := strings.HasPrefix(after, tail) && (more || tail == "")
	return id, ours && known && begins
}

// read reads an id as we write it.
func read(text string) (int32, bool) {
	id, err := strconv.ParseInt(text, 10, 32)
	if err != nil || id < 0 || strconv.FormatInt(id, 10) != text {
		return 0, false
	}
	return int32(id), true
}
