package v1beta1

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// StorageSchema is read by controller-gen only. It describes pvcSpec for the CRD in place of Kubernetes' own type:
// shorter, and with a bound on the length of a quantity, without which the API server refuses a rule that compares
// two of them. encoding/json ignores it, because the field of the same name in StorageConfig is less deep.
// +kubebuilder:object:generate=false
type StorageSchema struct {
	// PVCSpec asks for a PersistentVolumeClaim. It wins when emptyDir is set too.
	PVCSpec *ClaimSchema `json:"pvcSpec,omitempty"`
}

// DeepCopyInto copies nothing, because nothing is ever in here.
func (*StorageSchema) DeepCopyInto(*StorageSchema) {}

// ClaimSchema has the fields of corev1.PersistentVolumeClaimSpec; a test compares them.
// +kubebuilder:object:generate=false
type ClaimSchema struct {
	// AccessModes of the volume; ReadWriteOnce suits Kafka.
	AccessModes []corev1.PersistentVolumeAccessMode `json:"accessModes,omitempty"`
	// Selector picks existing volumes by label.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	Selector *metav1.LabelSelector `json:"selector,omitempty"`
	// Resources are the minimum resources of the volume. A volume can grow, it cannot shrink.
	Resources ClaimResourcesSchema `json:"resources,omitzero"`
	// VolumeName binds to one existing volume.
	VolumeName string `json:"volumeName,omitempty"`
	// StorageClassName of the volume; default is the Kubernetes cluster's default class.
	StorageClassName *string `json:"storageClassName,omitempty"`
	// VolumeMode is Filesystem (the default) or Block.
	VolumeMode *corev1.PersistentVolumeMode `json:"volumeMode,omitempty"`
	// DataSource fills the volume from a snapshot or another claim.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	DataSource *corev1.TypedLocalObjectReference `json:"dataSource,omitempty"`
	// DataSourceRef fills the volume from any object that a populator knows.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	DataSourceRef *corev1.TypedObjectReference `json:"dataSourceRef,omitempty"`
	// VolumeAttributesClassName of the volume.
	VolumeAttributesClassName *string `json:"volumeAttributesClassName,omitempty"`
}

// ClaimResourcesSchema has the fields of corev1.VolumeResourceRequirements.
// +kubebuilder:object:generate=false
type ClaimResourcesSchema struct {
	// Limits of the volume.
	// +kubebuilder:validation:MaxProperties=16
	Limits map[corev1.ResourceName]QuantitySchema `json:"limits,omitempty"`
	// Requests of the volume; storage is its size, for example 100Gi.
	// +kubebuilder:validation:MaxProperties=16
	Requests map[corev1.ResourceName]QuantitySchema `json:"requests,omitempty"`
}

// QuantitySchema is a quantity of bounded length.
// +kubebuilder:validation:XIntOrString
// +kubebuilder:validation:MaxLength=40
// +kubebuilder:object:generate=false
type QuantitySchema resource.Quantity
