package cluster

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kompositor/kompositor/sync"
)

// What a user asks for by annotation, beside the spec.
const (
	// AnnotationRestart on the KafkaCluster restarts every broker once for each new value, as kubectl rollout restart
	// does; on a broker's Pod, with any value, that broker.
	AnnotationRestart = "kompositor.io/restart"
	// AnnotationRestarted on a Pod is the KafkaCluster's AnnotationRestart when the Pod was drawn. A Pod that was drawn
	// without it was drawn before it was asked for.
	AnnotationRestarted = "kompositor.io/restarted"
	// AnnotationPause on the KafkaCluster, set to "true", holds everything as it is.
	AnnotationPause = "kompositor.io/pause"
)

const pausedWhy = "the cluster is paused (annotation " + AnnotationPause + ")"

// paused says that the user asked us to change nothing.
func (o *Observed) paused() bool { return o.parent.Annotations[AnnotationPause] == "true" }

// requested says how the user asked for a restart of a broker; empty when nobody did.
func (p *plan) requested(b *broker) string {
	pod := b.pod()
	if pod == nil {
		return ""
	}
	was, own := pod.Annotations.Values[AnnotationRestarted], pod.Annotations.Values[AnnotationRestart]
	switch asked := p.o.parent.Annotations[AnnotationRestart]; {
	case asked != "" && asked != was:
		return fmt.Sprintf("the annotation %s=%s asks for it", AnnotationRestart, asked)
	case own != "" && own != b.spec.BrokerAnnotations[AnnotationRestart]: // one that every Pod gets asks for nothing
		return fmt.Sprintf("the annotation %s of its Pod asks for it", AnnotationRestart)
	case p.tainted(b):
		return "its Pod matches taintedBrokersSelector"
	}
	return ""
}

// tainted says that the user marked the broker's Pod for a restart.
func (p *plan) tainted(b *broker) bool {
	if p.o.parent.Spec.TaintedBrokersSelector == nil {
		return false
	}
	selector, err := metav1.LabelSelectorAsSelector(p.o.parent.Spec.TaintedBrokersSelector)
	return err == nil && !selector.Empty() && selector.Matches(labels.Set(b.pod().Labels))
}

// podAnnotations are ours on a Pod that is drawn now.
func (p *plan) podAnnotations(b *broker) map[string]string {
	annotations := map[string]string{AnnotationAsked: p.fingerprints[b.id]}
	if asked := p.o.parent.Annotations[AnnotationRestart]; asked != "" {
		annotations[AnnotationRestarted] = asked
	}
	return annotations
}

// held is a decision that only tells: every child stays as it is observed, and nothing is commanded.
func (o *Observed) held(d sync.Decision) sync.Decision {
	return sync.Decision{
		Children: o.request.Children.Hold(), Status: d.Status, Reasons: []sync.Reason{sync.Paused},
	}
}
