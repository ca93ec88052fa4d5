package podphase

import "github.com/kompositor/kompositor/sync"

// AnnotationSuccessor on a broker's ConfigMap is the uid of the Pod that was let go for what the ConfigMap holds now.
const AnnotationSuccessor = "kompositor.io/successor-of"

// Succeeded says that a Pod was let go before and is still shown as it was: its ConfigMap is that of the next Pod.
// Metacontroller may hear of the ConfigMap's change before that of the Pod's deletion, or the deletion may have failed.
// Such a Pod counts as down, and is the first to go again.
func Succeeded(pod *sync.Pod, config *sync.ConfigMap) bool {
	return pod != nil && !pod.Terminating() && pod.UID != "" && config != nil &&
		config.Annotations.Values[AnnotationSuccessor] == pod.UID
}
