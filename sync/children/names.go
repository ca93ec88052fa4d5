package children

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// The names of children are a function of the cluster's name and the broker's id. Those of Services, ConfigMaps and
// PodDisruptionBudgets are Koperator's.

// PodName is the name of a broker's Pod. Koperator adds a random suffix.
func PodName(cluster string, id int32) string { return numbered(cluster, id) }

// ClaimName is the name that a new PersistentVolumeClaim gets; n counts the broker's claims. Koperator adds a random
// suffix.
func ClaimName(cluster string, id int32, n int) string {
	return numbered(cluster, id) + "-storage-" + strconv.Itoa(n)
}

// ConfigMapName is the name of a broker's ConfigMap.
func ConfigMapName(cluster string, id int32) string { return numbered(cluster+"-config", id) }

// JMXExporterConfigMapName is the name of the ConfigMap with the JMX exporter's configuration.
func JMXExporterConfigMapName(cluster string) string { return cluster + "-kafka-jmx-exporter" }

// BrokerServiceName is the name of a broker's own Service, where there is no headless one.
func BrokerServiceName(cluster string, id int32) string { return numbered(cluster, id) }

// AllBrokerServiceName is the name of the Service over all brokers, where there is no headless one.
func AllBrokerServiceName(cluster string) string { return cluster + "-all-broker" }

// HeadlessServiceName is the name of the headless Service of the brokers.
func HeadlessServiceName(cluster string) string { return cluster + "-headless" }

// ControllerHeadlessServiceName is the name of the headless Service of the controllers.
func ControllerHeadlessServiceName(cluster string) string { return cluster + "-controller-headless" }

// NodePortServiceName is the name of a broker's Service for an external listener of access method NodePort.
func NodePortServiceName(cluster string, id int32, listener string) string {
	return numbered(cluster, id) + "-" + listener
}

// PodDisruptionBudgetName is the name of the PodDisruptionBudget of the brokers.
func PodDisruptionBudgetName(cluster string) string { return cluster + "-pdb" }

// ControllerPodDisruptionBudgetName is the name of the PodDisruptionBudget of the controllers.
func ControllerPodDisruptionBudgetName(cluster string) string { return cluster + "-controller-pdb" }

// ServerSecretName is the name of the Secret with the brokers' keystore that listeners use which name none
// themselves.
func ServerSecretName(cluster string) string { return cluster + "-server-certificate" }

// ClientSecretName is the name of the Secret with the keystore of the cluster's own clients, unless the user names
// one.
func ClientSecretName(cluster string) string { return cluster + "-controller" }

// AdminSecretName is the name of the Secret with the administrator's credentials, a copy of those that the user names.
// Topics and users find it by this name alone.
func AdminSecretName(cluster string) string { return cluster + "-admin-client" }

// CruiseControlServiceName is the name of the Service of Cruise Control.
func CruiseControlServiceName(cluster string) string { return cluster + "-cruisecontrol-svc" }

// CruiseControlPort is where Cruise Control's REST API listens. It is Koperator's.
const CruiseControlPort int32 = 8090

func numbered(name string, id int32) string { return name + "-" + strconv.Itoa(int(id)) }

// maxPortName is the longest name that a container's port may have (IANA service name, RFC 6335).
const maxPortName = 15

// servicePortName is the name of a listener's port on Services: a DNS label.
func servicePortName(listener string) string {
	if strings.HasPrefix(listener, "tcp-") {
		return label(listener)
	}
	return label("tcp-" + listener)
}

// containerPortName is servicePortName where it is short enough, else its beginning and a hash of all of it.
func containerPortName(listener string) string {
	name := servicePortName(listener)
	if len(name) <= maxPortName {
		return name
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(listener)) // a hash never fails
	suffix := fmt.Sprintf("%04x", hash.Sum32()&0xFFFF)
	return strings.TrimRight(name[:maxPortName-len(suffix)-1], "-") + "-" + suffix
}

// label replaces what may not stand in the name of a port, and joins the dashes that this makes.
func label(name string) string {
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' }), "-")
}
