package v1beta1

// The state strings of Koperator, which its users' scripts and dashboards read.
// They mix an operation and its phase in one word. This file and the functions
// that fill them are the only places that do: everything else keeps operation
// and phase apart.

// ClusterState is the state of the whole cluster.
type ClusterState string

// The states of a cluster.
const (
	ClusterReconciling      ClusterState = "ClusterReconciling"
	ClusterRollingUpgrading ClusterState = "ClusterRollingUpgrading"
	ClusterRunning          ClusterState = "ClusterRunning"
)

// ConfigurationState says whether a broker runs with its present read-only configuration.
type ConfigurationState string

// The states of a broker's read-only configuration.
const (
	ConfigInSync    ConfigurationState = "ConfigInSync"
	ConfigOutOfSync ConfigurationState = "ConfigOutOfSync"
)

// PerBrokerConfigurationState says whether a broker has its present dynamic configuration.
type PerBrokerConfigurationState string

// The states of a broker's dynamic configuration.
const (
	PerBrokerConfigInSync    PerBrokerConfigurationState = "PerBrokerConfigInSync"
	PerBrokerConfigOutOfSync PerBrokerConfigurationState = "PerBrokerConfigOutOfSync"
	PerBrokerConfigError     PerBrokerConfigurationState = "PerBrokerConfigError"
)

// RackAwarenessState is one of the constants or, as in Koperator, the line "broker.rack=<rack>\n" itself.
type RackAwarenessState string

// The states of a broker's rack.
const (
	RackConfigured RackAwarenessState = "Configured"
	RackWaiting    RackAwarenessState = "WaitingForRackAwareness"
)

// CruiseControlTopicStatus says whether the topic of Cruise Control's metrics is there.
type CruiseControlTopicStatus string

// The states of the topic of Cruise Control's metrics.
const (
	CruiseControlTopicNotReady CruiseControlTopicStatus = "CruiseControlTopicNotReady"
	CruiseControlTopicReady    CruiseControlTopicStatus = "CruiseControlTopicReady"
)

// CruiseControlUserTaskState is the state of a task as Cruise Control's USER_TASKS endpoint spells it.
type CruiseControlUserTaskState string

// The states of a Cruise Control user task.
const (
	CruiseControlTaskActive             CruiseControlUserTaskState = "Active"
	CruiseControlTaskInExecution        CruiseControlUserTaskState = "InExecution"
	CruiseControlTaskCompleted          CruiseControlUserTaskState = "Completed"
	CruiseControlTaskCompletedWithError CruiseControlUserTaskState = "CompletedWithError"
)

// CruiseControlState is the state of adding or removing a broker.
type CruiseControlState string

// The states of adding a broker.
const (
	GracefulUpscaleRequired           CruiseControlState = "GracefulUpscaleRequired"
	GracefulUpscaleScheduled          CruiseControlState = "GracefulUpscaleScheduled"
	GracefulUpscaleRunning            CruiseControlState = "GracefulUpscaleRunning"
	GracefulUpscaleSucceeded          CruiseControlState = "GracefulUpscaleSucceeded"
	GracefulUpscaleCompletedWithError CruiseControlState = "GracefulUpscaleCompletedWithError"
	GracefulUpscalePaused             CruiseControlState = "GracefulUpscalePaused"
)

// The states of removing a broker.
const (
	GracefulDownscaleRequired           CruiseControlState = "GracefulDownscaleRequired"
	GracefulDownscaleScheduled          CruiseControlState = "GracefulDownscaleScheduled"
	GracefulDownscaleRunning            CruiseControlState = "GracefulDownscaleRunning"
	GracefulDownscaleSucceeded          CruiseControlState = "GracefulDownscaleSucceeded"
	GracefulDownscaleCompletedWithError CruiseControlState = "GracefulDownscaleCompletedWithError"
	GracefulDownscalePaused             CruiseControlState = "GracefulDownscalePaused"
)

// CruiseControlVolumeState is the state of filling or emptying a disk.
type CruiseControlVolumeState string

// The states of emptying a disk.
const (
	GracefulDiskRemovalRequired           CruiseControlVolumeState = "GracefulDiskRemovalRequired"
	GracefulDiskRemovalScheduled          CruiseControlVolumeState = "GracefulDiskRemovalScheduled"
	GracefulDiskRemovalRunning            CruiseControlVolumeState = "GracefulDiskRemovalRunning"
	GracefulDiskRemovalSucceeded          CruiseControlVolumeState = "GracefulDiskRemovalSucceeded"
	GracefulDiskRemovalCompletedWithError CruiseControlVolumeState = "GracefulDiskRemovalCompletedWithError"
	GracefulDiskRemovalPaused             CruiseControlVolumeState = "GracefulDiskRemovalPaused"
)

// The states of filling a disk.
const (
	GracefulDiskRebalanceRequired           CruiseControlVolumeState = "GracefulDiskRebalanceRequired"
	GracefulDiskRebalanceScheduled          CruiseControlVolumeState = "GracefulDiskRebalanceScheduled"
	GracefulDiskRebalanceRunning            CruiseControlVolumeState = "GracefulDiskRebalanceRunning"
	GracefulDiskRebalanceSucceeded          CruiseControlVolumeState = "GracefulDiskRebalanceSucceeded"
	GracefulDiskRebalanceCompletedWithError CruiseControlVolumeState = "GracefulDiskRebalanceCompletedWithError"
	GracefulDiskRebalancePaused             CruiseControlVolumeState = "GracefulDiskRebalancePaused"
)
