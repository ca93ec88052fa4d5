package brokers

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/sync"
)

// forAll is the name of the dynamic default of all brokers.
const forAll = ""

// readOnlyKeys are some keys that Kafka does not change without a restart; those of the simulated brokers' files among
// them.
func readOnlyKeys() []string {
	return []string{
		"advertised.listeners", "auto.create.topics.enable", "default.replication.factor", "log.dirs", "log.retention.hours",
		"node.id", "num.partitions", "process.roles", "queued.max.requests",
	}
}

// configs is the answer to DescribeConfigs: what is set dynamically for a broker outweighs what is set for all, and
// both outweigh its file. What is set nowhere is not listed.
func (k *Kafka) configs(cluster *Cluster, questions []sync.ConfigQuestion) sync.Fact[[]sync.DescribedConfigs] {
	all := make([]sync.DescribedConfigs, 0, len(questions))
	for _, question := range questions {
		described := sync.DescribedConfigs{Resource: question.Resource}
		name := question.Resource.Name
		p := k.brokerOf(cluster, name)
		if name != forAll && p == nil {
			described.Unknown = "broker " + name + " does not answer"
			all = append(all, described)
			continue
		}
		for _, key := range question.Keys {
			if entry, set := cluster.entry(p, name, key); set {
				described.Entries = append(described.Entries, entry)
			}
		}
		slices.SortFunc(described.Entries, func(a, b sync.ConfigEntry) int { return strings.Compare(a.Name, b.Name) })
		all = append(all, described)
	}
	return sync.Known(all)
}

// entry is one key as a broker describes it.
func (c *Cluster) entry(p *process, name, key string) (sync.ConfigEntry, bool) {
	entry := sync.ConfigEntry{Name: key, ReadOnly: slices.Contains(readOnlyKeys(), key)}
	var set bool
	if entry.Value, set = c.dynamic[forAll][key]; set {
		entry.Source = sync.SourceDefaultBroker
	}
	if name == forAll {
		return entry, set
	}
	if own, ofItsOwn := c.dynamic[name][key]; ofItsOwn {
		entry.Value, entry.Source, set = own, sync.SourceBroker, true
	}
	if !set {
		entry.Value, set = p.values[key]
		entry.Source = sync.SourceStatic
	}
	return entry, set
}

// brokerOf is the live broker of that id, nil when there is none.
func (k *Kafka) brokerOf(cluster *Cluster, name string) *process {
	for _, p := range k.processes {
		if p.cluster == cluster && !p.other && p.broker && !p.fenced && strconv.Itoa(int(p.id)) == name {
			return p
		}
	}
	return nil
}

// Alter performs IncrementalAlterConfigs of brokers. They hear of it with the cluster's metadata, a moment later.
func (k *Kafka) Alter(command *sync.AlterConfigs) error {
	broker, why := k.connect(command.Connection)
	if broker == nil {
		return fmt.Errorf("%s", why)
	}
	if name := command.Resource.Name; name != forAll && k.brokerOf(broker.cluster, name) == nil {
		return fmt.Errorf("broker %s does not answer", name)
	}
	return broker.cluster.Alter(command.Resource.Name, command.Set, command.Delete)
}

// Alter changes the dynamic configuration of a broker, or with an empty name that of all.
func (c *Cluster) Alter(broker string, set map[string]string, remove []string) error {
	changed := maps.Clone(c.altered[broker])
	if changed == nil {
		changed = map[string]string{}
	}
	for _, key := range slices.Sorted(maps.Keys(set)) {
		if slices.Contains(readOnlyKeys(), key) {
			return fmt.Errorf("INVALID_REQUEST: Cannot update these configs dynamically: [%s]", key)
		}
		if err := checkThreads(key, set[key]); err != nil {
			return err
		}
		changed[key] = set[key]
	}
	for _, key := range remove {
		delete(changed, key)
	}
	c.altered[broker] = changed
	return nil
}

// checkThreads is the one value that is checked: Kafka does not more than double a pool of threads at once.
func checkThreads(key, value string) error {
	const most = 16 // twice the default
	if key != "num.io.threads" {
		return nil
	}
	threads, err := strconv.Atoi(value)
	if err != nil {
		return fmt.Errorf("INVALID_REQUEST: Invalid value %s for configuration %s: Not a number of type INT", value, key)
	}
	if threads > most {
		return fmt.Errorf("INVALID_REQUEST: Dynamic thread count update validation failed for %s=%d, "+
			"value should not be greater than double the current value %d", key, threads, most/2)
	}
	return nil
}

// publish lets the brokers hear of what was altered.
func (c *Cluster) publish() { c.dynamic = maps.Clone(c.altered) }

// Dynamic writes the whole dynamic configuration for people.
func (c *Cluster) Dynamic() string {
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(c.dynamic)) {
		of := "broker " + name
		if name == forAll {
			of = "all brokers"
		}
		for _, key := range slices.Sorted(maps.Keys(c.dynamic[name])) {
			texts = append(texts, fmt.Sprintf("%s=%s (%s)", key, c.dynamic[name][key], of))
		}
	}
	return strings.Join(texts, ", ")
}
