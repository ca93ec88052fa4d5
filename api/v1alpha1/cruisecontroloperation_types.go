package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
)

const (
	// PauseLabel set to "true" on an operation keeps it from being run again.
	PauseLabel = "pause"
	// RetryBackoffSeconds is the pause before a failed task is run again for the first time. It doubles with every retry.
	RetryBackoffSeconds = 30
	// MaxRetryBackoffSeconds is the longest pause.
	MaxRetryBackoffSeconds = 300
	// MaxFailedTasks is how many former tasks a status keeps. It is Koperator's.
	MaxFailedTasks = 50
)

// +kubebuilder:object:root=true
// +kubebuilder:subresource:status

// CruiseControlOperation is one operation of Cruise Control, for example add_broker, until it has succeeded. The
// cluster it belongs to is in the label kafka_cr.
type CruiseControlOperation struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   CruiseControlOperationSpec   `json:"spec,omitzero"`
	Status CruiseControlOperationStatus `json:"status,omitzero"`
}

// +kubebuilder:object:root=true

// CruiseControlOperationList is a list of CruiseControlOperations.
type CruiseControlOperationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []CruiseControlOperation `json:"items"`
}

// CruiseControlOperationSpec is what the user asks for.
type CruiseControlOperationSpec struct {
	// ErrorPolicy says what a failed task means: retry (the default) runs it again after 30 seconds, and after twice as
	// long each time, up to 5 minutes; ignore takes it for done.
	// +kubebuilder:validation:Enum=ignore;retry
	ErrorPolicy ErrorPolicyType `json:"errorPolicy,omitempty"`
	// TTLSecondsAfterFinished deletes a finished operation after that many seconds; when not set, it stays.
	// +kubebuilder:validation:Minimum=0
	TTLSecondsAfterFinished *int `json:"ttlSecondsAfterFinished,omitempty"`
	// Operation is the endpoint of Cruise Control's REST API to call. Koperator knows no such field and takes what stands
	// in status.currentTask; that is taken here too where this is empty.
	// +kubebuilder:validation:Enum=add_broker;remove_broker;remove_disks;rebalance;demote_broker;fix_offline_replicas;topic_configuration;stop_proposal_execution
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="an operation is done once: make another CruiseControlOperation"
	Operation CruiseControlTaskOperation `json:"operation,omitempty"`
	// Parameters of the request, such as brokerid; dryrun is false unless it is set here. A task that runs keeps those
	// that it was started with.
	Parameters map[string]string `json:"parameters,omitempty"`
}

// CruiseControlOperationStatus is what is known about the operation.
type CruiseControlOperationStatus struct {
	// ObservedGeneration is the generation of the spec that this status speaks about.
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Conditions say what is true, and if not, what is awaited and who must act.
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	// CurrentTask is the task that runs or ran last.
	CurrentTask *CruiseControlTask `json:"currentTask,omitempty"`
	// ErrorPolicy that is in force.
	ErrorPolicy ErrorPolicyType `json:"errorPolicy"`
	// RetryCount is how often the task was run again.
	RetryCount int `json:"retryCount"`
	// FailedTasks are the former tasks that failed.
	FailedTasks []CruiseControlTask `json:"failedTasks,omitempty"`
}

// CruiseControlTask is one user task of Cruise Control.
type CruiseControlTask struct {
	// ID is Cruise Control's User-Task-ID.
	ID string `json:"id,omitempty"`
	// Started is when the task was started.
	Started *metav1.Time `json:"started,omitempty"`
	// Finished is when the task ended.
	Finished *metav1.Time `json:"finished,omitempty"`
	// Operation is the endpoint of Cruise Control's REST API.
	// +required
	Operation CruiseControlTaskOperation `json:"operation"`
	// Parameters of the request.
	Parameters map[string]string `json:"parameters,omitempty"`
	// HTTPRequest as it is sent. It is written down before it is sent, so that nobody can have sent one that is not here.
	HTTPRequest string `json:"httpRequest,omitempty"`
	// HTTPResponseCode of the answer.
	HTTPResponseCode *int `json:"httpResponseCode,omitempty"`
	// Summary of the proposal that the task executes.
	Summary map[string]string `json:"summary,omitempty"`
	// State of the task.
	State v1beta1.CruiseControlUserTaskState `json:"state,omitempty"`
	// Progress of the movement between brokers, while it is under way.
	Progress string `json:"progress,omitempty"`
	// ErrorMessage of a task that failed.
	ErrorMessage string `json:"errorMessage,omitempty"`
}

// OnError is the error policy in force: the spec's, or retry.
func (s *CruiseControlOperationSpec) OnError() ErrorPolicyType {
	if s.ErrorPolicy == "" {
		return ErrorPolicyRetry
	}
	return s.ErrorPolicy
}

// Paused reports whether the operation carries the pause label.
func (o *CruiseControlOperation) Paused() bool { return o.Labels[PauseLabel] == "true" }
