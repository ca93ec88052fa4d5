package children

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kompositor/kompositor/api/v1beta1"
)

// Where things are in the kafka container; all as in Koperator, so that the images made for it work.
const (
	configPath     = "/config"
	extensionsPath = "/opt/kafka/libs/extensions"
	jmxJarPath     = "/opt/jmx-exporter/"
	jmxExporterJar = jmxJarPath + "jmx_prometheus.jar"
	jmxConfigPath  = "/etc/jmx-exporter/"
	runPath        = "/var/run/wait"

	metricsReporterJar = "cruise-control-metrics-reporter.jar"
	metricsPort        = "9020" // v1beta1.MetricsPort as text
)

// kafkaContainer is the container in which Kafka runs.
func (c *Cluster) kafkaContainer(b *Broker, mounts []corev1.VolumeMount) corev1.Container {
	env := c.env(b)
	return corev1.Container{
		Name:            KafkaContainer,
		Image:           b.Image,
		Command:         []string{"bash", "-c", startScript},
		Env:             env,
		Ports:           c.containerPorts(env),
		Resources:       *b.Resources,
		VolumeMounts:    mounts,
		SecurityContext: b.SecurityContext,
		ReadinessProbe:  c.probe(b, "readiness"),
		LivenessProbe:   c.probe(b, "liveness"),
		// The end of the log tells which key a broker ended over.
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
		Lifecycle: &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{
			Exec: &corev1.ExecAction{Command: []string{"bash", "-c", stopScript}},
		}},
	}
}

// probe runs the check script, which tells what readiness and liveness mean for a node. There is no startup probe:
// liveness can not fail while a node recovers its logs, however long that takes.
func (c *Cluster) probe(b *Broker, question string) *corev1.Probe {
	roles, port := "", "0"
	if b.IsBroker() {
		roles = string(v1beta1.RoleBroker)
		if listener := c.Parent.Spec.ListenersConfig.InterBroker(); listener != nil {
			port = strconv.Itoa(int(listener.ContainerPort))
		}
	}
	if b.IsController() {
		roles += " " + string(v1beta1.RoleController)
	}
	probe := &corev1.Probe{
		ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{
			Command: []string{"bash", "-c", checkScript, "check", question, strings.TrimSpace(roles), port},
		}},
		TimeoutSeconds: 10, PeriodSeconds: 10, FailureThreshold: 3,
	}
	if question == "liveness" {
		probe.PeriodSeconds, probe.FailureThreshold = 15, 12 // three minutes without a word
	}
	return probe
}

// containerPorts are the ports of all listeners, the additional ports, JMX where the environment opens it, and
// metrics.
func (c *Cluster) containerPorts(env []corev1.EnvVar) []corev1.ContainerPort {
	ports := slices.Clip(c.shared.containerPorts)
	for i := range env {
		if number, err := strconv.ParseUint(env[i].Value, 10, 16); env[i].Name == "JMX_PORT" && err == nil && number > 0 {
			ports = appendContainerPort(ports, corev1.ContainerPort{Name: "jmx", ContainerPort: int32(number)})
		}
	}
	return appendContainerPort(ports, corev1.ContainerPort{Name: metricsPortName, ContainerPort: v1beta1.MetricsPort})
}

// listenerContainerPorts are the ports of all listeners, external ones first, and the additional ports.
func (c *Cluster) listenerContainerPorts() []corev1.ContainerPort {
	var ports []corev1.ContainerPort
	for listener := range c.listeners() {
		ports = appendContainerPort(ports, corev1.ContainerPort{
			Name: containerPortName(listener.Name), ContainerPort: listener.ContainerPort,
		})
	}
	for _, port := range c.Parent.Spec.AdditionalPorts {
		ports = appendContainerPort(ports, port)
	}
	return ports
}

// appendContainerPort adds a port unless its number is there already: Metacontroller takes ports of one number for
// one.
func appendContainerPort(ports []corev1.ContainerPort, port corev1.ContainerPort) []corev1.ContainerPort {
	for i := range ports {
		if ports[i].ContainerPort == port.ContainerPort {
			return ports
		}
	}
	if port.Protocol == "" {
		port.Protocol = corev1.ProtocolTCP
	}
	return append(ports, port)
}

// initContainers are the user's in their order, then those that bring the metrics reporter (to brokers) and the JMX
// exporter.
func (c *Cluster) initContainers(b *Broker) []corev1.Container {
	all := slices.Clip(b.InitContainers)
	if b.IsBroker() {
		all = append(all, corev1.Container{
			Name: "cruise-control-reporter", Image: b.MetricsReporterImage,
			Command: []string{"/bin/sh", "-cex", "cp -v /opt/cruise-control/cruise-control/build/dependant-libs/" +
				metricsReporterJar + " " + extensionsPath + "/" + metricsReporterJar},
			VolumeMounts: []corev1.VolumeMount{{Name: extensionsVolume, MountPath: extensionsPath}},
			Resources:    c.shared.initResources,
		})
	}
	return append(all, corev1.Container{
		Name: "jmx-exporter", Image: c.Parent.Spec.MonitoringConfig.Image(),
		Command:      []string{"cp", c.Parent.Spec.MonitoringConfig.Jar(), jmxExporterJar},
		VolumeMounts: []corev1.VolumeMount{{Name: jmxJarVolume, MountPath: jmxJarPath}},
		Resources:    c.shared.initResources,
	})
}

func smallResources() corev1.ResourceList {
	return corev1.ResourceList{
		corev1.ResourceCPU:    *resource.NewMilliQuantity(100, resource.DecimalSI),
		corev1.ResourceMemory: *resource.NewQuantity(100<<20, resource.BinarySI),
	}
}
