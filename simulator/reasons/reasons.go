package reasons

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/identity"
)

// Reasons are those of the brokers of a world.
type Reasons struct {
	server *apiserver.Server
	// pods are those that were made, by their uid, and asked is what every parent asks as the service was told it last.
	pods  map[string]*pod
	asked map[string]*asked
}

// pod is a broker's Pod.
type pod struct {
	parent, broker string // the parent's uid, and the broker's id
	// asks is what was asked of the broker when the Pod was made, and voters are the controllers that there were.
	asks   string
	voters []string
	// claims are the uids of the claims that the Pod mounts, by their names.
	claims map[string]string
	// otherwise says that something else was asked of the broker since, and announced that there was a reason to let the
	// Pod go when its end was announced.
	otherwise, announced bool
}

// New knows of no Pod yet.
func New(server *apiserver.Server) *Reasons {
	return &Reasons{server: server, pods: map[string]*pod{}, asked: map[string]*asked{}}
}

// Told notes what the service is told of a KafkaCluster.
func (r *Reasons) Told(parent apiserver.Object) {
	uid := apiserver.UID(parent)
	last := r.asked[uid]
	if last != nil && last.is(parent) {
		return
	}
	now := newAsked(parent)
	r.asked[uid] = now
	if last == nil {
		return
	}
	for _, p := range r.pods {
		if p.parent == uid && !p.otherwise {
			p.otherwise = now.of(p.broker) != p.asks || p.votersChanged(now)
		}
	}
}

// Made notes that a broker's Pod was made for what the service was told last of its parent.
func (r *Reasons) Made(parent, made apiserver.Object) {
	now, broker := r.asked[apiserver.UID(parent)], identity.Broker(made)
	if now == nil {
		return
	}
	p := &pod{
		parent: apiserver.UID(parent), broker: broker, asks: now.of(broker), voters: now.voters(),
		claims: map[string]string{},
	}
	for _, name := range mounted(made) {
		claim, _ := r.server.Get(claimKey(made, name))
		p.claims[name] = apiserver.UID(claim)
	}
	r.pods[apiserver.UID(made)] = p
}

// Announced notes that a ConfigMap announces the end of a Pod (docs/adr/0031). An announcement is not taken back: a
// reason that there is now counts until the Pod is gone.
func (r *Reasons) Announced(parent, config apiserver.Object) {
	uid := apiserver.String(config, "metadata", "annotations", "kompositor.io/successor-of")
	p := r.pods[uid]
	if p == nil || p.announced {
		return
	}
	for _, live := range r.server.List("Pod.v1") {
		if apiserver.UID(live) == uid {
			reason, _ := r.Of(parent, live)
			p.announced = reason != ""
		}
	}
}

// Of is a reason to let a Pod go; empty when there is none. It is not known of a Pod that was there before the world,
// nor of a broker with external listeners: what it advertises hangs on addresses that others give.
func (r *Reasons) Of(parent, live apiserver.Object) (reason string, known bool) {
	p, now := r.pods[apiserver.UID(live)], r.asked[apiserver.UID(parent)]
	if p == nil || now == nil || len(apiserver.List(parent, "spec", "listenersConfig", "externalListeners")) > 0 {
		return "", false
	}
	switch phase := apiserver.String(live, "status", "phase"); {
	case p.announced:
		return "there was a reason when its end was announced", true
	case p.otherwise:
		return "its user has asked for something else", true
	case phase == "Failed" || phase == "Succeeded":
		return "the Pod has ended", true
	case apiserver.String(live, "metadata", "annotations", restartNote) != "":
		return "its user has annotated the Pod", true
	case apiserver.Map(parent, "spec", "taintedBrokersSelector") != nil:
		return "its user may have tainted the Pod", true
	case now.otherImage(live, p.broker):
		return "the Pod has another image than its user asks for", true
	}
	return r.ofDisks(now, p, live), true
}

// votersChanged says that a controller has left that there was when the Pod was made, or that so many have come that
// they are a majority without those. With a static quorum, every node lists them all, and one that was added counts
// too.
func (p *pod) votersChanged(now *asked) bool {
	voters := now.voters()
	if !now.dynamic() {
		return !slices.Equal(voters, p.voters)
	}
	const half = 2
	return half*len(p.voters) < len(voters) ||
		slices.ContainsFunc(p.voters, func(id string) bool { return !slices.Contains(voters, id) })
}

// ofDisks is a reason that has come with the disks of a broker.
func (r *Reasons) ofDisks(now *asked, p *pod, live apiserver.Object) string {
	listed := now.paths(p.broker)
	for name, uid := range p.claims {
		claim, exists := r.server.Get(claimKey(live, name))
		switch path := mountPath(claim); {
		case !exists || apiserver.UID(claim) != uid || apiserver.Terminating(claim):
			return fmt.Sprintf("its claim %s is gone", name)
		case !slices.Contains(listed, path):
			return fmt.Sprintf("its user lists %s no more", path)
		case pending(claim):
			return fmt.Sprintf("its claim %s waits for its Pod to start", name)
		}
	}
	for _, claim := range r.server.List(claimKind) {
		_, has := p.claims[apiserver.Name(claim)]
		same := identity.Broker(claim) == p.broker && identity.Cluster(claim) == identity.Cluster(live)
		if same && !has && slices.Contains(listed, mountPath(claim)) {
			return fmt.Sprintf("the Pod has no claim for %s", mountPath(claim))
		}
	}
	return ""
}

const (
	claimKind   = "PersistentVolumeClaim.v1"
	restartNote = "kompositor.io/restart"
)

// claimKey is that of a claim that a Pod mounts.
func claimKey(of apiserver.Object, name string) apiserver.Key {
	return apiserver.Key{Kind: claimKind, Namespace: apiserver.Namespace(of), Name: name}
}

// mounted are the names of the claims that a Pod mounts.
func mounted(pod apiserver.Object) []string {
	var names []string
	for _, volume := range apiserver.List(pod, "spec", "volumes") {
		if name := apiserver.String(volume, "persistentVolumeClaim", "claimName"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// mountPath is where a claim is mounted.
func mountPath(claim apiserver.Object) string {
	return apiserver.String(claim, "metadata", "annotations", "mountPath")
}

// pending says that a claim's file system grows when a Pod mounts it again.
func pending(claim apiserver.Object) bool {
	return slices.ContainsFunc(apiserver.List(claim, "status", "conditions"), func(condition apiserver.Object) bool {
		return apiserver.String(condition, "type") == "FileSystemResizePending"
	})
}
