package children

import (
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/properties"
)

// Where things are in Cruise Control's container, and its own volume for keystores; all as in Koperator.
const (
	cruiseControlConfigPath   = "/opt/cruise-control/config"
	cruiseControlKeystorePath = "/var/run/secrets/java.io/keystores"
	cruiseControlKeystoreName = "ks-files"
)

// CruiseControlDeployment runs Cruise Control. The annotations are those of ours on its Pod; they go over the user's.
//
// The old Pod is told to go before the new one is made: two of them would move replicas at the same time. (Recreate
// says the same, but a Deployment of Koperator's can not be changed to it without a null, which Metacontroller would
// write again and again.)
func CruiseControlDeployment(c *Cluster, annotations map[string]string) sync.Child {
	labels := cruiseControlLabels(c.Parent.Name)
	all := maps.Clone(c.Parent.Spec.CruiseControlConfig.CruiseControlAnnotations)
	if all == nil {
		all = make(map[string]string, len(annotations))
	}
	maps.Copy(all, annotations)
	spec := &appsv1.DeploymentSpec{
		Replicas: new(int32(1)),
		Selector: &metav1.LabelSelector{MatchLabels: labels},
		Strategy: appsv1.DeploymentStrategy{
			Type: appsv1.RollingUpdateDeploymentStrategyType,
			RollingUpdate: &appsv1.RollingUpdateDeployment{
				MaxSurge: new(intstr.FromInt32(0)), MaxUnavailable: new(intstr.FromInt32(1)),
			},
		},
		Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: c.propagated(labels), Annotations: all},
			Spec:       c.cruiseControlPod(),
		},
	}
	meta := c.meta(CruiseControlName(c.Parent.Name), labels, nil)
	return child(appsv1.SchemeGroupVersion.String(), "Deployment", meta, spec)
}

func (c *Cluster) cruiseControlPod() corev1.PodSpec {
	spec := &c.Parent.Spec.CruiseControlConfig
	volumes, mounts := c.cruiseControlVolumes()
	return corev1.PodSpec{
		InitContainers:                append(slices.Clip(spec.InitContainers), c.jmxExporter()),
		Containers:                    []corev1.Container{c.cruiseControlContainer(mounts)},
		Volumes:                       volumes,
		Affinity:                      spec.Affinity,
		Tolerations:                   spec.Tolerations,
		NodeSelector:                  spec.NodeSelector,
		TerminationGracePeriodSeconds: new(int64(30)),
		ServiceAccountName:            spec.ServiceAccount(),
		ImagePullSecrets:              spec.ImagePullSecrets,
		PriorityClassName:             spec.PriorityClassName,
		SecurityContext:               spec.PodSecurityContext,
		EnableServiceLinks:            new(false), // as for brokers
	}
}

func (c *Cluster) cruiseControlContainer(mounts []corev1.VolumeMount) corev1.Container {
	spec := &c.Parent.Spec.CruiseControlConfig
	return corev1.Container{
		Name:         CruiseControlName(c.Parent.Name),
		Image:        spec.CruiseControlImage(),
		Env:          c.cruiseControlEnv(),
		Resources:    spec.ResourceRequirements(),
		VolumeMounts: mounts,
		Ports: []corev1.ContainerPort{
			{ContainerPort: CruiseControlPort, Protocol: corev1.ProtocolTCP},
			{ContainerPort: v1beta1.MetricsPort, Protocol: corev1.ProtocolTCP},
		},
		SecurityContext: spec.SecurityContext,
		ReadinessProbe: &corev1.Probe{
			ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{
				Port: intstr.FromInt32(CruiseControlPort),
			}},
			InitialDelaySeconds: 5, TimeoutSeconds: 1, PeriodSeconds: 10, FailureThreshold: 3, SuccessThreshold: 1,
		},
		// The end of the log tells why it ended.
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
		Lifecycle: &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{
			Exec: &corev1.ExecAction{Command: []string{"bash", "-c", stopCruiseControlScript}},
		}},
	}
}

// cruiseControlEnv starts the JMX exporter beside Cruise Control, and hands it the password of its keystore, which is
// to stand in no ConfigMap.
func (c *Cluster) cruiseControlEnv() []corev1.EnvVar {
	env := []corev1.EnvVar{{
		Name: "KAFKA_OPTS", Value: "-javaagent:" + jmxExporterJar + "=" + metricsPort + ":" + jmxConfigPath + jmxExporterKey,
	}}
	if secret := CruiseControlSecret(c); secret != "" {
		env = append(env, corev1.EnvVar{Name: keystorePasswordEnv, ValueFrom: &corev1.EnvVarSource{
			SecretKeyRef: &corev1.SecretKeySelector{
				LocalObjectReference: corev1.LocalObjectReference{Name: secret}, Key: passwordKey,
			},
		}})
	}
	return env
}

// cruiseControlVolumes are the user's, then the keystore where there is one, then ours.
func (c *Cluster) cruiseControlVolumes() ([]corev1.Volume, []corev1.VolumeMount) {
	spec := &c.Parent.Spec.CruiseControlConfig
	volumes, mounts := slices.Clip(spec.Volumes), slices.Clip(spec.VolumeMounts)
	add := func(name, path string, source corev1.VolumeSource) {
		volumes = append(volumes, corev1.Volume{Name: name, VolumeSource: source})
		mounts = append(mounts, corev1.VolumeMount{Name: name, MountPath: path})
	}
	if secret := CruiseControlSecret(c); secret != "" {
		add(cruiseControlKeystoreName, cruiseControlKeystorePath, corev1.VolumeSource{
			Secret: &corev1.SecretVolumeSource{SecretName: secret, DefaultMode: new(readable)},
		})
	}
	config, jmx := CruiseControlConfigMapName(c.Parent.Name), CruiseControlJMXExporterConfigMapName(c.Parent.Name)
	add(config, cruiseControlConfigPath, fromConfigMap(config))
	add(jmx, jmxConfigPath, fromConfigMap(jmx))
	add(jmxJarVolume, jmxJarPath, scratch())
	return volumes, mounts
}

// CruiseControlSecret is the Secret with the keystore that Cruise Control mounts; empty when it needs none.
func CruiseControlSecret(c *Cluster) string {
	if user, _ := properties.Parse(c.Parent.Spec.CruiseControlConfig.Config); c.cruiseControlKeystore(&user) {
		return c.clientSecret()
	}
	return ""
}

// CruiseControlStores are the keys of that Secret whose content Cruise Control reads when it starts, the password
// aside.
func CruiseControlStores() []string { return []string{keystoreKey, truststoreKey} }
