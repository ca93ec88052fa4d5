package children

import (
	"strings"

	"github.com/kompositor/kompositor/sync"
)

// Keys of a broker's ConfigMap.
const (
	// BrokerConfigKey holds the broker's whole configuration.
	BrokerConfigKey = "broker-config"
	// Log4jKey holds the user's log4j configuration, if there is one of log4j 1.
	Log4jKey = "log4j.properties"
)

// log4jKey is the key, and the name of the mounted file, of a log4j configuration. Kafka 4 logs with log4j 2, which
// tells the formats of its configuration by the file's ending; of log4j 1 there is only one format, that Kafka 4
// still reads.
func log4jKey(config string) string {
	key := Log4jKey
	for line := range strings.Lines(config) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#' || line[0] == '!':
		case strings.HasPrefix(line, "log4j."):
			return Log4jKey
		case key != Log4jKey: // its first line has said it
		case line[0] == '<':
			key = "log4j2.xml"
		case strings.HasPrefix(line, "Configuration:"):
			key = "log4j2.yaml"
		default:
			key = "log4j2.properties"
		}
	}
	return key
}

// ConfigMap is a broker's configuration as its Pod mounts it. The annotations are those of ours.
func ConfigMap(c *Cluster, b *Broker, annotations map[string]string) sync.Child {
	name, labels := ConfigMapName(c.Parent.Name, b.ID), BrokerLabels(c.Parent.Name, b.ID)
	return c.configMap(name, labels, annotations, ConfigMapData(c, b))
}

// ConfigMapData is the content of a broker's ConfigMap.
func ConfigMapData(c *Cluster, b *Broker) map[string]string {
	data := map[string]string{BrokerConfigKey: BrokerConfig(c, b).Text()}
	if b.Log4jConfig != "" {
		data[log4jKey(b.Log4jConfig)] = b.Log4jConfig
	}
	return data
}

func (c *Cluster) configMap(name string, labels, annotations, data map[string]string) sync.Child {
	return sync.Child{APIVersion: coreV1, Kind: "ConfigMap", Name: name, Object: &configMap{
		APIVersion: coreV1, Kind: "ConfigMap", Metadata: c.meta(name, labels, annotations), Data: data,
	}}
}
