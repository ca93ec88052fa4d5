package cluster

import (
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/drawing"
	"github.com/kompositor/kompositor/sync/restartrequest"
	"github.com/kompositor/kompositor/sync/takeover"
)

const (
	// AnnotationPause on the KafkaCluster, set to "true", holds everything as it is.
	AnnotationPause = "kompositor.io/pause"
	pausedWhy       = "the cluster is paused (annotation " + AnnotationPause + ")"
)

// paused says that the user asked us to change nothing.
func (o *Observed) paused() bool { return o.parent.Annotations[AnnotationPause] == "true" }

// requested says how the user asked for a restart of a broker; empty when nobody did.
func (p *plan) requested(b *broker) string {
	const annotation = restartrequest.Annotation
	return restartrequest.Of(b.pod(), p.o.parent.Annotations[annotation], b.spec.BrokerAnnotations[annotation],
		p.o.parent.Spec.TaintedBrokersSelector)
}

// podAnnotations are ours on a Pod that is drawn now.
func (p *plan) podAnnotations(b *broker) map[string]string {
	asks := p.fingerprints[b.id]
	annotations := map[string]string{
		takeover.AnnotationAsked: asks, drawing.Annotation: p.drawings.Of(p.cluster, p.drawn[b.id], asks),
	}
	if asked := p.o.parent.Annotations[restartrequest.Annotation]; asked != "" {
		annotations[restartrequest.AnnotationDone] = asked
	}
	return annotations
}

// held is a decision that only tells: every child stays as it is observed, and nothing is commanded.
func (o *Observed) held(d sync.Decision) sync.Decision {
	return sync.Decision{
		Children: o.request.Children.Hold(), Status: d.Status, Reasons: []sync.Reason{sync.Paused},
	}
}
