package v1beta1

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// ResolvedBroker is one node of the cluster with everything that applies to it: its own settings, under them its
// group's, under them the cluster's and the defaults. It shares memory with the spec it came from: read it, do not
// change it.
type ResolvedBroker struct {
	// ID is Kafka's node.id.
	ID int32
	// Index is the broker's place in spec.brokers, for field paths.
	Index int
	// Group is the broker's group, or empty.
	Group string
	// ReadOnlyConfig is the broker's own properties text, without the cluster's.
	ReadOnlyConfig string

	// Defaulted says which settings nobody set, so that a default stands in their place.
	Defaulted Defaulted

	// BrokerConfig holds the merged settings. Image, MetricsReporterImage, ServiceAccountName, Resources and
	// TerminationGracePeriod are always set, Roles is [broker] in ZooKeeper mode. KafkaHeapOpts and KafkaJVMPerfOpts
	// stay empty where nobody set them: Env applies their defaults.
	BrokerConfig
}

// IsBroker reports whether the node keeps topics' data.
func (b *ResolvedBroker) IsBroker() bool { return slices.Contains(b.Roles, RoleBroker) }

// IsController reports whether the node is a voter of the KRaft quorum. False in ZooKeeper mode.
func (b *ResolvedBroker) IsController() bool { return slices.Contains(b.Roles, RoleController) }

// IsControllerOnly reports whether the node keeps no topics' data.
func (b *ResolvedBroker) IsControllerOnly() bool { return b.IsController() && !b.IsBroker() }

// Asked is what the user asks of the broker: a default is the operator's to choose again.
func (b *ResolvedBroker) Asked() BrokerConfig {
	config := b.BrokerConfig
	if b.Defaulted.Image {
		config.Image = ""
	}
	if b.Defaulted.MetricsReporterImage {
		config.MetricsReporterImage = ""
	}
	if b.Defaulted.ServiceAccountName {
		config.ServiceAccountName = ""
	}
	if b.Defaulted.Resources {
		config.Resources = nil
	}
	if b.Defaulted.TerminationGracePeriod {
		config.TerminationGracePeriod = nil
	}
	return config
}

// ResolvedBrokers resolves every broker, in the order of spec.brokers. A group that does not exist counts as empty:
// Validate reports it.
func (c *KafkaCluster) ResolvedBrokers() []ResolvedBroker {
	r := resolver{spec: &c.Spec, groups: make(map[string]BrokerConfig, len(c.Spec.BrokerConfigGroups))}
	brokers := make([]ResolvedBroker, len(c.Spec.Brokers))
	for i := range c.Spec.Brokers {
		brokers[i] = r.resolve(i, &c.Spec.Brokers[i])
	}
	return brokers
}

// ResolveBroker resolves one broker that need not be in spec.brokers, for example one that left it and is still being
// emptied. Its Index is -1.
func (c *KafkaCluster) ResolveBroker(broker Broker) ResolvedBroker {
	r := resolver{spec: &c.Spec, groups: map[string]BrokerConfig{}}
	return r.resolve(-1, &broker)
}

// RestoreBroker is a broker whose settings were resolved before and written down: only defaults are laid under them.
func (c *KafkaCluster) RestoreBroker(broker Broker) ResolvedBroker {
	r := resolver{spec: &c.Spec}
	restored := ResolvedBroker{
		ID:             broker.ID,
		Index:          -1,
		Group:          broker.BrokerConfigGroup,
		ReadOnlyConfig: broker.ReadOnlyConfig,
	}
	if broker.BrokerConfig != nil {
		restored.BrokerConfig = *broker.BrokerConfig
	}
	restored.Defaulted = r.defaulted(&restored.BrokerConfig)
	r.applyDefaults(&restored.BrokerConfig)
	return restored
}

// resolver remembers each group with the cluster's settings under it, so that a thousand brokers of one group cost
// one merge.
type resolver struct {
	spec      *KafkaClusterSpec
	groups    map[string]BrokerConfig
	resources *corev1.ResourceRequirements // the default, once it is needed
}

func (r *resolver) resolve(index int, broker *Broker) ResolvedBroker {
	resolved := ResolvedBroker{
		ID: broker.ID, Index: index, Group: broker.BrokerConfigGroup, ReadOnlyConfig: broker.ReadOnlyConfig,
		BrokerConfig: r.group(broker.BrokerConfigGroup),
	}
	if broker.BrokerConfig != nil {
		resolved.BrokerConfig = mergeBroker(broker.BrokerConfig, &resolved.BrokerConfig)
	}
	resolved.Defaulted = r.defaulted(&resolved.BrokerConfig)
	r.applyDefaults(&resolved.BrokerConfig)
	return resolved
}

// Defaulted says which settings of a broker are defaults of ours, which may change with a release.
type Defaulted struct {
	Image, MetricsReporterImage, ServiceAccountName, Resources, TerminationGracePeriod bool
}

func (r *resolver) defaulted(c *BrokerConfig) Defaulted {
	return Defaulted{
		Image: c.Image == "" && r.spec.ClusterImage == "",
		MetricsReporterImage: c.MetricsReporterImage == "" && r.spec.ClusterMetricsReporterImage == "" &&
			r.spec.CruiseControlConfig.Image == "",
		ServiceAccountName: c.ServiceAccountName == "", Resources: c.Resources == nil,
		TerminationGracePeriod: c.TerminationGracePeriod == nil,
	}
}

// group is the group's settings with the cluster's environment under them. The cluster's environment reaches brokers
// without a group too; Koperator forgets it there.
func (r *resolver) group(name string) BrokerConfig {
	if known, ok := r.groups[name]; ok {
		return known
	}
	group := r.spec.BrokerConfigGroups[name]
	merged := mergeBroker(&group, &BrokerConfig{Envs: r.spec.Envs})
	r.groups[name] = merged
	return merged
}

func (r *resolver) applyDefaults(c *BrokerConfig) {
	if !r.spec.KRaft {
		c.Roles = []ProcessRole{RoleBroker}
	}
	c.Image = cmp.Or(c.Image, r.spec.KafkaImage())
	c.MetricsReporterImage = cmp.Or(c.MetricsReporterImage, r.spec.MetricsReporterImage())
	c.ServiceAccountName = cmp.Or(c.ServiceAccountName, DefaultServiceAccountName)
	if c.TerminationGracePeriod == nil {
		grace := DefaultTerminationGracePeriodSeconds
		c.TerminationGracePeriod = &grace
	}
	if c.Resources == nil {
		c.Resources = r.defaultResources()
	}
}

func (r *resolver) defaultResources() *corev1.ResourceRequirements {
	if r.resources == nil {
		resources := requirements(nil, amounts("1", "2Gi"), amounts("1500m", "3Gi"))
		r.resources = &resources
	}
	return r.resources
}

// mergeBroker lays own settings over those of a group by Koperator's rules: a set value wins, maps are united key by
// key, lists are joined with the own items first, environments are joined with the own items last. Two rules differ,
// both only where Koperator's result is useless: a pointer that is set wins even if it points to false or 0, and of
// items that a Pod may hold only once the own one stays.
func mergeBroker(own, group *BrokerConfig) BrokerConfig {
	return BrokerConfig{
		Roles:                   joinUnique(own.Roles, group.Roles, self),
		Image:                   cmp.Or(own.Image, group.Image),
		MetricsReporterImage:    cmp.Or(own.MetricsReporterImage, group.MetricsReporterImage),
		Config:                  cmp.Or(own.Config, group.Config),
		StorageConfigs:          joinUnique(own.StorageConfigs, group.StorageConfigs, mountPathOfDisk),
		ServiceAccountName:      cmp.Or(own.ServiceAccountName, group.ServiceAccountName),
		Resources:               mergePointers(own.Resources, group.Resources, mergeResources),
		ImagePullSecrets:        joinUnique(own.ImagePullSecrets, group.ImagePullSecrets, self),
		NodeSelector:            unite(own.NodeSelector, group.NodeSelector),
		Tolerations:             join(own.Tolerations, group.Tolerations),
		KafkaHeapOpts:           cmp.Or(own.KafkaHeapOpts, group.KafkaHeapOpts),
		KafkaJVMPerfOpts:        cmp.Or(own.KafkaJVMPerfOpts, group.KafkaJVMPerfOpts),
		Log4jConfig:             cmp.Or(own.Log4jConfig, group.Log4jConfig),
		BrokerAnnotations:       unite(own.BrokerAnnotations, group.BrokerAnnotations),
		BrokerLabels:            unite(own.BrokerLabels, group.BrokerLabels),
		NetworkConfig:           mergePointers(own.NetworkConfig, group.NetworkConfig, mergeNetwork),
		NodePortExternalIP:      unite(own.NodePortExternalIP, group.NodePortExternalIP),
		NodePortNodeAddressType: cmp.Or(own.NodePortNodeAddressType, group.NodePortNodeAddressType),
		Affinity:                mergePointers(own.Affinity, group.Affinity, mergeAffinity),
		PodSecurityContext:      mergePointers(own.PodSecurityContext, group.PodSecurityContext, mergePodSecurity),
		SecurityContext:         mergePointers(own.SecurityContext, group.SecurityContext, mergeSecurity),
		BrokerIngressMapping:    joinUnique(own.BrokerIngressMapping, group.BrokerIngressMapping, self),
		InitContainers:          joinUnique(own.InitContainers, group.InitContainers, nameOfContainer),
		Containers:              joinUnique(own.Containers, group.Containers, nameOfContainer),
		Volumes:                 joinUnique(own.Volumes, group.Volumes, nameOfVolume),
		VolumeMounts:            joinUnique(own.VolumeMounts, group.VolumeMounts, pathOfMount),
		Envs:                    join(group.Envs, own.Envs),
		TerminationGracePeriod:  cmp.Or(own.TerminationGracePeriod, group.TerminationGracePeriod),
		PriorityClassName:       cmp.Or(own.PriorityClassName, group.PriorityClassName),
	}
}

func self[T comparable](value T) T              { return value }
func mountPathOfDisk(s StorageConfig) string    { return s.MountPath }
func nameOfContainer(c corev1.Container) string { return c.Name }
func nameOfVolume(v corev1.Volume) string       { return v.Name }
func pathOfMount(m corev1.VolumeMount) string   { return m.MountPath }

func mergeNetwork(own, group *NetworkConfig) *NetworkConfig {
	return &NetworkConfig{
		IncomingNetworkThroughPut: cmp.Or(own.IncomingNetworkThroughPut, group.IncomingNetworkThroughPut),
		OutgoingNetworkThroughPut: cmp.Or(own.OutgoingNetworkThroughPut, group.OutgoingNetworkThroughPut),
	}
}
