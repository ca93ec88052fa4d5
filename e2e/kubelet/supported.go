package kubelet

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// supported refuses what would change what runs and is not done here, so that no test passes because it was left out.
func supported(pod *corev1.Pod) error {
	spec := &pod.Spec
	var errs []error
	refuse := func(is bool, what string) {
		if is {
			errs = append(errs, fmt.Errorf("%s is not supported", what))
		}
	}
	refuse(len(spec.Containers) == 0, "a Pod without containers")
	refuse(spec.HostNetwork || spec.HostPID || spec.HostIPC, "a namespace of the node")
	refuse(spec.ShareProcessNamespace != nil && *spec.ShareProcessNamespace, "shareProcessNamespace")
	refuse(len(spec.HostAliases) > 0, "hostAliases")
	refuse(len(spec.ReadinessGates) > 0, "a readiness gate")
	for i := range spec.Volumes {
		source := &spec.Volumes[i].VolumeSource
		known := source.EmptyDir != nil || source.PersistentVolumeClaim != nil || source.ConfigMap != nil ||
			source.Secret != nil
		refuse(!known, "the source of volume "+spec.Volumes[i].Name)
	}
	for _, containers := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range containers {
			errs = append(errs, supportedContainer(&containers[i]))
		}
	}
	return errors.Join(errs...)
}

func supportedContainer(c *corev1.Container) error {
	var errs []error
	refuse := func(is bool, what string) {
		if is {
			errs = append(errs, fmt.Errorf("container %s: %s is not supported", c.Name, what))
		}
	}
	refuse(len(c.Command) == 0, "the image's own command")
	refuse(len(c.EnvFrom) > 0, "envFrom")
	refuse(c.RestartPolicy != nil, "a restart policy of a container")
	for _, probe := range []*corev1.Probe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
		refuse(probe != nil && probe.Exec == nil, "a probe that does not run a command")
	}
	if c.Lifecycle != nil {
		refuse(c.Lifecycle.PostStart != nil, "a post-start hook")
		refuse(c.Lifecycle.PreStop != nil && c.Lifecycle.PreStop.Exec == nil, "a pre-stop hook that does not run a command")
		refuse(c.Lifecycle.StopSignal != nil, "a stop signal")
	}
	if context := c.SecurityContext; context != nil {
		refuse(context.ReadOnlyRootFilesystem != nil && *context.ReadOnlyRootFilesystem, "a read-only root file system")
	}
	for _, mount := range c.VolumeMounts {
		refuse(mount.SubPathExpr != "", "subPathExpr")
	}
	return errors.Join(errs...)
}
