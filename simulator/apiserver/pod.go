package apiserver

import (
	"maps"
	"net/http"
	"reflect"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kompositor/kompositor/simulator/apply"
)

// orDefault gives a field its default when it has none.
func orDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// orPointer gives an optional field its default when it is absent.
func orPointer[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}

// defaultPod writes what the API server writes into a Pod. Source: Kubernetes, pkg/apis/core/v1/defaults.go.
func defaultPod(pod *corev1.Pod) {
	spec := &pod.Spec
	orDefault(&spec.DNSPolicy, corev1.DNSClusterFirst)
	orDefault(&spec.RestartPolicy, corev1.RestartPolicyAlways)
	orDefault(&spec.SchedulerName, corev1.DefaultSchedulerName)
	orPointer(&spec.TerminationGracePeriodSeconds, int64(corev1.DefaultTerminationGracePeriodSeconds))
	orPointer(&spec.EnableServiceLinks, corev1.DefaultEnableServiceLinks)
	orPointer(&spec.SecurityContext, corev1.PodSecurityContext{})
	for i := range spec.InitContainers {
		defaultContainer(&spec.InitContainers[i])
	}
	for i := range spec.Containers {
		defaultContainer(&spec.Containers[i])
	}
	for i := range spec.Volumes {
		defaultVolume(&spec.Volumes[i])
	}
	orDefault(&pod.Status.Phase, corev1.PodPending)
}

func defaultContainer(container *corev1.Container) {
	policy := corev1.PullIfNotPresent
	if tag := container.Image[strings.LastIndex(container.Image, "/")+1:]; !strings.Contains(tag, "@") &&
		(!strings.Contains(tag, ":") || strings.HasSuffix(tag, ":latest")) {
		policy = corev1.PullAlways
	}
	orDefault(&container.ImagePullPolicy, policy)
	orDefault(&container.TerminationMessagePath, corev1.TerminationMessagePathDefault)
	orDefault(&container.TerminationMessagePolicy, corev1.TerminationMessageReadFile)
	for i := range container.Ports {
		orDefault(&container.Ports[i].Protocol, corev1.ProtocolTCP)
	}
	for i := range container.Env {
		if from := container.Env[i].ValueFrom; from != nil && from.FieldRef != nil {
			orDefault(&from.FieldRef.APIVersion, "v1")
		}
	}
	for name, limit := range container.Resources.Limits {
		if container.Resources.Requests == nil {
			container.Resources.Requests = corev1.ResourceList{}
		}
		if _, ok := container.Resources.Requests[name]; !ok {
			container.Resources.Requests[name] = limit
		}
	}
	for _, probe := range []*corev1.Probe{container.LivenessProbe, container.ReadinessProbe, container.StartupProbe} {
		defaultProbe(probe)
	}
}

func defaultProbe(probe *corev1.Probe) {
	if probe == nil {
		return
	}
	orDefault(&probe.TimeoutSeconds, 1)
	orDefault(&probe.PeriodSeconds, 10)
	orDefault(&probe.SuccessThreshold, 1)
	orDefault(&probe.FailureThreshold, 3)
	if probe.HTTPGet != nil {
		orDefault(&probe.HTTPGet.Path, "/")
		orDefault(&probe.HTTPGet.Scheme, corev1.URISchemeHTTP)
	}
}

func defaultVolume(volume *corev1.Volume) {
	switch {
	case volume.Secret != nil:
		orPointer(&volume.Secret.DefaultMode, corev1.SecretVolumeSourceDefaultMode)
	case volume.ConfigMap != nil:
		orPointer(&volume.ConfigMap.DefaultMode, corev1.ConfigMapVolumeSourceDefaultMode)
	case volume.DownwardAPI != nil:
		orPointer(&volume.DownwardAPI.DefaultMode, corev1.DownwardAPIVolumeSourceDefaultMode)
	case volume.Projected != nil:
		orPointer(&volume.Projected.DefaultMode, corev1.ProjectedVolumeSourceDefaultMode)
		for i := range volume.Projected.Sources {
			if token := volume.Projected.Sources[i].ServiceAccountToken; token != nil {
				orPointer(&token.ExpirationSeconds, 3600)
			}
		}
	case reflect.DeepEqual(volume.VolumeSource, corev1.VolumeSource{}):
		volume.EmptyDir = &corev1.EmptyDirVolumeSource{}
	}
}

// admitPod does what the admission plugins of a plain cluster do: service account, priority, default tolerations.
func admitPod(s *Server, key Key, o Object) error {
	spec := Map(o, "spec")
	account := String(spec, "serviceAccountName")
	if account == "" {
		account = "default"
	}
	accountKey := Key{Kind: "ServiceAccount.v1", Namespace: key.Namespace, Name: account}
	if _, exists := s.Get(accountKey); !exists && account != "default" {
		return refuse(http.StatusForbidden, "%s is forbidden: serviceaccount %q not found", key, account)
	}
	spec["serviceAccountName"], spec["serviceAccount"] = account, account
	if spec["priority"] == nil && String(spec, "priorityClassName") == "" {
		spec["priority"], spec["preemptionPolicy"] = int64(0), "PreemptLowerPriority"
	}
	if err := validPodSpec(key, spec); err != nil {
		return err
	}
	tolerations, _ := spec["tolerations"].([]any)
	for _, taint := range []string{"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"} {
		if !tolerates(spec, taint, "NoExecute") {
			tolerations = append(tolerations, Object{
				"effect": "NoExecute", "key": taint, "operator": "Exists", "tolerationSeconds": int64(300),
			})
		}
	}
	spec["tolerations"] = tolerations
	return nil
}

// tolerates says whether a Pod's spec tolerates a taint that has no value.
func tolerates(spec Object, taint, effect string) bool {
	for _, toleration := range List(spec, "tolerations") {
		keyMatches := String(toleration, "key") == taint || String(toleration, "key") == "" &&
			String(toleration, "operator") == "Exists"
		if keyMatches && (String(toleration, "effect") == effect || String(toleration, "effect") == "") {
			return true
		}
	}
	return false
}

// validPodSpec finds the mistakes that a generated Pod is likely to have.
func validPodSpec(key Key, spec Object) error {
	volumes := map[string]bool{}
	for _, volume := range List(spec, "volumes") {
		name := String(volume, "name")
		if mistakes := validation.IsDNS1123Label(name); len(mistakes) > 0 || volumes[name] {
			return invalid(key, "spec.volumes", "%q is no DNS label or there twice", name)
		}
		volumes[name] = true
	}
	if hostname := String(spec, "hostname"); hostname != "" && len(validation.IsDNS1123Label(hostname)) > 0 {
		return invalid(key, "spec.hostname", "%q is no DNS label", hostname)
	}
	if len(List(spec, "containers")) == 0 {
		return invalid(key, "spec.containers", "a container is needed")
	}
	names := map[string]bool{}
	for _, container := range append(List(spec, "initContainers"), List(spec, "containers")...) {
		name := String(container, "name")
		if len(validation.IsDNS1123Label(name)) > 0 || names[name] {
			return invalid(key, "spec.containers", "%q is no DNS label or there twice", name)
		}
		names[name] = true
		if String(container, "image") == "" {
			return invalid(key, "spec.containers["+name+"].image", "an image is needed")
		}
		if err := validContainer(key, name, container, volumes); err != nil {
			return err
		}
	}
	return nil
}

func validContainer(key Key, name string, container Object, volumes map[string]bool) error {
	paths, ports := map[string]bool{}, map[string]bool{}
	for _, mount := range List(container, "volumeMounts") {
		path := String(mount, "mountPath")
		if !volumes[String(mount, "name")] || path == "" || paths[path] {
			return invalid(key, "spec.containers["+name+"].volumeMounts",
				"volume %q at %q: no such volume, or the path is taken", String(mount, "name"), path)
		}
		paths[path] = true
	}
	for _, port := range List(container, "ports") {
		if number := Int(port, "containerPort"); number < 1 || number > 65535 {
			return invalid(key, "spec.containers["+name+"].ports", "%d is no port", number)
		}
		portName := String(port, "name")
		if portName == "" {
			continue
		}
		if len(validation.IsValidPortName(portName)) > 0 || ports[portName] {
			return invalid(key, "spec.containers["+name+"].ports", "%q is no port name or there twice", portName)
		}
		ports[portName] = true
	}
	return nil
}

// Bind gives a Pod to a node, as the subresource binding does: nothing else of it is changed or looked at.
func (c Client) Bind(key Key, node string) error {
	_, err := c.disturbed(Updated, key, func() (Object, error) {
		old, err := c.current(key, nil)
		if err != nil {
			return nil, c.record(Write{Verb: Updated, Key: key, Old: old, Err: err})
		}
		updated := maps.Clone(old)
		updated["metadata"], updated["spec"] = Copy(Map(old, "metadata")), maps.Clone(Map(old, "spec"))
		Set(updated, node, "spec", "nodeName")
		Set(updated, Int(old, "metadata", "generation")+1, "metadata", "generation")
		c.server.managers.wrote(key, old, updated, c.actor)
		bound := c.server.settle(key, old, updated)
		return bound, c.record(Write{Verb: Updated, Key: key, Old: old, New: bound})
	})
	return err
}

// validatePodUpdate refuses all but the few changes of a Pod's spec that Kubernetes allows: images, added
// tolerations, the active deadline.
func validatePodUpdate(_ *Server, old, updated Object) error {
	before, after := Copy(Map(old, "spec")), Copy(Map(updated, "spec"))
	for _, spec := range []Object{before, after} {
		delete(spec, "tolerations")
		delete(spec, "activeDeadlineSeconds")
		for _, list := range []string{"containers", "initContainers"} {
			for _, container := range List(spec, list) {
				delete(container, "image")
			}
		}
	}
	if !apply.Equal(before, after) {
		return invalid(KeyOf(updated), "spec", "pod updates may not change fields other than images, "+
			"activeDeadlineSeconds and added tolerations")
	}
	return nil
}

// equal compares one field of two objects.
func equal(a, b Object, path ...string) bool {
	return apply.Equal(value(a, path), value(b, path))
}
