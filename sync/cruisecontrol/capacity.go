package cruisecontrol

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/children"
)

// Cruise Control is told how large each broker is in capacity.json: disks in MB, CPU in percent of a core, network in
// KB/s, all of them as texts. Source: Cruise Control, BrokerCapacityConfigFileResolver. Form and order are Koperator's.

// capacities is the whole file.
type capacities struct {
	Brokers []jsontext.Value `json:"brokerCapacities"`
}

// generatedCapacities is a whole file without an entry of the user's.
type generatedCapacities struct {
	Brokers []brokerCapacity `json:"brokerCapacities"`
}

// brokerCapacity is one broker's entry.
type brokerCapacity struct {
	ID       string   `json:"brokerId"`
	Capacity capacity `json:"capacity"`
	Doc      string   `json:"doc"`
}

type capacity struct {
	// Disks are sizes by log directory, also where there is only one.
	Disks map[string]string `json:"DISK"`
	CPU   string            `json:"CPU"`
	In    string            `json:"NW_IN"`
	Out   string            `json:"NW_OUT"`
}

const (
	capacityDoc = "Capacity unit used for disk is in MB, cpu is in percentage, network throughput is in KB."
	// everyBroker is the id of an entry that stands for all brokers that have none.
	everyBroker = "-1"
	// Where nothing is known of a broker, it has one core and one disk of 10 GiB.
	defaultCPU  = "100"
	defaultDisk = "10737"
	defaultPath = "/kafka-logs"
)

// capacity writes capacity.json: the user's entries, and one for each other broker. A user's entry for all brokers
// stands alone. What was written before is kept as long as it says the same of every broker: an entry for one that has
// left, or another order, is no reason to restart.
func (s *Situation) capacity(before string) string {
	user := s.Cluster.Parent.Spec.CruiseControlConfig.CapacityConfig
	all, ids := entries(user)
	if slices.Contains(ids, everyBroker) {
		return user
	}
	generated := s.generated()
	if user == "" && len(s.Unremembered) == 0 {
		// As it almost always is. To read what was written before, as below, costs more than to write it again.
		if rendered(generatedCapacities{generated}) == before {
			return before
		}
	}
	known, knownIDs := entries(before)
	for i := range generated {
		switch at := slices.Index(knownIDs, generated[i].ID); {
		case slices.Contains(ids, generated[i].ID):
			continue
		case generated[i].Capacity.Disks == nil && at >= 0:
			all = append(all, known[at])
		case generated[i].Capacity.Disks == nil:
			unknown := children.Broker{ResolvedBroker: v1beta1.ResolvedBroker{BrokerConfig: v1beta1.BrokerConfig{}}}
			unknown.Volumes = []children.Volume{{MountPath: defaultPath}}
			entry := capacityOf(&unknown)
			entry.ID = generated[i].ID
			all = append(all, text(entry))
		default:
			all = append(all, text(generated[i]))
		}
	}
	if same(all, known, knownIDs) {
		return before
	}
	return rendered(capacities{all})
}

// generated are the entries for all brokers, by id; those for brokers of which nothing is known are empty.
func (s *Situation) generated() []brokerCapacity {
	var generated []brokerCapacity
	for i := range s.Cluster.Brokers {
		if b := &s.Cluster.Brokers[i]; b.IsBroker() {
			generated = append(generated, capacityOf(b))
		}
	}
	for _, id := range s.Unremembered {
		generated = append(generated, brokerCapacity{ID: strconv.Itoa(int(id))})
	}
	slices.SortFunc(generated, func(a, b brokerCapacity) int { return strings.Compare(a.ID, b.ID) })
	return generated
}

// entries reads the entries of a capacity.json with the ids of their brokers; none of a text that is not one.
func entries(text string) (all []jsontext.Value, ids []string) {
	var read capacities
	if json.Unmarshal([]byte(text), &read, jsontext.AllowDuplicateNames(true)) != nil {
		return nil, nil
	}
	for _, entry := range read.Brokers {
		var named struct {
			ID jsontext.Value `json:"brokerId"`
		}
		_ = json.Unmarshal(entry, &named, jsontext.AllowDuplicateNames(true)) // what is no object has no id
		ids = append(ids, strings.Trim(named.ID.String(), `"`))
	}
	return read.Brokers, ids
}

// same says that every entry is among those known, and that those known hold nothing for all brokers.
func same(all, known []jsontext.Value, knownIDs []string) bool {
	if len(known) == 0 || slices.Contains(knownIDs, everyBroker) {
		return false
	}
	written := make(map[string]struct{}, len(known))
	for _, entry := range known {
		written[canonical(entry)] = struct{}{}
	}
	return !slices.ContainsFunc(all, func(entry jsontext.Value) bool {
		_, ok := written[canonical(entry)]
		return !ok
	})
}

func canonical(entry jsontext.Value) string {
	entry = entry.Clone()
	// It was decoded before, so it is JSON.
	_ = entry.Format(jsontext.AllowDuplicateNames(true), jsontext.ReorderRawObjects(true))
	return string(entry)
}

// capacityOf is what a broker has: the disks that it mounts, those that still leave among them, its CPU limit, and the
// network as the user describes it.
func capacityOf(b *children.Broker) brokerCapacity {
	own := capacity{
		Disks: make(map[string]string, len(b.Volumes)), CPU: cpuOf(b.Resources),
		In: v1beta1.DefaultNetworkThroughput, Out: v1beta1.DefaultNetworkThroughput,
	}
	for i := range b.Volumes {
		own.Disks[children.LogDir(b.Volumes[i].MountPath)] = sizeOf(&b.Volumes[i])
	}
	if network := b.NetworkConfig; network != nil {
		own.In = cmp.Or(network.IncomingNetworkThroughPut, own.In)
		own.Out = cmp.Or(network.OutgoingNetworkThroughPut, own.Out)
	}
	return brokerCapacity{ID: strconv.Itoa(int(b.ID)), Capacity: own, Doc: capacityDoc}
}

// cpuOf is the limit in percent of a core, else what is requested: Cruise Control takes 0 for a broker that can bear
// nothing.
func cpuOf(resources *corev1.ResourceRequirements) string {
	if resources != nil {
		for _, list := range []corev1.ResourceList{resources.Limits, resources.Requests} {
			const percent resource.Scale = -2
			if cpu := list.Cpu().ScaledValue(percent); cpu > 0 {
				return strconv.FormatInt(cpu, 10)
			}
		}
	}
	return defaultCPU
}

// sizeOf is a disk's size in MB, rounded down, and at least 1.
func sizeOf(volume *children.Volume) string {
	var size resource.Quantity
	switch {
	case volume.ClaimSpec != nil:
		size = volume.ClaimSpec.Resources.Requests[corev1.ResourceStorage]
	case volume.EmptyDir != nil && volume.EmptyDir.SizeLimit != nil:
		size = *volume.EmptyDir.SizeLimit
	}
	if size.IsZero() {
		return defaultDisk
	}
	const mega = 1_000_000
	return strconv.FormatInt(max(1, size.Value()/mega), 10)
}

func text(entry brokerCapacity) jsontext.Value {
	written, err := json.Marshal(entry, json.Deterministic(true))
	if err != nil {
		panic(fmt.Sprintf("capacity of broker %s: %v", entry.ID, err)) // texts alone: a bug, which becomes HTTP 500
	}
	return written
}

// rendered is a capacity.json as it is written.
func rendered(file any) string {
	text, err := json.Marshal(
		file, jsontext.AllowDuplicateNames(true), jsontext.WithIndent("    "), json.Deterministic(true),
	)
	if err != nil {
		panic(fmt.Sprintf("capacity.json: %v", err)) // texts, and what was read as JSON before: a bug
	}
	return string(text)
}
