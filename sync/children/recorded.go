package children

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/properties"
)

// Recorded is what a node's ConfigMap says of the node as it was drawn, here or by Koperator.
type Recorded struct{ config properties.Properties }

// Record reads the data of a node's ConfigMap.
func Record(data map[string]string) Recorded {
	config, _ := properties.Parse(data[BrokerConfigKey])
	return Recorded{config}
}

// RecordOf reads a node's ConfigMap that is drawn anew; false for any other child, one that is listed as it is observed
// among them.
func RecordOf(child *sync.Child) (Recorded, bool) {
	drawn, ok := child.Object.(*configMap)
	if !ok || drawn.Data[BrokerConfigKey] == "" {
		return Recorded{}, false
	}
	return Record(drawn.Data), true
}

// Roles are the node's process.roles, none with ZooKeeper.
func (r Recorded) Roles() []v1beta1.ProcessRole {
	var roles []v1beta1.ProcessRole
	for _, role := range list(r.config.Value("process.roles")) {
		roles = append(roles, v1beta1.ProcessRole(role))
	}
	return roles
}

// Quorum is how the node knows the voters; empty when its configuration does not say.
func (r Recorded) Quorum() QuorumMode {
	switch {
	case r.config.Has(keyQuorumVoters):
		return StaticQuorum
	case r.config.Has(keyQuorumServers):
		return DynamicQuorum
	}
	return ""
}

// Rack is the broker.rack that the node runs with; empty when it has none, and when only the node itself knows it.
func (r Recorded) Rack() string {
	if rack := r.config.Value(keyRack); !strings.Contains(rack, "${") {
		return rack
	}
	return ""
}

// LogDirs are the node's log directories in their order.
func (r Recorded) LogDirs() []string { return list(r.config.Value(keyLogDirs)) }

// Voters are the ids of a static quorum's voters, ascending; none where the node has a dynamic quorum.
func (r Recorded) Voters() []int32 {
	var voters []int32
	for _, voter := range list(r.config.Value(keyQuorumVoters)) {
		id, _, _ := strings.Cut(voter, "@")
		if number, err := strconv.ParseInt(id, 10, 32); err == nil {
			voters = append(voters, int32(number))
		}
	}
	slices.Sort(voters)
	return voters
}

// Asks counts those of these controllers that the node asks for the dynamic quorum.
func (r Recorded) Asks(c *Cluster, controllers []int32) int {
	asked, servers := 0, list(r.config.Value(keyQuorumServers))
	for _, b := range c.controllers() {
		if slices.Contains(controllers, b.ID) && slices.Contains(servers, c.InternalAddress(b, c.ControllerListener())) {
			asked++
		}
	}
	return asked
}

// Remember writes what a broker is drawn from, less the defaults that are ours, so that it can be drawn again when the
// spec no longer lists it.
func Remember(b *v1beta1.ResolvedBroker) string {
	config := b.Asked()
	text, err := json.Marshal(
		v1beta1.Broker{ID: b.ID, ReadOnlyConfig: b.ReadOnlyConfig, BrokerConfig: &config}, sync.Encoding(),
	)
	if err != nil {
		panic(fmt.Sprintf("remember broker %d: %v", b.ID, err)) // it was decoded from JSON: a bug, which becomes HTTP 500
	}
	return string(text)
}

// Recall reads what Remember wrote; false when it is not that.
func Recall(text string) (v1beta1.Broker, bool) {
	var broker v1beta1.Broker
	return broker, text != "" && json.Unmarshal([]byte(text), &broker) == nil
}

// mostKeys bounds how many differences are named.
const mostKeys = 5

// Differences names the keys of a node's configuration in which the data of two ConfigMaps differ, and files that are
// not properties as a whole; a few by name.
func Differences(was, is map[string]string) []string {
	files := slices.Sorted(maps.Keys(was))
	for file := range is {
		if _, known := was[file]; !known {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	var keys []string
	for _, file := range files {
		if was[file] == is[file] {
			continue
		}
		if file != BrokerConfigKey {
			keys = append(keys, file)
			continue
		}
		before, _ := properties.Parse(was[file])
		after, _ := properties.Parse(is[file])
		keys = append(keys, properties.Differences(before, after)...)
	}
	if len(keys) > mostKeys {
		keys = append(keys[:mostKeys], fmt.Sprintf("%d more keys", len(keys)-mostKeys))
	}
	return keys
}

// list splits the value of a key that is a list.
func list(value string) []string {
	var items []string
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// ControllerEndpoint is where the other voters reach a controller: the listener's name as Kafka has it, host and port.
func (c *Cluster) ControllerEndpoint(b *Broker) (name, host string, port int32) {
	listener := c.ControllerListener()
	at := c.InternalAddress(b, listener)
	colon := strings.LastIndexByte(at, ':')
	number, _ := strconv.ParseInt(at[colon+1:], 10, 32)
	return kafkaName(&listener.CommonListenerSpec), at[:colon], int32(number)
}
