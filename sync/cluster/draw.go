package cluster

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/connection"
	"github.com/kompositor/kompositor/sync/takeover"
	"github.com/kompositor/kompositor/sync/voters"
)

// draw lists every child that is to exist.
func (p *plan) draw() {
	p.add(p.o.strangers...)
	p.drawShared()
	for _, b := range p.o.brokers {
		if !p.gone[b.id] {
			p.drawBroker(b)
		} else if len(b.claims) > 0 && b.config != nil {
			p.add(b.config.Frozen()) // what a broker was drawn from goes after its disks
		}
	}
	p.drawCruiseControl()
	p.drawOperations()
	p.add(takeover.Ingress(&p.o.request.Children)...)
	p.drawLeftovers()
	p.add(p.o.request.Children.HoldUnknown()...)
}

// drawBroker lists a broker's claims, ConfigMap, Services and Pod. A Pod is made only once what it needs is observed,
// and one that is there is listed until it is let go.
func (p *plan) drawBroker(b *broker) {
	if b.spec == nil {
		p.keepUnremembered(b)
		return
	}
	drawn := p.drawn[b.id]
	p.drawnClaims(b)
	configured := p.drawConfig(b)
	p.drawServices(b)
	for _, pod := range b.pods {
		if !p.letGo[b.id] {
			p.add(pod.Kept())
		}
	}
	wanted := b.pod() == nil && !p.empty[b.id] && b.doubt == ""
	if wanted && configured && p.claims[b.id].Made(b.claims) && p.comesBefore(b) == "" {
		p.add(children.Pod(p.cluster, drawn, p.podAnnotations(b)))
	}
}

// drawShared lists what the cluster has once.
func (p *plan) drawShared() {
	p.drawExporter()
	p.add(children.PodDisruptionBudgets(p.cluster)...)
	p.drawAdminSecret()
	if !p.o.parent.Spec.HeadlessServiceEnabled {
		p.add(children.AllBrokerService(p.cluster))
		return
	}
	p.add(children.HeadlessService(p.cluster))
	if p.o.parent.Spec.KRaft {
		p.add(children.ControllerHeadlessService(p.cluster))
	}
}

// drawAdminSecret lists the copy of the administrator's credentials that topics, users and operations reach the cluster
// and its Cruise Control with. While the user's own Secret is away, the last copy stays (drawLeftovers).
func (p *plan) drawAdminSecret() {
	secret := p.o.adminSecret()
	if secret != nil && (connection.Needs(&p.o.parent) || connection.OpensCruiseControl(secret)) {
		p.add(children.AdminSecret(p.cluster, connection.Credentials(secret)))
	}
}

// drawServices lists the Services that a broker has for itself.
func (p *plan) drawServices(b *broker) {
	drawn := p.drawn[b.id]
	if !p.o.parent.Spec.HeadlessServiceEnabled {
		p.add(children.BrokerService(p.cluster, drawn))
	}
	listeners := p.o.parent.Spec.ListenersConfig.ExternalListeners
	for i := range listeners {
		if listeners[i].Access() == corev1.ServiceTypeNodePort && drawn.IsBroker() {
			p.add(p.nodePort(b, children.NodePortService(p.cluster, drawn, &listeners[i])))
		}
	}
}

// keepUnremembered lists what is left of a broker of which nothing is known but that it was there.
func (p *plan) keepUnremembered(b *broker) {
	for _, pod := range b.pods {
		if !p.letGo[b.id] {
			p.add(pod.Kept())
		}
	}
	for _, claim := range b.claims {
		p.add(claim.Frozen())
	}
	if b.config != nil {
		p.add(b.config.Frozen())
	}
}

// drawLeftovers keeps the observed Services and Secrets that are not drawn any more for as long as a broker may still
// be found by them: until every Pod is what the CR asks for, and ready.
func (p *plan) drawLeftovers() {
	listed := make(map[string]struct{}, len(p.children))
	for i := range p.children {
		listed[p.children[i].Key()] = struct{}{}
	}
	unlisted := func(child sync.Child) {
		if _, ok := listed[child.Key()]; !ok {
			p.add(child)
		}
	}
	for i := range p.o.request.Children.Secrets {
		secret := &p.o.request.Children.Secrets[i]
		if secret.Name == children.AdminSecretName(p.o.parent.Name) && !connection.Needs(&p.o.parent) {
			continue // credentials that nobody needs any more
		}
		unlisted(secret.Frozen())
	}
	if p.settled() {
		return
	}
	for i := range p.o.request.Children.Services {
		unlisted(p.o.request.Children.Services[i].Frozen())
	}
}

// settled says that every broker is ready and nothing is due.
func (p *plan) settled() bool {
	labelled := p.o.doubted()+p.o.unlabelled() == ""
	return labelled && len(p.due) == 0 && !p.o.leaves() && len(p.notReady()) == 0 && p.voters == (voters.Step{})
}
