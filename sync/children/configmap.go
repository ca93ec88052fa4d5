package children

import (
	"github.com/kompositor/kompositor/sync"
)

// Keys of a broker's ConfigMap.
const (
	// BrokerConfigKey holds the broker's whole configuration.
	BrokerConfigKey = "broker-config"
	// Log4jKey holds the user's log4j configuration, if there is one.
	Log4jKey = "log4j.properties"
)

// ConfigMap is a broker's configuration as its Pod mounts it. The annotations are those of ours.
func ConfigMap(c *Cluster, b *Broker, annotations map[string]string) sync.Child {
	name, labels := ConfigMapName(c.Parent.Name, b.ID), BrokerLabels(c.Parent.Name, b.ID)
	return c.configMap(name, labels, annotations, ConfigMapData(c, b))
}

// ConfigMapData is the content of a broker's ConfigMap.
func ConfigMapData(c *Cluster, b *Broker) map[string]string {
	data := map[string]string{BrokerConfigKey: BrokerConfig(c, b).Text()}
	if b.Log4jConfig != "" {
		data[Log4jKey] = b.Log4jConfig
	}
	return data
}

func (c *Cluster) configMap(name string, labels, annotations, data map[string]string) sync.Child {
	return sync.Child{APIVersion: coreV1, Kind: "ConfigMap", Name: name, Object: &configMap{
		APIVersion: coreV1, Kind: "ConfigMap", Metadata: c.meta(name, labels, annotations), Data: data,
	}}
}
