package children

import (
	"cmp"
	_ "embed" // for the configuration of its log
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/properties"
)

// Keys of Cruise Control's ConfigMap, which are the names of the files that it reads.
const (
	CruiseControlPropertiesKey     = "cruisecontrol.properties"
	CruiseControlCapacityKey       = "capacity.json"
	CruiseControlClusterConfigsKey = "clusterConfigs.json"
	CruiseControlLog4jKey          = "log4j.properties"
)

// cruiseControlLog4j is our configuration of Cruise Control's log.
//
//go:embed cruisecontrol.log4j.properties
var cruiseControlLog4j string

// What Cruise Control is told, and what is looked at in what the user tells it. Sources: Cruise Control,
// config/constants; BrokerCapacityConfigFileResolver; JsonFileTopicConfigProvider.
const (
	keyBootstrap        = "bootstrap.servers"
	keyCapacityFile     = "capacity.config.file"
	keyClusterFile      = "cluster.configs.file"
	keyTopicProvider    = "topic.config.provider.class"
	keyFailureDetection = "kafka.broker.failure.detection.enable"
	keyReportedTopic    = "metric.reporter.topic"
	keyWebAddress       = "webserver.http.address"
	keyWebPort          = "webserver.http.port"
	keySecurityProtocol = "security.protocol"
	keyActiveTasks      = "max.active.user.tasks"
	adminTopicProvider  = "com.linkedin.kafka.cruisecontrol.config.KafkaAdminTopicConfigProvider"

	// keyMetricsTopic in a broker's configuration names the topic that the metrics reporter writes to, and
	// keyMetricsTopicMade says that the reporter makes it. Source: CruiseControlMetricsReporterConfig.
	keyMetricsTopic     = "cruise.control.metrics.topic"
	keyMetricsTopicMade = "cruise.control.metrics.topic.auto.create"

	// Cruise Control resolves ${env:NAME} by itself. Source: its KafkaCruiseControlUtils.readConfig; a
	// config.providers of the user's takes the place of that, and must then name the provider too.
	envProvider           = "env"
	envProviderClass      = "com.linkedin.kafka.cruisecontrol.metricsreporter.config.EnvConfigProvider"
	keystorePasswordEnv   = "KOMPOSITOR_KEYSTORE_PASSWORD"
	keystorePasswordValue = "${" + envProvider + ":" + keystorePasswordEnv + "}"
)

// leastActiveTasks is how many tasks Cruise Control must take at a time. Each of our questions is one to it, and
// counts for up to five seconds after its answer: by default Cruise Control takes five tasks, which one start uses
// up. It is what Koperator's own samples ask for. Source: Cruise Control, UserTaskManager, WebServerConfig.
const leastActiveTasks = 25

// CruiseControlConfigMap is everything that Cruise Control reads when it starts.
func CruiseControlConfigMap(c *Cluster, data map[string]string) sync.Child {
	labels := c.underParents(cruiseControlLabels(c.Parent.Name))
	return c.configMap(CruiseControlConfigMapName(c.Parent.Name), labels, nil, data)
}

// CruiseControlData is the content of Cruise Control's ConfigMap with these capacities of the brokers.
func CruiseControlData(c *Cluster, capacity string) map[string]string {
	spec := &c.Parent.Spec.CruiseControlConfig
	config := CruiseControlConfig(c)
	return map[string]string{
		CruiseControlPropertiesKey:     config.Text(),
		CruiseControlCapacityKey:       capacity,
		CruiseControlClusterConfigsKey: cmp.Or(spec.ClusterConfig, "{}\n"), // an empty file is no JSON
		CruiseControlLog4jKey:          cmp.Or(spec.Log4jConfig, cruiseControlLog4j),
	}
}

// CruiseControlConfig is Cruise Control's own configuration: the user's, over it how the cluster is reached and what
// our questions take, and under it what Cruise Control can not be reached or started without.
func CruiseControlConfig(c *Cluster) properties.Properties {
	user, _ := properties.Parse(c.Parent.Spec.CruiseControlConfig.Config)
	config := user.Clone()
	for _, otherwise := range []struct{ key, value string }{
		{keyCapacityFile, "config/" + CruiseControlCapacityKey},
		{keyClusterFile, "config/" + CruiseControlClusterConfigsKey},
		{keyReportedTopic, c.shared.readOnly.Value(keyMetricsTopic)},
		{keyWebAddress, "0.0.0.0"},
		{keyWebPort, strconv.Itoa(int(CruiseControlPort))},
	} {
		if !config.Has(otherwise.key) {
			setUnlessEmpty(&config, otherwise.key, otherwise.value)
		}
	}
	keepTasks(&config)
	setUnlessEmpty(&config, keyBootstrap, c.Bootstrap())
	if tasks, err := strconv.Atoi(config.Value(keyActiveTasks)); err == nil && tasks < leastActiveTasks ||
		!config.Has(keyActiveTasks) {
		config.Set(keyActiveTasks, strconv.Itoa(leastActiveTasks))
	}
	if c.kraft() {
		config.Set(keyTopicProvider, adminTopicProvider)
		config.Set(keyFailureDetection, "true")
	} else {
		config.Set("zookeeper.connect", strings.Join(c.Parent.Spec.ZKAddresses, ",")+c.Parent.Spec.ZooKeeperPath())
	}
	c.setCruiseControlSecurity(&config, &user)
	return config
}

// keepTasks has Cruise Control remember its tasks for long enough: it counts from their start, so that a move which
// takes longer would be forgotten with its end. A user's own choice counts, also where it is made for tasks of all
// types and is no less. Source: Cruise Control, UserTaskManager.removeOldUserTasks; the values are those of its
// sample.
func keepTasks(config *properties.Properties) {
	for _, kept := range []struct {
		key, fallback string
		least         int64
	}{
		{"completed.kafka.admin.user.task.retention.time.ms", "completed.user.task.retention.time.ms", 7 * 24 * 3600 * 1000},
		{"max.cached.completed.kafka.admin.user.tasks", "max.cached.completed.user.tasks", 30},
	} {
		if all, err := strconv.ParseInt(config.Value(kept.fallback), 10, 64); err == nil && all >= kept.least {
			continue
		}
		if !config.Has(kept.key) {
			config.Set(kept.key, strconv.FormatInt(kept.least, 10))
		}
	}
}

// CruiseControlWayKeys are the keys that say how Cruise Control reaches the brokers.
func CruiseControlWayKeys() []string { return []string{keyBootstrap, keySecurityProtocol} }

// setCruiseControlSecurity sets how Cruise Control reaches the brokers: over the same listener as the metrics
// reporter, and with the same keystore. What the user sets for a login with SASL stays.
func (c *Cluster) setCruiseControlSecurity(config, user *properties.Properties) {
	listener := c.Parent.Spec.ListenersConfig.Admin()
	if listener == nil || listener.Type == v1beta1.SecurityProtocolPlaintext {
		return
	}
	if !listener.Type.SASL() || !user.Has(keySecurityProtocol) {
		config.Set(keySecurityProtocol, strings.ToUpper(string(listener.Type)))
	}
	if !c.cruiseControlKeystore(user) {
		return
	}
	config.Set("ssl.keystore.location", cruiseControlKeystorePath+"/"+keystoreKey)
	config.Set("ssl.keystore.password", keystorePasswordValue)
	config.Set("ssl.keystore.type", "JKS")
	config.Set("ssl.truststore.location", cruiseControlKeystorePath+"/"+truststoreKey)
	config.Set("ssl.truststore.password", keystorePasswordValue)
	config.Set("ssl.truststore.type", "JKS")
	if user.Has(keyProviders) && !user.Has(keyProviders+"."+envProvider+".class") {
		addProvider(config, user, envProvider, envProviderClass)
	}
}

// cruiseControlKeystore says that Cruise Control needs the keystore of the cluster's own clients. A user who logs in
// with SASL may have configured another.
func (c *Cluster) cruiseControlKeystore(user *properties.Properties) bool {
	listener := c.Parent.Spec.ListenersConfig.Admin()
	return listener != nil && listener.Type.TLS() && c.clientSecret() != "" &&
		(!listener.Type.SASL() || !user.Has("ssl.truststore.location"))
}
