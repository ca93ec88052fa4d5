package managed

// keys are the lists that are maps, by Go type and field, and what their items are told apart by: nothing for a set of
// texts. Every other list is replaced whole. Source: the markers +listType and +listMapKey of k8s.io/api 0.36.
func keys() map[string][]string {
	name := []string{"name"}
	return map[string][]string{
		"ObjectMeta.finalizers":                  {},
		"ObjectMeta.ownerReferences":             {"uid"},
		"ServiceSpec.ports":                      {"port", "protocol"},
		"PodSpec.containers":                     name,
		"PodSpec.initContainers":                 name,
		"PodSpec.ephemeralContainers":            name,
		"PodSpec.volumes":                        name,
		"PodSpec.imagePullSecrets":               name,
		"PodSpec.hostAliases":                    {"ip"},
		"PodSpec.resourceClaims":                 name,
		"PodSpec.schedulingGates":                name,
		"PodSpec.topologySpreadConstraints":      {"topologyKey", "whenUnsatisfiable"},
		"Container.env":                          name,
		"Container.ports":                        {"containerPort", "protocol"},
		"Container.volumeMounts":                 {"mountPath"},
		"Container.volumeDevices":                {"devicePath"},
		"EphemeralContainerCommon.env":           name,
		"EphemeralContainerCommon.ports":         {"containerPort", "protocol"},
		"EphemeralContainerCommon.volumeMounts":  {"mountPath"},
		"EphemeralContainerCommon.volumeDevices": {"devicePath"},
		"ResourceRequirements.claims":            name,
	}
}

// whole are the types, and the maps by Go type and field, that are replaced whole. Source: the markers +structType and
// +mapType of k8s.io/api 0.36.
func whole() map[string]bool {
	return map[string]bool{
		"ConfigMapKeySelector": true, "FileKeySelector": true, "LabelSelector": true, "LocalObjectReference": true,
		"NodeSelector": true, "NodeSelectorTerm": true, "ObjectFieldSelector": true, "OwnerReference": true,
		"ResourceFieldSelector": true, "SecretKeySelector": true, "SecretReference": true,
		"TypedLocalObjectReference": true,
		"PodSpec.nodeSelector":      true, "ServiceSpec.selector": true,
	}
}

// defaults are what a field is that is left out, where that tells the items of a list apart.
func defaults() map[string]any {
	return map[string]any{"ContainerPort.protocol": "TCP", "ServicePort.protocol": "TCP"}
}
