package restartrequest

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kompositor/kompositor/sync"
)

const (
	// Annotation on the KafkaCluster restarts every broker once for each new value, as kubectl rollout restart does; on a
	// broker's Pod, with any value, that broker.
	Annotation = "kompositor.io/restart"
	// AnnotationDone on a Pod is the KafkaCluster's Annotation when the Pod was drawn. A Pod that was drawn without it was
	// drawn before it was asked for.
	AnnotationDone = "kompositor.io/restarted"
)

// Of says how the user asked for a restart of a broker; empty when nobody did. Asked is the KafkaCluster's Annotation,
// everyPods the one that the spec gives to all Pods of the broker.
func Of(pod *sync.Pod, asked, everyPods string, tainted *metav1.LabelSelector) string {
	if pod == nil {
		return ""
	}
	was, own := pod.Annotations.Values[AnnotationDone], pod.Annotations.Values[Annotation]
	switch {
	case asked != "" && asked != was:
		return fmt.Sprintf("the annotation %s=%s asks for it", Annotation, asked)
	case own != "" && own != everyPods: // one that every Pod gets asks for nothing
		return fmt.Sprintf("the annotation %s of its Pod asks for it", Annotation)
	case matches(tainted, pod):
		return "its Pod matches taintedBrokersSelector"
	}
	return ""
}

// matches says that the user marked the broker's Pod for a restart.
func matches(tainted *metav1.LabelSelector, pod *sync.Pod) bool {
	if tainted == nil {
		return false
	}
	selector, err := metav1.LabelSelectorAsSelector(tainted)
	return err == nil && !selector.Empty() && selector.Matches(labels.Set(pod.Labels))
}
