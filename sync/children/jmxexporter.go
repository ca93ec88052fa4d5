package children

import (
	"cmp"
	_ "embed" // for the exporter's rules

	"github.com/kompositor/kompositor/sync"
)

// jmxExporterRules is our configuration of the Prometheus JMX exporter.
//
//go:embed jmxexporter.yaml
var jmxExporterRules string

const jmxExporterKey = "config.yaml"

// JMXExporterConfigMap is the configuration of the Prometheus JMX exporter in every broker: the user's, else ours.
func JMXExporterConfigMap(c *Cluster) sync.Child {
	labels := map[string]string{AppLabel: appKafkaJMX, ClusterLabel: c.Parent.Name}
	return c.configMap(JMXExporterConfigMapName(c.Parent.Name), labels, nil, map[string]string{
		jmxExporterKey: cmp.Or(c.Parent.Spec.MonitoringConfig.KafkaJMXExporterConfig, jmxExporterRules),
	})
}

// cruiseControlRules are the exporter's rules for Cruise Control: every bean under its own name, as with Koperator.
const cruiseControlRules = "lowercaseOutputName: true\n"

// CruiseControlJMXExporterConfigMap is the configuration of the exporter in Cruise Control: the user's, else ours. The
// exporter reads it again when it changes.
func CruiseControlJMXExporterConfigMap(c *Cluster) sync.Child {
	labels := map[string]string{AppLabel: appCruiseControlJMX, ClusterLabel: c.Parent.Name}
	return c.configMap(CruiseControlJMXExporterConfigMapName(c.Parent.Name), labels, nil, map[string]string{
		jmxExporterKey: cmp.Or(c.Parent.Spec.MonitoringConfig.CCJMXExporterConfig, cruiseControlRules),
	})
}
