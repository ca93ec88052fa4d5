package cluster

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/fingerprint"
)

// AnnotationAsked on a Pod is what the CR asked of the broker when the Pod was drawn, as one fingerprint for each part
// of it. A Pod is stale when the CR asks for something else now, never because a release of Kompositor draws the same
// request differently (design.md, law 11).
const AnnotationAsked = "kompositor.io/asked"

// asked is what the CR asks of one broker, part by part, before any default of ours. Whatever is empty leaves no trace,
// so that a field which a later release learns to read changes no fingerprint where it is not used.
type asked struct {
	image   askedImages
	config  askedConfig
	pod     askedPod
	storage []askedVolume
}

// askedImages are the images that the CR names. What it leaves to us is not asked for: a new default restarts nobody.
type askedImages struct {
	Kafka           string `json:"kafka,omitempty"`
	MetricsReporter string `json:"metricsReporter,omitempty"`
	JMX             string `json:"jmx,omitempty"`
	JMXJar          string `json:"jmxJar,omitempty"`
}

// askedConfig is everything that the generated broker configuration is made of.
type askedConfig struct {
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

// askedPod is the rest of what shapes the Pod.
type askedPod struct {
	v1beta1.BrokerConfig
	Ports            []corev1.ContainerPort `json:"ports,omitempty"`
	Keystores        map[string]string      `json:"keystores,omitempty"`
	OneBrokerPerNode bool                   `json:"oneBrokerPerNode,omitzero"`
	Propagated       map[string]string      `json:"propagated,omitempty"`
}

// askedVolume is a log directory; how large it is changes no Pod.
type askedVolume struct {
	MountPath string                       `json:"mountPath"`
	EmptyDir  *corev1.EmptyDirVolumeSource `json:"emptyDir,omitempty"`
}

// fingerprint writes a as the annotation's value.
func (a *asked) fingerprint() string {
	return fingerprint.Of(
		fingerprint.Part{Name: "config", Value: a.config}, fingerprint.Part{Name: "image", Value: a.image},
		fingerprint.Part{Name: "pod", Value: a.pod}, fingerprint.Part{Name: "storage", Value: a.storage},
	)
}

// askedOf collects what the CR asks of a broker.
func (s *stock) askedOf(b *broker) asked {
	spec, own, named := &s.o.parent.Spec, b.spec, b.spec.Asked()
	a := asked{
		image: askedImages{
			JMX: spec.MonitoringConfig.JMXImage, JMXJar: spec.MonitoringConfig.PathToJar,
			Kafka:           named.Image,
			MetricsReporter: named.MetricsReporterImage,
		},
		config: s.askedConfig,
		pod: askedPod{
			BrokerConfig: named, Ports: spec.AdditionalPorts, OneBrokerPerNode: spec.OneBrokerPerNode,
			Keystores: s.cluster.Keystores(),
		},
	}
	if spec.PropagateLabels {
		a.pod.Propagated = s.o.parent.Labels
	}
	a.config.Roles, a.config.Log4j = own.Roles, own.Log4jConfig
	a.config.ReadOnly = s.readOnlyConfig(b)
	a.config.External = s.external[b.id]
	for _, v := range s.volumes[b.id] {
		a.storage = append(a.storage, askedVolume{MountPath: v.MountPath, EmptyDir: v.EmptyDir})
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

// askedOfCluster is the part of every broker's configuration that is the cluster's.
func (s *stock) askedOfCluster() askedConfig {
	spec := &s.o.parent.Spec
	config := askedConfig{
		KRaft: spec.KRaft, Listeners: askedListeners(&spec.ListenersConfig), Headless: spec.HeadlessServiceEnabled,
		Domain: spec.KubernetesClusterDomain, ZooKeepers: spec.ZKAddresses, ZKPath: spec.ZKPath,
		ClientCert: spec.ClientSecretName(),
	}
	if !s.cluster.Quorum.Dynamic() {
		config.Voters = s.cluster.Quorum.Controllers
	}
	return config
}

// askedListeners are the listeners, less what concerns their Services and ingresses alone.
func askedListeners(config *v1beta1.ListenersConfig) v1beta1.ListenersConfig {
	listeners := v1beta1.ListenersConfig{InternalListeners: config.InternalListeners}
	for i := range config.ExternalListeners {
		listeners.ExternalListeners = append(listeners.ExternalListeners, v1beta1.ExternalListenerConfig{
			CommonListenerSpec: config.ExternalListeners[i].CommonListenerSpec,
		})
	}
	if config.SSLSecrets != nil {
		listeners.SSLSecrets = &v1beta1.SSLSecrets{TLSSecretName: config.SSLSecrets.TLSSecretName}
	}
	return listeners
}
