package reasons

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// asked is what a user asks of the brokers of a KafkaCluster.
type asked struct{ parent apiserver.Object }

// others are the fields of the spec that no Pod and no configuration of a broker is drawn from. What is not among them
// is taken for a reason, so that a field that is new here is no breach.
func others() []string {
	return []string{
		"brokers", "brokerConfigGroups", // of these the broker's own
		"alertManagerConfig", "clusterWideConfig", "contourIngressConfig", "cruiseControlConfig", "disruptionBudget",
		"envoyConfig", "ingressController", "metadataVersion", "persistentVolumeClaimRetentionPolicy",
		"removeUnusedIngressResources", "rollingUpgradeConfig",
	}
}

func newAsked(parent apiserver.Object) *asked { return &asked{parent} }

// is says that a parent asks for what a is of: a status makes no difference.
func (a *asked) is(parent apiserver.Object) bool {
	return apiserver.Int(a.parent, "metadata", "generation") == apiserver.Int(parent, "metadata", "generation") &&
		a.dynamic() == (&asked{parent}).dynamic() &&
		same(a.parent, parent, "annotations") && same(a.parent, parent, "labels")
}

// same says that a part of the metadata of two objects is the same.
func same(one, other apiserver.Object, part string) bool {
	return maps.Equal(apiserver.Map(one, "metadata", part), apiserver.Map(other, "metadata", part))
}

// of is what is asked of one broker, as a text. Nothing is asked of one that the spec does not list.
func (a *asked) of(broker string) string {
	spec := maps.Clone(apiserver.Map(a.parent, "spec"))
	for _, field := range others() {
		delete(spec, field)
	}
	own := a.broker(broker)
	if own == nil {
		return ""
	}
	parts := map[string]any{
		"spec": spec, "own": drawnFrom(own), "group": drawnFrom(a.group(own)),
		"reporter": apiserver.String(a.parent, "spec", "cruiseControlConfig", "image"), // the default of its image
		"restart":  apiserver.String(a.parent, "metadata", "annotations", restartNote),
	}
	if config := apiserver.Map(own, "brokerConfig"); config != nil {
		parts["own"] = []any{drawnFrom(own), drawnFrom(config)}
	}
	if apiserver.Bool(spec, "propagateLabels") {
		parts["labels"] = apiserver.Map(a.parent, "metadata", "labels")
	}
	text, err := json.Marshal(parts)
	if err != nil {
		panic(fmt.Sprintf("an object that was decoded from JSON does not encode: %v", err))
	}
	return string(text)
}

// broker is one of spec.brokers, nil when it is not listed.
func (a *asked) broker(id string) apiserver.Object {
	for _, broker := range apiserver.List(a.parent, "spec", "brokers") {
		if strconv.FormatInt(apiserver.Int(broker, "id"), 10) == id {
			return broker
		}
	}
	return nil
}

// group is the config group of a broker.
func (a *asked) group(broker apiserver.Object) apiserver.Object {
	return apiserver.Map(a.parent, "spec", "brokerConfigGroups", apiserver.String(broker, "brokerConfigGroup"))
}

// drawnFrom is a broker's configuration without what is told to Kafka as it runs, and without the claims of its disks,
// whose size changes no Pod. A broker's own is left out of the broker.
func drawnFrom(config apiserver.Object) apiserver.Object {
	config = maps.Clone(config)
	delete(config, "config")
	delete(config, "brokerConfig")
	var disks []any
	for _, disk := range apiserver.List(config, "storageConfigs") {
		disk = maps.Clone(disk)
		delete(disk, "pvcSpec")
		disks = append(disks, disk)
	}
	if disks != nil {
		config["storageConfigs"] = disks
	}
	return config
}

// configs are a broker's own configuration and that of its group.
func (a *asked) configs(id string) []apiserver.Object {
	own := a.broker(id)
	return []apiserver.Object{apiserver.Map(own, "brokerConfig"), a.group(own)}
}

// paths are where the disks of a broker are mounted.
func (a *asked) paths(id string) []string {
	var paths []string
	for _, config := range a.configs(id) {
		for _, disk := range apiserver.List(config, "storageConfigs") {
			paths = append(paths, apiserver.String(disk, "mountPath"))
		}
	}
	return paths
}

// otherImage says that a Pod runs another image than is asked for.
func (a *asked) otherImage(pod apiserver.Object, id string) bool {
	image := apiserver.String(a.parent, "spec", "clusterImage")
	for _, config := range slices.Backward(a.configs(id)) {
		if own := apiserver.String(config, "image"); own != "" {
			image = own
		}
	}
	return image != "" && slices.ContainsFunc(apiserver.List(pod, "spec", "containers"), func(c apiserver.Object) bool {
		return apiserver.String(c, "name") == "kafka" && apiserver.String(c, "image") != image
	})
}

// voters are the ids of the brokers that are controllers.
func (a *asked) voters() []string {
	var ids []string
	for _, broker := range apiserver.List(a.parent, "spec", "brokers") {
		id := strconv.FormatInt(apiserver.Int(broker, "id"), 10)
		for _, config := range a.configs(id) {
			if slices.Contains(apiserver.Strings(config, "processRoles"), "controller") {
				ids = append(ids, id)
				break
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// dynamic says that the quorum's voters are known to the quorum itself (KIP-853), and not to every configuration.
func (a *asked) dynamic() bool {
	return apiserver.String(a.parent, "status", "kRaft", "quorum") == "Dynamic"
}
