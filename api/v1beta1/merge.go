package v1beta1

import (
	"cmp"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// mergePointers merges two optional structs. Where one is missing, the other is taken as it is.
func mergePointers[T any](own, group *T, merge func(own, group *T) *T) *T {
	switch {
	case own == nil:
		return group
	case group == nil:
		return own
	default:
		return merge(own, group)
	}
}

// unite gives every key of both maps, with the own value where both have the key.
func unite[K comparable, V any](own, group map[K]V) map[K]V {
	switch {
	case len(own) == 0:
		return group
	case len(group) == 0:
		return own
	}
	united := make(map[K]V, len(own)+len(group))
	maps.Copy(united, group)
	maps.Copy(united, own)
	return united
}

func join[T any](first, second []T) []T {
	switch {
	case len(first) == 0:
		return second
	case len(second) == 0:
		return first
	}
	return slices.Concat(first, second)
}

// joinUnique joins two lists and keeps the first of the items with one key.
func joinUnique[T any, K comparable](first, second []T, key func(T) K) []T {
	joined := join(first, second)
	duplicate := func(i int) bool {
		return slices.ContainsFunc(joined[:i], func(before T) bool { return key(before) == key(joined[i]) })
	}
	for i := range joined {
		if !duplicate(i) {
			continue
		}
		unique := slices.Clone(joined[:i])
		for j := i; j < len(joined); j++ {
			if !duplicate(j) {
				unique = append(unique, joined[j])
			}
		}
		return unique
	}
	return joined
}

func mergeResources(own, group *corev1.ResourceRequirements) *corev1.ResourceRequirements {
	return &corev1.ResourceRequirements{
		Limits:   unite(own.Limits, group.Limits),
		Requests: unite(own.Requests, group.Requests),
		Claims:   joinUnique(own.Claims, group.Claims, func(c corev1.ResourceClaim) string { return c.Name }),
	}
}

func mergeSecurity(own, group *corev1.SecurityContext) *corev1.SecurityContext {
	return &corev1.SecurityContext{
		Capabilities:             mergePointers(own.Capabilities, group.Capabilities, mergeCapabilities),
		Privileged:               cmp.Or(own.Privileged, group.Privileged),
		SELinuxOptions:           mergePointers(own.SELinuxOptions, group.SELinuxOptions, mergeSELinux),
		WindowsOptions:           mergePointers(own.WindowsOptions, group.WindowsOptions, mergeWindows),
		RunAsUser:                cmp.Or(own.RunAsUser, group.RunAsUser),
		RunAsGroup:               cmp.Or(own.RunAsGroup, group.RunAsGroup),
		RunAsNonRoot:             cmp.Or(own.RunAsNonRoot, group.RunAsNonRoot),
		ReadOnlyRootFilesystem:   cmp.Or(own.ReadOnlyRootFilesystem, group.ReadOnlyRootFilesystem),
		AllowPrivilegeEscalation: cmp.Or(own.AllowPrivilegeEscalation, group.AllowPrivilegeEscalation),
		ProcMount:                cmp.Or(own.ProcMount, group.ProcMount),
		// A profile's parts belong together: mixing two of them gives a profile that Kubernetes refuses.
		SeccompProfile:  cmp.Or(own.SeccompProfile, group.SeccompProfile),
		AppArmorProfile: cmp.Or(own.AppArmorProfile, group.AppArmorProfile),
	}
}

func mergePodSecurity(own, group *corev1.PodSecurityContext) *corev1.PodSecurityContext {
	return &corev1.PodSecurityContext{
		SELinuxOptions:           mergePointers(own.SELinuxOptions, group.SELinuxOptions, mergeSELinux),
		WindowsOptions:           mergePointers(own.WindowsOptions, group.WindowsOptions, mergeWindows),
		RunAsUser:                cmp.Or(own.RunAsUser, group.RunAsUser),
		RunAsGroup:               cmp.Or(own.RunAsGroup, group.RunAsGroup),
		RunAsNonRoot:             cmp.Or(own.RunAsNonRoot, group.RunAsNonRoot),
		SupplementalGroups:       joinUnique(own.SupplementalGroups, group.SupplementalGroups, self),
		SupplementalGroupsPolicy: cmp.Or(own.SupplementalGroupsPolicy, group.SupplementalGroupsPolicy),
		FSGroup:                  cmp.Or(own.FSGroup, group.FSGroup),
		Sysctls:                  joinUnique(own.Sysctls, group.Sysctls, func(s corev1.Sysctl) string { return s.Name }),
		FSGroupChangePolicy:      cmp.Or(own.FSGroupChangePolicy, group.FSGroupChangePolicy),
		SeccompProfile:           cmp.Or(own.SeccompProfile, group.SeccompProfile),
		AppArmorProfile:          cmp.Or(own.AppArmorProfile, group.AppArmorProfile),
		SELinuxChangePolicy:      cmp.Or(own.SELinuxChangePolicy, group.SELinuxChangePolicy),
	}
}

func mergeCapabilities(own, group *corev1.Capabilities) *corev1.Capabilities {
	return &corev1.Capabilities{
		Add:  joinUnique(own.Add, group.Add, self),
		Drop: joinUnique(own.Drop, group.Drop, self),
	}
}

func mergeSELinux(own, group *corev1.SELinuxOptions) *corev1.SELinuxOptions {
	return &corev1.SELinuxOptions{
		User:  cmp.Or(own.User, group.User),
		Role:  cmp.Or(own.Role, group.Role),
		Type:  cmp.Or(own.Type, group.Type),
		Level: cmp.Or(own.Level, group.Level),
	}
}

func mergeWindows(own, group *corev1.WindowsSecurityContextOptions) *corev1.WindowsSecurityContextOptions {
	return &corev1.WindowsSecurityContextOptions{
		GMSACredentialSpecName: cmp.Or(own.GMSACredentialSpecName, group.GMSACredentialSpecName),
		GMSACredentialSpec:     cmp.Or(own.GMSACredentialSpec, group.GMSACredentialSpec),
		RunAsUserName:          cmp.Or(own.RunAsUserName, group.RunAsUserName),
		HostProcess:            cmp.Or(own.HostProcess, group.HostProcess),
	}
}

// mergeAffinity differs from the other rules as Koperator's does: a list that the broker sets replaces the group's.
func mergeAffinity(own, group *corev1.Affinity) *corev1.Affinity {
	return &corev1.Affinity{
		NodeAffinity:    mergePointers(own.NodeAffinity, group.NodeAffinity, mergeNodeAffinity),
		PodAffinity:     mergePointers(own.PodAffinity, group.PodAffinity, mergePodAffinity),
		PodAntiAffinity: mergePointers(own.PodAntiAffinity, group.PodAntiAffinity, mergePodAntiAffinity),
	}
}

func mergeNodeAffinity(own, group *corev1.NodeAffinity) *corev1.NodeAffinity {
	return &corev1.NodeAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: cmp.Or(
			own.RequiredDuringSchedulingIgnoredDuringExecution, group.RequiredDuringSchedulingIgnoredDuringExecution),
		PreferredDuringSchedulingIgnoredDuringExecution: replace(
			own.PreferredDuringSchedulingIgnoredDuringExecution, group.PreferredDuringSchedulingIgnoredDuringExecution),
	}
}

func mergePodAffinity(own, group *corev1.PodAffinity) *corev1.PodAffinity {
	return &corev1.PodAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: replace(
			own.RequiredDuringSchedulingIgnoredDuringExecution, group.RequiredDuringSchedulingIgnoredDuringExecution),
		PreferredDuringSchedulingIgnoredDuringExecution: replace(
			own.PreferredDuringSchedulingIgnoredDuringExecution, group.PreferredDuringSchedulingIgnoredDuringExecution),
	}
}

func mergePodAntiAffinity(own, group *corev1.PodAntiAffinity) *corev1.PodAntiAffinity {
	return &corev1.PodAntiAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: replace(
			own.RequiredDuringSchedulingIgnoredDuringExecution, group.RequiredDuringSchedulingIgnoredDuringExecution),
		PreferredDuringSchedulingIgnoredDuringExecution: replace(
			own.PreferredDuringSchedulingIgnoredDuringExecution, group.PreferredDuringSchedulingIgnoredDuringExecution),
	}
}

func replace[T any](own, group []T) []T {
	if len(own) > 0 {
		return own
	}
	return group
}
