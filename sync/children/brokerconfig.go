package children

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/properties"
)

// Keys that Koperator's users set in readOnlyConfig to steer a migration from ZooKeeper to KRaft. They are for the
// operator and never reach Kafka.
const (
	migrationKRaftMode        = "migration.broker.kRaftMode"
	migrationControllerQuorum = "migration.broker.controllerQuorumConfigEnabled"
)

const (
	metricsReporterClass  = "com.linkedin.kafka.cruisecontrol.metricsreporter.CruiseControlMetricsReporter"
	jmxReporterClass      = "org.apache.kafka.common.metrics.JmxReporter"
	metricsReporterPrefix = "cruise.control.metrics.reporter."

	keyAdvertised      = "advertised.listeners"
	keyInterBrokerName = "inter.broker.listener.name"
	keyInterBrokerType = "security.inter.broker.protocol"
	keyListeners       = "listeners"
	keyMetricReporters = "metric.reporters"
	keyAutoJoin        = "controller.quorum.auto.join.enable"
	keyQuorumVoters    = "controller.quorum.voters"
	keyQuorumServers   = "controller.quorum.bootstrap.servers"
	keyRack            = "broker.rack"
	keyLogDirs         = "log.dirs"
	keySuperUsers      = "super.users"
)

// BrokerConfig is the whole read-only configuration of a broker: the cluster's readOnlyConfig, over it the broker's,
// over both what is generated. Of the user's words only these outweigh generated ones: super.users are joined,
// broker.rack and a keystore of a sasl_ssl listener stay, and security.inter.broker.protocol keeps
// inter.broker.listener.name and metric.reporters from being generated.
func BrokerConfig(c *Cluster, b *Broker) properties.Properties {
	user := c.userConfig(b)
	var config properties.Properties
	if b.ReadOnlyConfig == "" {
		config = c.shared.configs[roleOf(b)].Clone()
	} else {
		config = c.roleConfig(roleOf(b), &user)
	}
	id := strconv.Itoa(int(b.ID))
	if c.inKRaft(&user) {
		config.Set("node.id", id)
		config.Set("process.roles", rolesInOrder(b))
	} else {
		config.Set("broker.id", id)
	}
	if config.Value(keyMetricReporters) == metricsReporterClass && v1beta1.KafkaVersionOfImage(b.Image).AtLeast(4, 0) {
		// Kafka 4 adds its reporter for JMX only to nodes that name none (KIP-830), and without it the exporter shows
		// nothing of the KRaft quorum.
		config.Set(keyMetricReporters, jmxReporterClass+","+metricsReporterClass)
	}
	setUnlessEmpty(&config, keyAdvertised, c.advertised(b))
	if len(b.nodeVariables()) > 0 {
		addProvider(&config, &user, nodeProvider, nodeProviderClass)
	}
	if dirs := logDirs(b); len(dirs) > 0 {
		config.Set(keyLogDirs, strings.Join(dirs, ","))
	}
	if !user.Has(keyRack) {
		setUnlessEmpty(&config, keyRack, b.Rack)
	}
	setUnlessEmpty(&config, keySuperUsers, superUsers(c.SuperUsers, user.Value(keySuperUsers)))
	return config
}

// userConfig is what the user says: the cluster's readOnlyConfig, over it the broker's. Lines with mistakes are left
// out; the API's validation reports them.
func (c *Cluster) userConfig(b *Broker) properties.Properties {
	if b.ReadOnlyConfig == "" {
		return c.shared.readOnly
	}
	own, _ := properties.Parse(b.ReadOnlyConfig)
	return c.shared.readOnly.Merge(own)
}

// roleConfig is the configuration that the nodes of a role share, as far as the user says the same for them: the
// user's, and over it what is generated.
func (c *Cluster) roleConfig(r role, user *properties.Properties) properties.Properties {
	var config properties.Properties
	c.setListeners(&config, r)
	if !user.Has(keyInterBrokerType) {
		setUnlessEmpty(&config, keyInterBrokerName, c.shared.interBrokerName)
		if r != controllerRole {
			config.Set(keyMetricReporters, metricsReporterClass)
		}
	}
	if r != controllerRole {
		config.Set(metricsReporterPrefix+"bootstrap.servers", c.Bootstrap())
		config.Set(metricsReporterPrefix+"kubernetes.mode", "true")
	}
	c.setTLS(&config, r, user)
	c.setQuorum(&config, user)

	config = user.Merge(config)
	config.Delete(migrationKRaftMode)
	config.Delete(migrationControllerQuorum)
	if c.kraft() && c.Quorum.Dynamic() {
		config.Delete(keyQuorumVoters) // Kafka takes any voters listed here for a static quorum
		config.Delete(keyAutoJoin)     // a voter that is to leave would come back by itself (KIP-853)
	}
	return config
}

// inKRaft says that a node uses KRaft. During a migration from ZooKeeper a broker may still be told not to.
func (c *Cluster) inKRaft(user *properties.Properties) bool {
	return c.kraft() && enabled(user, migrationKRaftMode)
}

// setQuorum sets where the metadata is: in a KRaft quorum, in ZooKeeper, or, during a migration, in both.
func (c *Cluster) setQuorum(config, user *properties.Properties) {
	if !c.inKRaft(user) {
		config.Set("zookeeper.connect", strings.Join(c.Parent.Spec.ZKAddresses, ",")+c.Parent.Spec.ZooKeeperPath())
	}
	if !c.kraft() {
		setUnlessEmpty(config, "control.plane.listener.name", c.shared.controllerName)
		return
	}
	if !enabled(user, migrationControllerQuorum) {
		return
	}
	setUnlessEmpty(config, "controller.listener.names", c.shared.controllerName)
	if c.Quorum.Dynamic() {
		setUnlessEmpty(config, keyQuorumServers, c.shared.quorumServers)
	} else {
		setUnlessEmpty(config, keyQuorumVoters, c.shared.quorumVoters)
	}
}

// enabled says that a migration flag is not set, or set to true.
func enabled(user *properties.Properties, flag string) bool {
	value, set := user.Get(flag)
	return !set || value == "true"
}

// rolesInOrder keeps the order of the spec: another order of process.roles means the same to Kafka.
func rolesInOrder(b *Broker) string {
	roles := make([]string, len(b.Roles))
	for i, role := range b.Roles {
		roles[i] = string(role)
	}
	return strings.Join(roles, ",")
}

// advertised are the addresses that clients and other nodes use: external listeners first, each group sorted. A
// controller advertises its listener only where Kafka allows it: with a dynamic quorum (KIP-853), and in ZooKeeper
// mode, where it is an ordinary listener.
func (c *Cluster) advertised(b *Broker) string {
	listeners := &c.Parent.Spec.ListenersConfig
	var external, internal []string
	if b.IsBroker() {
		for i := range listeners.ExternalListeners {
			listener := &listeners.ExternalListeners[i].CommonListenerSpec
			if at := b.External[listener.Name]; at != "" {
				external = append(external, kafkaName(listener)+"://"+at)
			}
		}
	}
	for i := range listeners.InternalListeners {
		listener := &listeners.InternalListeners[i]
		wanted := b.IsBroker()
		if c.kraft() && listener.UsedForControllerCommunication {
			wanted = b.IsController() && c.Quorum.Dynamic()
		}
		if wanted {
			internal = append(internal, kafkaName(&listener.CommonListenerSpec)+"://"+c.InternalAddress(b, listener))
		}
	}
	slices.Sort(external)
	slices.Sort(internal)
	return strings.Join(append(external, internal...), ",")
}

// logDirs are the log directories of a broker, in the order of its volumes.
func logDirs(b *Broker) []string {
	dirs := make([]string, len(b.Volumes))
	for i := range b.Volumes {
		dirs[i] = LogDir(b.Volumes[i].MountPath)
	}
	return dirs
}

// LogDir is the log directory on the disk that is mounted at a path.
func LogDir(mountPath string) string { return strings.TrimSuffix(mountPath, "/") + "/kafka" }

// superUsers are ours, then those of the user's that are not among them.
func superUsers(ours []string, user string) string {
	if len(ours) == 0 {
		return "" // nothing generated: the user's own value stays
	}
	all := slices.Clone(ours)
	for principal := range strings.SplitSeq(user, ";") {
		if principal != "" && !slices.Contains(all, principal) {
			all = append(all, principal)
		}
	}
	return strings.Join(all, ";")
}

func setUnlessEmpty(config *properties.Properties, key, value string) {
	if value != "" {
		config.Set(key, value)
	}
}

// role tells apart the three kinds of nodes.
type role int

const (
	brokerRole role = iota
	controllerRole
	combinedRole
	roleCount
)

func roleOf(b *Broker) role {
	switch {
	case b.IsControllerOnly():
		return controllerRole
	case b.IsController():
		return combinedRole
	default:
		return brokerRole
	}
}

// setListeners sets the listeners of a role.
func (c *Cluster) setListeners(config *properties.Properties, r role) {
	var listen, protocols []byte
	for listener, isController := range c.listeners() {
		name := kafkaName(listener)
		protocols = append(protocols, name+":"+strings.ToUpper(string(listener.Type))+","...)
		if c.kraft() && (r == controllerRole && !isController || r == brokerRole && isController) {
			continue // Kafka refuses to start with a listener of a role that the node does not have
		}
		listen = append(strconv.AppendInt(append(listen, name+"://:"...), int64(listener.ContainerPort), 10), ',')
	}
	config.Set("listener.security.protocol.map", strings.TrimSuffix(string(protocols), ","))
	config.Set(keyListeners, strings.TrimSuffix(string(listen), ","))
}

// listeners iterates over all listeners, the external ones first, and says of each whether it is the controllers'.
func (c *Cluster) listeners() func(yield func(*v1beta1.CommonListenerSpec, bool) bool) {
	listeners := &c.Parent.Spec.ListenersConfig
	return func(yield func(*v1beta1.CommonListenerSpec, bool) bool) {
		for i := range listeners.ExternalListeners {
			if !yield(&listeners.ExternalListeners[i].CommonListenerSpec, false) {
				return
			}
		}
		for i := range listeners.InternalListeners {
			listener := &listeners.InternalListeners[i]
			if !yield(&listener.CommonListenerSpec, listener.UsedForControllerCommunication) {
				return
			}
		}
	}
}
