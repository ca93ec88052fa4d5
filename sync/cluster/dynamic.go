package cluster

import (
	"slices"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/dynamicconfig"
	"github.com/kompositor/kompositor/sync/fingerprint"
	"github.com/kompositor/kompositor/sync/podphase"
)

// dynamicConfig is what the CR asks of Kafka's dynamic configuration: clusterWideConfig of all brokers, and
// brokerConfig.config of each.
func (p *plan) dynamicConfig() *dynamicconfig.Cluster {
	parent := &p.o.parent
	cluster := &dynamicconfig.Cluster{
		Connection: p.connection(), Salt: p.o.identity.UID,
		Wide: dynamicconfig.Parse(parent.Spec.ClusterWideConfig), Record: parent.Status.ClusterWideConfig,
		Now: p.facts.Now, Generation: p.o.identity.Generation, Conditions: parent.Status.Conditions,
	}
	if p.o.paused() {
		cluster.Held = pausedWhy
	}
	for _, b := range p.o.brokers {
		if p.gone[b.id] {
			continue
		}
		where, _ := b.phase()
		old := parent.Status.BrokersState[b.key()]
		found := p.o.found(b)
		broker := dynamicconfig.Broker{
			ID: b.id, Controller: !b.isBroker(), Leaving: !b.listed && !p.empty[b.id], Up: where == podphase.Ready,
			Record: old.DynamicConfig, State: old.PerBrokerConfigurationState,
			Koperator: old.ConfigurationBackup != "", Restarted: !found.Adopted() || p.letGo[b.id],
		}
		if b.listed { // of one that leaves for good nothing stays: another may come by its id
			broker.Version, broker.File, broker.Config = version(b), p.readOnlyConfig(b), dynamicconfig.Parse(b.spec.Config)
		}
		cluster.Brokers = append(cluster.Brokers, broker)
	}
	return cluster
}

// needlessly says of a broker that is stale for its configuration alone that no restart were needed with the keys
// elsewhere; empty when it is.
func (p *plan) needlessly(b *broker) string {
	found := p.o.found(b)
	if !slices.Equal(fingerprint.Changed(found.Asked(), p.fingerprints[b.id]), []string{"config"}) {
		return ""
	}
	return dynamicconfig.NeedsNoRestart(b.changedKeys(children.ConfigMapData(p.cluster, p.drawn[b.id])), version(b))
}

// version is the version of Kafka that the CR asks of a broker; the zero value where its image does not tell.
func version(b *broker) v1beta1.KafkaVersion { return v1beta1.KafkaVersionOfImage(b.spec.Image) }

// settleDynamic says what to change in Kafka without a restart.
func (p *plan) settleDynamic() {
	p.dynamic = p.dynamicConfig().Settle(&p.facts.Kafka)
	p.commands = append(p.commands, p.dynamic.Commands...)
}
