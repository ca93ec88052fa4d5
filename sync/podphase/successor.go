package podphase

import (
	"cmp"
	"strings"

	"github.com/kompositor/kompositor/sync"
)

// The annotations by which a broker's ConfigMap announces that its Pod is to go (docs/adr/0031).
const (
	// AnnotationSuccessor is the uid of the Pod that goes for what the ConfigMap holds now.
	AnnotationSuccessor = "kompositor.io/successor-of"
	// AnnotationBecause is why: the reason, and in a clause what asks for it.
	AnnotationBecause = "kompositor.io/successor-because"
)

// Announced says that a Pod's end was announced: its ConfigMap is that of the next Pod. The Pod may be deleted at any
// moment, or be gone already while it is still shown, since Metacontroller hears of each kind of object by itself.
func Announced(pod *sync.Pod, config *sync.ConfigMap) bool {
	return pod != nil && !pod.Terminating() && succeeds(config, pod)
}

// succeeds says that a ConfigMap is that of a Pod's successor.
func succeeds(config *sync.ConfigMap, pod *sync.Pod) bool {
	return pod.UID != "" && config != nil && config.Annotations.Values[AnnotationSuccessor] == pod.UID
}

// Announcement are the annotations of the ConfigMap of a Pod's successor: as they are where the Pod's end was announced
// already.
func Announcement(pod *sync.Pod, config *sync.ConfigMap, reason sync.Reason, because string) map[string]string {
	annotations := map[string]string{AnnotationSuccessor: pod.UID}
	if because != "" {
		annotations[AnnotationBecause] = string(reason) + ": " + because
	}
	if succeeds(config, pod) {
		delete(annotations, AnnotationBecause)
		if was := config.Annotations.Values[AnnotationBecause]; was != "" {
			annotations[AnnotationBecause] = was
		}
	}
	return annotations
}

// Because is why the end of a Pod was announced.
func Because(config *sync.ConfigMap) (reason sync.Reason, because string) {
	text, because, _ := strings.Cut(config.Annotations.Values[AnnotationBecause], ": ")
	switch reason = sync.Reason(text); {
	case because == "":
	case reason == sync.RestartRequested, reason == sync.VolumeEmpty, reason == sync.VolumeResized:
		return reason, because
	case reason == sync.PodStale:
		return reason, because
	}
	return sync.PodStale, "its ConfigMap is that of its next Pod already"
}

// Before orders ConfigMaps by their last change, as their resource versions have it; those without come first. Source:
// KEP-5504: resource versions of one kind are whole numbers that grow.
func Before(a, b *sync.ConfigMap) int {
	return cmp.Or(
		cmp.Compare(len(a.ResourceVersion), len(b.ResourceVersion)), strings.Compare(a.ResourceVersion, b.ResourceVersion),
	)
}
