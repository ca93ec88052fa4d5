package children

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// KafkaContainer is the name of the container in which Kafka runs.
const KafkaContainer = "kafka"

// Pod is a Kafka node. The annotations are those of ours; they go over the user's.
func Pod(c *Cluster, b *Broker, annotations map[string]string) sync.Child {
	volumes, mounts := c.volumes(b)
	spec := &corev1.PodSpec{
		InitContainers: c.initContainers(b),
		Containers:     append([]corev1.Container{c.kafkaContainer(b, mounts)}, b.Containers...),
		Volumes:        volumes,
		Affinity:       b.Affinity,
		Tolerations:    tolerations(b.Tolerations),
		NodeSelector:   b.NodeSelector,
		// Kubelet restarts a node that fails, also while nobody answers Metacontroller. What a restarted container
		// reads from its ConfigMap is what its Pod was made for: a ConfigMap changes only together with the Pod.
		RestartPolicy:                 corev1.RestartPolicyAlways,
		TerminationGracePeriodSeconds: b.TerminationGracePeriod,
		ServiceAccountName:            b.ServiceAccountName,
		ImagePullSecrets:              b.ImagePullSecrets,
		PriorityClassName:             b.PriorityClassName,
		SecurityContext:               b.PodSecurityContext,
		// A variable for each port of each Service of the namespace would be thousands beside a large cluster.
		EnableServiceLinks: new(false),
	}
	if spec.Affinity == nil {
		spec.Affinity = c.shared.affinity
	}
	if c.headless() {
		spec.Hostname, spec.Subdomain = PodName(c.Parent.Name, b.ID), c.subdomain(b)
	}
	all := make(map[string]string, len(b.BrokerAnnotations)+len(annotations))
	maps.Copy(all, b.BrokerAnnotations)
	maps.Copy(all, annotations)
	meta := metadata{
		Name: PodName(c.Parent.Name, b.ID), Namespace: c.Parent.Namespace, Labels: c.podLabels(b), Annotations: all,
	}
	return child(coreV1, "Pod", meta, spec)
}

// antiAffinity keeps the nodes of a cluster apart: always, or where there is room.
func (c *Cluster) antiAffinity() *corev1.Affinity {
	apart := corev1.PodAffinityTerm{
		LabelSelector: &metav1.LabelSelector{MatchLabels: ClusterLabels(c.Parent.Name)},
		TopologyKey:   corev1.LabelHostname,
	}
	rule := &corev1.PodAntiAffinity{}
	if c.Parent.Spec.OneBrokerPerNode {
		rule.RequiredDuringSchedulingIgnoredDuringExecution = []corev1.PodAffinityTerm{apart}
	} else {
		rule.PreferredDuringSchedulingIgnoredDuringExecution = []corev1.WeightedPodAffinityTerm{
			{Weight: 100, PodAffinityTerm: apart},
		}
	}
	return &corev1.Affinity{PodAntiAffinity: rule}
}

// tolerations are the user's and those that the API server adds by itself to every Pod (admission plugin
// DefaultTolerationSeconds): tolerations are one atomic list to Metacontroller, so a list without them would never
// settle.
func tolerations(user []corev1.Toleration) []corev1.Toleration {
	all := slices.Clip(user)
	for _, taint := range []string{corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable} {
		if !tolerated(user, taint) {
			all = append(all, corev1.Toleration{
				Key: taint, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute,
				TolerationSeconds: new(int64(300)),
			})
		}
	}
	return all
}

func tolerated(tolerations []corev1.Toleration, taint string) bool {
	for i := range tolerations {
		t := &tolerations[i]
		if (t.Key == taint || t.Key == "") && (t.Effect == corev1.TaintEffectNoExecute || t.Effect == "") {
			return true
		}
	}
	return false
}

// env is the environment of the kafka container: ours, the user's over it, and what the start script needs to format
// disks.
func (c *Cluster) env(b *Broker) []corev1.EnvVar {
	env := b.Env(
		corev1.EnvVar{Name: "CLASSPATH", Value: extensionsPath + "/*"},
		corev1.EnvVar{Name: "KAFKA_OPTS", Value: "-javaagent:" + jmxExporterJar + "=" + metricsPort + ":" +
			jmxConfigPath + jmxExporterKey},
		corev1.EnvVar{Name: "ENVOY_SIDECAR_STATUS", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{
			APIVersion: "v1", FieldPath: "metadata.annotations['sidecar.istio.io/status']",
		}}},
	)
	if key := log4jKey(b.Log4jConfig); key != Log4jKey {
		i := slices.IndexFunc(env, func(v corev1.EnvVar) bool { return v.Name == v1beta1.EnvKafkaLog4jOpts })
		env[i] = corev1.EnvVar{
			Name: v1beta1.EnvKafkaLog4jOpts, Value: "-Dlog4j2.configurationFile=" + configPath + "/" + key,
		}
	}
	env = append(env, b.nodeVariables()...)
	if !c.kraft() {
		return env
	}
	add := func(name, value string) {
		for i := range env {
			if env[i].Name == name {
				return // the user's own
			}
		}
		if value != "" {
			env = append(env, corev1.EnvVar{Name: name, Value: value})
		}
	}
	add("CLUSTER_ID", c.ClusterID)
	add("LOG_DIRS", strings.Join(mountPaths(b), ","))
	add("STORAGE_FORMAT_ARGUMENTS", c.formatArguments(b))
	return env
}

func mountPaths(b *Broker) []string {
	paths := make([]string, len(b.Volumes))
	for i := range b.Volumes {
		paths[i] = b.Volumes[i].MountPath
	}
	return paths
}
