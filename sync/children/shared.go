package children

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/properties"
)

// shared is what is computed once for a Cluster instead of once for every broker.
type shared struct {
	// domain is what follows the name of a Service in its DNS name: ".<namespace>.svc.<cluster domain>".
	domain string
	// readOnly is the cluster's readOnlyConfig.
	readOnly properties.Properties
	// interBrokerName and controllerName are listeners' names as Kafka has them, empty when there is no such
	// listener.
	interBrokerName, controllerName string
	// quorumVoters is "<id>@<host>:<port>,..." and quorumServers "<host>:<port>,...", ascending by id.
	quorumVoters, quorumServers string
	// founders is "<id>@<host>:<port>:<directory id>,..." of the controllers that a dynamic quorum begins with.
	founders string
	// configs are the configurations of nodes that have no readOnlyConfig of their own, without what is each node's
	// alone.
	configs [roleCount]properties.Properties
	// keystores are the keystores of such nodes.
	keystores mounted
	// ports of the listeners on containers, on Services, and on Services that lead to the metrics too.
	containerPorts []corev1.ContainerPort
	servicePorts   []corev1.ServicePort
	allPorts       []corev1.ServicePort
	// initResources are the resources of our init containers.
	initResources corev1.ResourceRequirements
	affinity      *corev1.Affinity
}

func newShared(c *Cluster) shared {
	c.shared.domain = "." + c.Parent.Namespace + ".svc." + c.Parent.Spec.ClusterDomain()
	// Mistakes in it are for the API's validation to report.
	c.shared.readOnly, _ = properties.Parse(c.Parent.Spec.ReadOnlyConfig)
	if listener := c.Parent.Spec.ListenersConfig.InterBroker(); listener != nil {
		c.shared.interBrokerName = kafkaName(listener)
	}
	if listener := c.ControllerListener(); listener != nil {
		c.shared.controllerName = kafkaName(&listener.CommonListenerSpec)
	}
	c.shareQuorum()
	for r := range roleCount {
		c.shared.configs[r] = c.roleConfig(r, &c.shared.readOnly)
	}
	c.shared.keystores = c.keystoreVolumes(&c.shared.readOnly)
	c.shared.containerPorts = c.listenerContainerPorts()
	c.shared.servicePorts = c.listenerServicePorts()
	c.shared.allPorts = appendServicePort(slices.Clone(c.shared.servicePorts),
		metricsPortName, v1beta1.MetricsPort, corev1.ProtocolTCP)
	c.shared.initResources = corev1.ResourceRequirements{Requests: smallResources(), Limits: smallResources()}
	c.shared.affinity = c.antiAffinity()
	return c.shared
}

func (c *Cluster) shareQuorum() {
	listener := c.ControllerListener()
	if listener == nil {
		return
	}
	var voters, servers, founders []string
	for _, b := range c.quorumMembers() {
		at := c.InternalAddress(b, listener)
		voters = append(voters, strconv.Itoa(int(b.ID))+"@"+at)
		servers = append(servers, at)
	}
	for _, b := range c.controllers() {
		if c.Quorum.founded(b.ID) {
			at := c.InternalAddress(b, listener)
			founders = append(founders, strconv.Itoa(int(b.ID))+"@"+at+":"+DirectoryID(c.ClusterID, b.ID))
		}
	}
	c.shared.quorumVoters, c.shared.quorumServers = strings.Join(voters, ","), strings.Join(servers, ",")
	c.shared.founders = strings.Join(founders, ",")
}
