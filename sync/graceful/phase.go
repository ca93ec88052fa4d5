package graceful

import "github.com/kompositor/kompositor/api/v1beta1"

// Phase is how far an operation is. The words are those with which Koperator's states end.
type Phase string

// The phases.
const (
	// Required: an operation is needed, and none is there.
	Required Phase = "Required"
	// Scheduled: an operation is there, and its task has not been started.
	Scheduled Phase = "Scheduled"
	// Running: its task is computed or executed.
	Running Phase = "Running"
	// Paused: its task has failed, and is not run again for as long as the user says so.
	Paused Phase = "Paused"
	// CompletedWithError: its task has failed.
	CompletedWithError Phase = "CompletedWithError"
	// Succeeded: its task is completed.
	Succeeded Phase = "Succeeded"
)

// Upscale is Koperator's word for a broker that is added.
func (p Phase) Upscale() v1beta1.CruiseControlState {
	return v1beta1.CruiseControlState("GracefulUpscale" + p)
}

// Downscale is Koperator's word for a broker that is removed.
func (p Phase) Downscale() v1beta1.CruiseControlState {
	return v1beta1.CruiseControlState("GracefulDownscale" + p)
}

// DiskRebalance is Koperator's word for a disk that is filled.
func (p Phase) DiskRebalance() v1beta1.CruiseControlVolumeState {
	return v1beta1.CruiseControlVolumeState("GracefulDiskRebalance" + p)
}

// DiskRemoval is Koperator's word for a disk that is emptied.
func (p Phase) DiskRemoval() v1beta1.CruiseControlVolumeState {
	return v1beta1.CruiseControlVolumeState("GracefulDiskRemoval" + p)
}
