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
	// Unlabelled says in a clause that the label tells no broker, or that a Pod lacks another one by which Services look
	// for it; empty when all are there.
	Unlabelled string
}

// OfPod is the broker of a Pod. Koperator's names have a random tail behind ours.
func OfPod(cluster string, m *sync.Meta) Owner {
	o := owner("Pod", cluster+"-", "", m)
	for _, label := range [][2]string{{children.AppLabel, children.AppKafka}, {children.ClusterLabel, cluster}} {
		name, right := label[0], label[1]
		if o.Unlabelled == "" && m.Labels[name] != right {
			o.Unlabelled = fmt.Sprintf("%s: set it to %s", labelled("Pod", m, name), right)
		}
	}
	return o
}

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
	wrong := labelled(noun, m, children.BrokerIDLabel)
	if _, has := m.Labels[children.BrokerIDLabel]; has {
		wrong += ", which is no broker's"
	}
	if o.Known {
		return fmt.Sprintf("%s: set it to %d", wrong, o.ID)
	}
	return wrong + ": set it to the id of the broker that it belongs to"
}

// labelled says how an object has a label, or that it has none.
func labelled(noun string, m *sync.Meta, label string) string {
	if text, has := m.Labels[label]; has {
		return fmt.Sprintf("%s %s has the label %s=%q", noun, m.Name, label, text)
	}
	return fmt.Sprintf("%s %s lacks the label %s", noun, m.Name, label)
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
