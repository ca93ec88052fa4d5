package belongs

import (
	"fmt"
	"path"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// Things is what is observed of one broker.
type Things struct {
	Pods   []*sync.Pod
	Claims []*sync.PersistentVolumeClaim
	Config *sync.ConfigMap
	// Unlabelled says in a clause which Pod of the broker lacks a label that Services look for; empty when none does.
	// Metacontroller mends the labels of a claim and leaves a Pod alone.
	Unlabelled string
}

// Gathered is whose the observed objects are.
type Gathered struct {
	// Brokers are those that something is observed of.
	Brokers map[int32]*Things
	// Doubts says in a clause which object may be a broker's or another one's, by the id of either. Neither Pod nor claim
	// of such a broker may be made or let go: a second process, or an empty disk, could be what comes of it.
	Doubts map[int32]string
	// Pods and Claims are nobody's. They are in the order of the observed ones.
	Pods   []*sync.Pod
	Claims []*sync.PersistentVolumeClaim
}

// Gather hands every Pod, claim and ConfigMap to its broker.
func Gather(cluster string, observed *sync.Children) *Gathered {
	g := &Gathered{Brokers: make(map[int32]*Things), Doubts: make(map[int32]string)}
	for i := range observed.Pods {
		pod := &observed.Pods[i]
		owner := OfPod(cluster, &pod.Meta)
		if !owner.Known {
			g.Pods = append(g.Pods, pod)
			continue
		}
		things := g.of(owner)
		things.Pods = append(things.Pods, pod)
		if owner.Unlabelled != "" && !pod.Terminating() {
			things.Unlabelled = owner.Unlabelled
		}
	}
	for i := range observed.PersistentVolumeClaims {
		claim := &observed.PersistentVolumeClaims[i]
		owner := OfClaim(cluster, &claim.Meta)
		if !owner.Known {
			g.Claims = append(g.Claims, claim)
			continue
		}
		things := g.of(owner)
		things.Claims = append(things.Claims, claim)
	}
	g.doubtTwins()
	for i := range observed.ConfigMaps {
		if id, known := OfConfigMap(cluster, &observed.ConfigMaps[i].Meta); known {
			g.of(Owner{ID: id}).Config = &observed.ConfigMaps[i]
		}
	}
	return g
}

// of is what is observed of an object's broker.
func (g *Gathered) of(owner Owner) *Things {
	if owner.Doubt != "" {
		g.Doubts[owner.ID], g.Doubts[owner.Rival] = owner.Doubt, owner.Doubt
	}
	if g.Brokers[owner.ID] == nil {
		g.Brokers[owner.ID] = new(Things)
	}
	return g.Brokers[owner.ID]
}

// doubtTwins doubts a broker with two claims for one log directory: which of them has its data, nobody can tell.
func (g *Gathered) doubtTwins() {
	for id, things := range g.Brokers {
		for i, claim := range things.Claims {
			for _, other := range things.Claims[:i] {
				if at := logDir(claim); at != "" && at == logDir(other) && g.Doubts[id] == "" {
					g.Doubts[id] = fmt.Sprintf("claims %s and %s are both for %s of broker %d: delete the one without its data",
						other.Name, claim.Name, at, id)
				}
			}
		}
	}
}

// logDir is where a claim is mounted; empty when it does not say, or goes away.
func logDir(claim *sync.PersistentVolumeClaim) string {
	at := claim.Annotations.Values[children.MountPathAnnotation]
	if at == "" || claim.Terminating() {
		return ""
	}
	return path.Clean(at)
}
