package children

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Names of the Pod's own volumes; those of Koperator, because users' containers may mount them.
const (
	configVolume     = "broker-config"
	extensionsVolume = "extensions"
	jmxJarVolume     = "jmx-jar-data"
	runVolume        = "exitfile"
	dataVolume       = "kafka-data-"
)

// volumes are all volumes of a broker's Pod and the mounts of its kafka container, both sorted by the volume's name.
func (c *Cluster) volumes(b *Broker) ([]corev1.Volume, []corev1.VolumeMount) {
	keystores := c.shared.keystores
	if b.ReadOnlyConfig != "" {
		user := c.userConfig(b)
		keystores = c.keystoreVolumes(&user)
	}
	own := 5 + len(keystores.volumes)
	volumes := make([]corev1.Volume, 0, len(b.BrokerConfig.Volumes)+len(b.Volumes)+own)
	mounts := make([]corev1.VolumeMount, 0, len(b.VolumeMounts)+len(b.Volumes)+own)
	volumes, mounts = append(volumes, b.BrokerConfig.Volumes...), append(mounts, b.VolumeMounts...)
	add := func(name, path string, source corev1.VolumeSource) {
		volumes = append(volumes, corev1.Volume{Name: name, VolumeSource: source})
		mounts = append(mounts, corev1.VolumeMount{Name: name, MountPath: path})
	}
	for i, disk := range disks(b) {
		add(dataVolume+strconv.Itoa(i), disk.MountPath, disk.source())
	}
	jmx := JMXExporterConfigMapName(c.Parent.Name)
	add(configVolume, configPath, fromConfigMap(ConfigMapName(c.Parent.Name, b.ID)))
	add(jmx, jmxConfigPath, fromConfigMap(jmx))
	add(extensionsVolume, extensionsPath, scratch())
	add(jmxJarVolume, jmxJarPath, scratch())
	add(runVolume, runPath, scratch())
	volumes, mounts = append(volumes, keystores.volumes...), append(mounts, keystores.mounts...)

	slices.SortStableFunc(volumes, func(a, b corev1.Volume) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(mounts, func(a, b corev1.VolumeMount) int { return strings.Compare(a.Name, b.Name) })
	return volumes, mounts
}

// disks are the broker's volumes in the order of their numbers: claims by name, then emptyDirs by mount path.
func disks(b *Broker) []*Volume {
	disks := make([]*Volume, len(b.Volumes))
	for i := range b.Volumes {
		disks[i] = &b.Volumes[i]
	}
	slices.SortFunc(disks, func(a, b *Volume) int {
		switch {
		case a.Claim != "" && b.Claim != "":
			return strings.Compare(a.Claim, b.Claim)
		case a.Claim != "":
			return -1
		case b.Claim != "":
			return 1
		default:
			return strings.Compare(a.MountPath, b.MountPath)
		}
	})
	return disks
}

func (v *Volume) source() corev1.VolumeSource {
	if v.Claim != "" {
		return corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: v.Claim},
		}
	}
	if v.EmptyDir == nil {
		return scratch()
	}
	return corev1.VolumeSource{EmptyDir: v.EmptyDir}
}

func scratch() corev1.VolumeSource {
	return corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}
}

func fromConfigMap(name string) corev1.VolumeSource {
	return corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: name}, DefaultMode: new(readable),
	}}
}
