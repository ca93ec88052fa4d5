package sync

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
)

// LastAppliedAnnotation is where Metacontroller's dynamic apply keeps the JSON of what a hook last returned for a
// child. Source: Metacontroller, docs/src/api/apply.md.
const LastAppliedAnnotation = "metacontroller.k8s.io/last-applied-configuration"

// Meta is the metadata of an observed object, less what only the API server cares about.
type Meta struct {
	Name              string            `json:"name"`
	Namespace         string            `json:"namespace,omitzero"`
	UID               string            `json:"uid,omitzero"`
	ResourceVersion   string            `json:"resourceVersion,omitzero"`
	Generation        int64             `json:"generation,omitzero"`
	Labels            map[string]string `json:"labels,omitempty"`
	Annotations       Annotations       `json:"annotations,omitzero"`
	CreationTimestamp string            `json:"creationTimestamp,omitzero"`
	DeletionTimestamp string            `json:"deletionTimestamp,omitzero"`
	Finalizers        []string          `json:"finalizers,omitempty"`
}

// Metadata makes every type that embeds its metadata under the name Meta sortable.
func (m *Meta) Metadata() *Meta { return m }

// Terminating says that the object's deletion has begun.
func (m *Meta) Terminating() bool { return m.DeletionTimestamp != "" }

// Annotations are an object's annotations, with Metacontroller's own kept apart: it is as large as the rest of the
// object, and hardly ever looked at.
type Annotations struct {
	Values map[string]string
	// lastApplied is the JSON string as it came, quoted.
	lastApplied jsontext.Value
}

// LastApplied is the JSON that a hook last returned for this object; empty for an object that was adopted, or when
// Metacontroller runs with server-side apply. It is not kept for Pods: a Pod that is listed is left alone, so none is
// ever held by repeating it.
func (a *Annotations) LastApplied() jsontext.Value {
	room := make(jsontext.Value, 0, len(a.lastApplied))
	text, _ := jsontext.AppendUnquote(room, a.lastApplied) // it was decoded before, so it is a JSON string or nothing
	return text
}

// UnmarshalJSONFrom reads a JSON object of strings; null reads as none.
func (a *Annotations) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*a = Annotations{}
	if kind := dec.PeekKind(); kind != jsontext.KindBeginObject {
		if kind != jsontext.KindNull {
			return &json.SemanticError{JSONKind: kind, JSONPointer: dec.StackPointer()}
		}
		_, err := dec.ReadToken()
		return err
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != jsontext.KindEndObject {
		if err := a.readOne(dec); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

// readOne reads a name and its value.
func (a *Annotations) readOne(dec *jsontext.Decoder) error {
	token, err := dec.ReadToken()
	if err != nil {
		return err
	}
	name := token.String()
	if kind := dec.PeekKind(); name == LastAppliedAnnotation && kind == jsontext.KindString {
		value, err := dec.ReadValue()
		a.lastApplied = value.Clone()
		return err
	}
	var value string
	if err := json.UnmarshalDecode(dec, &value); err != nil {
		return err
	}
	if name == LastAppliedAnnotation {
		return nil // null
	}
	if a.Values == nil {
		a.Values = make(map[string]string)
	}
	a.Values[name] = value
	return nil
}

// MarshalJSONTo writes the annotations as they were kept.
func (a Annotations) MarshalJSONTo(enc *jsontext.Encoder) error {
	all := make(map[string]string, len(a.Values)+1)
	maps.Copy(all, a.Values)
	if len(a.lastApplied) > 0 {
		all[LastAppliedAnnotation] = string(a.LastApplied())
	}
	return json.MarshalEncode(enc, all, json.Deterministic(true))
}

// Pod is what a decision looks at in a broker's Pod.
type Pod struct {
	Meta   `json:"metadata"`
	Spec   PodSpec   `json:"spec"`
	Status PodStatus `json:"status"`
}

// PodSpec is the part of an observed Pod's spec that tells which volumes and images it holds and where it runs.
type PodSpec struct {
	NodeName   string         `json:"nodeName,omitzero"`
	Containers []PodContainer `json:"containers,omitempty"`
	Volumes    []PodVolume    `json:"volumes,omitempty"`
}

// PodContainer names a container and its image.
type PodContainer struct {
	Name  string `json:"name"`
	Image string `json:"image,omitzero"`
}

// PodVolume is a volume of a Pod with the claim behind it, if any.
type PodVolume struct {
	Name  string `json:"name"`
	Claim *struct {
		Name string `json:"claimName"`
	} `json:"persistentVolumeClaim,omitzero"`
}

// PodStatus is what kubelet and scheduler say of a Pod.
type PodStatus struct {
	Phase                 corev1.PodPhase   `json:"phase,omitzero"`
	Reason                string            `json:"reason,omitzero"`
	Message               string            `json:"message,omitzero"`
	PodIP                 string            `json:"podIP,omitzero"`
	HostIP                string            `json:"hostIP,omitzero"`
	StartTime             string            `json:"startTime,omitzero"` // when kubelet took the Pod up
	Conditions            []PodCondition    `json:"conditions,omitempty"`
	InitContainerStatuses []ContainerStatus `json:"initContainerStatuses,omitempty"`
	ContainerStatuses     []ContainerStatus `json:"containerStatuses,omitempty"`
}

// PodCondition is one of a Pod's conditions, such as Ready or PodScheduled.
type PodCondition struct {
	Type    corev1.PodConditionType `json:"type"`
	Status  corev1.ConditionStatus  `json:"status"`
	Reason  string                  `json:"reason,omitzero"`
	Message string                  `json:"message,omitzero"`
}

// ContainerStatus is what kubelet says of one container.
type ContainerStatus struct {
	Name         string         `json:"name"`
	Image        string         `json:"image,omitzero"`
	Ready        bool           `json:"ready,omitzero"`
	RestartCount int32          `json:"restartCount,omitzero"`
	State        ContainerState `json:"state,omitzero"`
	LastState    ContainerState `json:"lastState,omitzero"`
}

// ContainerState is the state of a container: at most one of its fields is set.
type ContainerState struct {
	Waiting *struct {
		Reason  string `json:"reason,omitzero"`
		Message string `json:"message,omitzero"`
	} `json:"waiting,omitzero"`
	Running    *struct{} `json:"running,omitzero"`
	Terminated *struct {
		Reason   string `json:"reason,omitzero"`
		Message  string `json:"message,omitzero"`
		ExitCode int32  `json:"exitCode"`
	} `json:"terminated,omitzero"`
}

// Ready says that kubelet counts the Pod as ready.
func (p *Pod) Ready() bool { return p.condition(corev1.PodReady).Status == corev1.ConditionTrue }

// Mounts says that a volume of the Pod is of that claim.
func (p *Pod) Mounts(claim string) bool {
	return slices.ContainsFunc(p.Spec.Volumes, func(v PodVolume) bool { return v.Claim != nil && v.Claim.Name == claim })
}

// Image returns the image of one of its containers; empty for one that it does not have.
func (p *Pod) Image(container string) string {
	for i := range p.Spec.Containers {
		if p.Spec.Containers[i].Name == container {
			return p.Spec.Containers[i].Image
		}
	}
	return ""
}

// Scheduled says that the Pod has a node.
func (p *Pod) Scheduled() bool { return p.Spec.NodeName != "" }

// condition returns the Pod's condition of that type, or an empty one.
func (p *Pod) condition(conditionType corev1.PodConditionType) PodCondition {
	for _, condition := range p.Status.Conditions {
		if condition.Type == conditionType {
			return condition
		}
	}
	return PodCondition{}
}

// Unschedulable returns the scheduler's own words when it found no node for the Pod.
func (p *Pod) Unschedulable() (string, bool) {
	scheduled := p.condition(corev1.PodScheduled)
	refused := scheduled.Status == corev1.ConditionFalse && scheduled.Reason == corev1.PodReasonUnschedulable
	return scheduled.Message, refused
}

// PersistentVolumeClaim is an observed claim.
type PersistentVolumeClaim struct {
	Meta   `json:"metadata"`
	Spec   corev1.PersistentVolumeClaimSpec `json:"spec"`
	Status PersistentVolumeClaimStatus      `json:"status"`
}

// VolumeChosen says that Kubernetes has chosen the claim's volume. A claim that names one and was not chosen for names
// the one that its author asked for. Source: Kubernetes, AnnBoundByController.
func (c *PersistentVolumeClaim) VolumeChosen() bool {
	_, chosen := c.Annotations.Values["pv.kubernetes.io/bound-by-controller"]
	return chosen
}

// PersistentVolumeClaimStatus is the part of a claim's status that storage decisions need.
type PersistentVolumeClaimStatus struct {
	Phase      corev1.PersistentVolumeClaimPhase `json:"phase,omitzero"`
	Capacity   corev1.ResourceList               `json:"capacity,omitempty"`
	Conditions []struct {
		Type    corev1.PersistentVolumeClaimConditionType `json:"type"`
		Status  corev1.ConditionStatus                    `json:"status"`
		Message string                                    `json:"message,omitzero"`
		// LastTransitionTime is RFC 3339.
		LastTransitionTime string `json:"lastTransitionTime,omitzero"`
	} `json:"conditions,omitempty"`
}

// ConfigMap is an observed ConfigMap.
type ConfigMap struct {
	Meta `json:"metadata"`
	Data map[string]string `json:"data,omitempty"`
}

// Service is an observed Service.
type Service struct {
	Meta   `json:"metadata"`
	Spec   corev1.ServiceSpec `json:"spec"`
	Status struct {
		LoadBalancer corev1.LoadBalancerStatus `json:"loadBalancer,omitzero"`
	} `json:"status"`
}

// PodDisruptionBudget is an observed PodDisruptionBudget.
type PodDisruptionBudget struct {
	Meta `json:"metadata"`
	Spec policyv1.PodDisruptionBudgetSpec `json:"spec"`
}

// Deployment is an observed Deployment. Its spec is left as text: what it was drawn from is not looked at.
type Deployment struct {
	Meta   `json:"metadata"`
	Spec   jsontext.Value   `json:"spec"`
	Status DeploymentStatus `json:"status"`
}

// DeploymentStatus is what Kubernetes says of a Deployment.
type DeploymentStatus struct {
	ObservedGeneration int64 `json:"observedGeneration,omitzero"`
	UpdatedReplicas    int32 `json:"updatedReplicas,omitzero"`
	AvailableReplicas  int32 `json:"availableReplicas,omitzero"`
	Conditions         []struct {
		Type    appsv1.DeploymentConditionType `json:"type"`
		Status  corev1.ConditionStatus         `json:"status"`
		Message string                         `json:"message,omitzero"`
	} `json:"conditions,omitempty"`
}

// Available says that a Pod of the Deployment as it is now serves.
func (d *Deployment) Available() bool {
	return d.Status.ObservedGeneration >= d.Generation && d.Status.UpdatedReplicas > 0 && d.Status.AvailableReplicas > 0
}

// Complaint is Kubernetes' own word on why the Deployment does not get on; empty when there is none.
func (d *Deployment) Complaint() string {
	for _, of := range []appsv1.DeploymentConditionType{appsv1.DeploymentReplicaFailure, appsv1.DeploymentProgressing} {
		for _, condition := range d.Status.Conditions {
			if condition.Type == of && (condition.Status == corev1.ConditionFalse) == (of == appsv1.DeploymentProgressing) {
				return condition.Message
			}
		}
	}
	return ""
}

// Secret is an observed or related Secret. Its values leave this room only as Secret children or in a Kafka
// connection.
type Secret struct {
	Meta `json:"metadata"`
	Type corev1.SecretType       `json:"type,omitzero"`
	Data map[string]Confidential `json:"data,omitempty"`
}

// Referenced is a custom resource that another one refers to, or owns. Spec and status are left as text: only a kind of
// parent that looks at them pays for reading them, and what does not fit its type is no malformed request.
type Referenced struct {
	Meta   `json:"metadata"`
	Spec   jsontext.Value `json:"spec"`
	Status jsontext.Value `json:"status"`
}

// Unknown is an observed child of a kind that this release does not draw.
type Unknown struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Meta       `json:"metadata"`
}

// Confidential is a value that must never be printed. It encodes as JSON only inside a Secret; every way of
// formatting it shows a placeholder.
type Confidential []byte

const redacted = "[redacted]"

// String hides the value.
func (Confidential) String() string { return redacted }

// GoString hides the value.
func (Confidential) GoString() string { return redacted }

// Reveal returns the value itself, for the one caller that hands it to Kafka.
func (c Confidential) Reveal() string { return strings.TrimSpace(string(c)) }
