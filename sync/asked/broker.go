package asked

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/fingerprint"
)

// Broker is what the CR asks of one broker, part by part, before any default of ours. Whatever is empty leaves no
// trace, so that a field which a later release learns to read changes no fingerprint where it is not used.
type Broker struct {
	image   images
	config  Config
	pod     pod
	storage []volume
}

// images are the images that the CR names. What it leaves to us is not asked for: a new default restarts nobody.
type images struct {
	Kafka           string `json:"kafka,omitempty"`
	MetricsReporter string `json:"metricsReporter,omitempty"`
	JMX             string `json:"jmx,omitempty"`
	JMXJar          string `json:"jmxJar,omitempty"`
}

// Config is everything that the generated broker configuration is made of.
type Config struct {
	KRaft      bool                    `json:"kRaft,omitzero"`
	Roles      []v1beta1.ProcessRole   `json:"roles,omitempty"`
	ReadOnly   map[string]string       `json:"readOnly,omitempty"`
	Listeners  v1beta1.ListenersConfig `json:"listeners"`
	Headless   bool                    `json:"headless,omitzero"`
	Domain     string                  `json:"domain,omitempty"`
	Voters     []int32                 `json:"voters,omitempty"`
	ZooKeepers []string                `json:"zooKeepers,omitempty"`
	ZKPath     string                  `json:"zkPath,omitempty"`
	External   map[string]string       `json:"external,omitempty"`
	Log4j      string                  `json:"log4j,omitempty"`
	ClientCert string                  `json:"clientCert,omitempty"`
}

// pod is the rest of what shapes the Pod.
type pod struct {
	v1beta1.BrokerConfig
	Ports            []corev1.ContainerPort `json:"ports,omitempty"`
	Keystores        map[string]string      `json:"keystores,omitempty"`
	OneBrokerPerNode bool                   `json:"oneBrokerPerNode,omitzero"`
	Propagated       map[string]string      `json:"propagated,omitempty"`
}

// volume is a log directory; how large it is changes no Pod.
type volume struct {
	MountPath string                       `json:"mountPath"`
	EmptyDir  *corev1.EmptyDirVolumeSource `json:"emptyDir,omitempty"`
}

// Fingerprint writes b as the value of an annotation.
func (b *Broker) Fingerprint() string {
	return fingerprint.Of(
		fingerprint.Part{Name: "config", Value: b.config}, fingerprint.Part{Name: "image", Value: b.image},
		fingerprint.Part{Name: "pod", Value: b.pod}, fingerprint.Part{Name: "storage", Value: b.storage},
	)
}

// Of collects what the CR asks of a broker. The configuration is the cluster's part of it, and readOnly the broker's
// read-only configuration, parsed: text that means the same asks for the same.
func Of(c *children.Cluster, b *children.Broker, config Config, readOnly map[string]string) Broker {
	spec, named := &c.Parent.Spec, b.Asked()
	a := Broker{
		image: images{
			JMX: spec.MonitoringConfig.JMXImage, JMXJar: spec.MonitoringConfig.PathToJar,
			Kafka:           named.Image,
			MetricsReporter: named.MetricsReporterImage,
		},
		config: config,
		pod: pod{
			BrokerConfig: named, Ports: spec.AdditionalPorts, OneBrokerPerNode: spec.OneBrokerPerNode,
			Keystores: c.Keystores(),
		},
	}
	if spec.PropagateLabels {
		a.pod.Propagated = c.Parent.Labels
	}
	a.config.Roles, a.config.Log4j = b.Roles, b.Log4jConfig
	a.config.ReadOnly = readOnly
	a.config.External = b.External
	for i := range b.Volumes {
		a.storage = append(a.storage, volume{MountPath: b.Volumes[i].MountPath, EmptyDir: b.Volumes[i].EmptyDir})
	}
	stripOtherParts(&a.pod.BrokerConfig)
	return a
}

// stripOtherParts leaves out of the Pod's part what other parts cover and what is dynamic.
func stripOtherParts(config *v1beta1.BrokerConfig) {
	config.Image, config.MetricsReporterImage = "", ""
	config.Config, config.StorageConfigs, config.Roles, config.Log4jConfig = "", nil, nil, ""
	config.NetworkConfig, config.NodePortExternalIP, config.NodePortNodeAddressType = nil, nil, ""
	config.BrokerIngressMapping = nil
}

// OfCluster is the part of every broker's configuration that is the cluster's.
func OfCluster(c *children.Cluster) Config {
	spec := &c.Parent.Spec
	config := Config{
		KRaft: spec.KRaft, Listeners: listeners(&spec.ListenersConfig), Headless: spec.HeadlessServiceEnabled,
		Domain: spec.KubernetesClusterDomain, ZooKeepers: spec.ZKAddresses, ZKPath: spec.ZKPath,
		ClientCert: spec.ClientSecretName(),
	}
	if !c.Quorum.Dynamic() {
		config.Voters = c.Quorum.Controllers
	}
	return config
}

// listeners are the listeners, less what concerns their Services and ingresses alone.
func listeners(config *v1beta1.ListenersConfig) v1beta1.ListenersConfig {
	asked := v1beta1.ListenersConfig{InternalListeners: config.InternalListeners}
	for i := range config.ExternalListeners {
		asked.ExternalListeners = append(asked.ExternalListeners, v1beta1.ExternalListenerConfig{
			CommonListenerSpec: config.ExternalListeners[i].CommonListenerSpec,
		})
	}
	if config.SSLSecrets != nil {
		asked.SSLSecrets = &v1beta1.SSLSecrets{TLSSecretName: config.SSLSecrets.TLSSecretName}
	}
	return asked
}
