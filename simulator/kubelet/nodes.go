package kubelet

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// Workload is what runs in the containers of Pods.
type Workload interface {
	// Start runs a Pod's containers on what is mounted there. An error ends them at once, with that message.
	Start(run Run) error
	// Check says whether a started Pod is ready, or why its containers have ended.
	Check(pod string) (ready bool, ended error)
	// Stop is SIGTERM; it says whether the containers have ended. It is called again until they have.
	Stop(pod string) bool
	// Kill is SIGKILL, or the end of the node.
	Kill(pod string)
}

// Run is a Pod as its containers see it.
type Run struct {
	// Pod must not be changed.
	Pod apiserver.Object
	// Files are the mounted ConfigMaps and Secrets: by mount path, then by file name.
	Files map[string]map[string]string
	// Claims are the uids of the mounted claims, by mount path.
	Claims map[string]string
}

// Options of Nodes.
type Options struct {
	Server   *apiserver.Server
	Workload Workload
	Now      func() time.Time
	// AnyNode lets every Pod run on every node that is up: the labels of the nodes are not known.
	AnyNode bool
	// Hang is for how long a Pod stays there whose processes have ended in their time; nil for not at all.
	Hang func() time.Duration
	// Growth is how much longer than usual the next volume takes to grow; nil for not at all.
	Growth func() time.Duration
}

// Nodes are the nodes of a cluster and everything that acts there.
type Nodes struct {
	Options
	pods    map[string]*podState
	shown   map[string]shown
	down    map[string]time.Time // node -> since when its kubelet is silent
	volumes map[string]*volume
	zones   map[string]string // of every node that there ever was
	// deployments by uid.
	deployments map[string]*deployment
	balance     map[string]time.Time // uid of a Service -> since when it waits for its load balancer
	address     int
}

// New returns the nodes that the server holds as objects; there may be none yet.
func New(options Options) *Nodes {
	return &Nodes{
		Options: options, pods: map[string]*podState{}, shown: map[string]shown{}, down: map[string]time.Time{},
		zones: map[string]string{}, volumes: map[string]*volume{}, deployments: map[string]*deployment{},
		balance: map[string]time.Time{},
	}
}

const (
	nodeKind  = "Node.v1"
	podKind   = "Pod.v1"
	claimKind = "PersistentVolumeClaim.v1"

	hostnameLabel = "kubernetes.io/hostname"
	zoneLabel     = "topology.kubernetes.io/zone"
	regionLabel   = "topology.kubernetes.io/region"
)

// Add makes a node, in a zone.
func (n *Nodes) Add(name, zone string) {
	n.zones[name] = zone
	_, err := n.Server.As("node").Create(apiserver.Object{
		"apiVersion": "v1", "kind": "Node",
		"metadata": apiserver.Object{
			"name": name,
			"labels": apiserver.Object{
				hostnameLabel: name, zoneLabel: zone, regionLabel: "region",
				"failure-domain.beta.kubernetes.io/zone": zone, "failure-domain.beta.kubernetes.io/region": "region",
			},
		},
	})
	if err != nil {
		panic(fmt.Sprintf("add node: %v", err)) // a name of the world's own making
	}
	n.address++
	n.nodeStatus(name, "True", "KubeletReady")
}

// Down silences a node's kubelet and everything that runs there.
func (n *Nodes) Down(name string) {
	if _, already := n.down[name]; already {
		return
	}
	n.down[name] = n.Now()
	for _, pod := range n.Server.List(podKind) {
		if uid := apiserver.UID(pod); apiserver.String(pod, "spec", "nodeName") == name && n.pods[uid] != nil {
			n.Workload.Kill(uid)
			n.pods[uid].lost = true
		}
	}
}

// ZoneDown silences every node of a zone.
func (n *Nodes) ZoneDown(zone string) {
	for _, node := range n.Server.List(nodeKind) {
		if apiserver.Label(node, zoneLabel) == zone {
			n.Down(apiserver.Name(node))
		}
	}
}

// Up brings a node back. Its Pods start again.
func (n *Nodes) Up(name string) {
	delete(n.down, name)
	n.nodeStatus(name, "True", "KubeletReady")
}

// Remove deletes the node itself: its Pods are deleted by force soon after.
func (n *Nodes) Remove(name string) error {
	n.Down(name)
	return n.Server.As("user").Delete(apiserver.Key{Kind: nodeKind, Name: name}, apiserver.DeleteOptions{})
}

// Step is one second of the nodes' life.
func (n *Nodes) Step() {
	n.lifecycle()
	n.bind()
	n.schedule()
	n.balanceLoad()
	n.deploy()
	for _, pod := range n.Server.List(podKind) {
		n.run(pod)
	}
	n.forget()
}

// nodeStatus writes a node's Ready condition and address.
func (n *Nodes) nodeStatus(name, ready, reason string) {
	node, ok := n.Server.Get(apiserver.Key{Kind: nodeKind, Name: name})
	if !ok {
		return
	}
	addresses, _ := apiserver.Map(node, "status")["addresses"].([]any)
	if len(addresses) == 0 {
		addresses = []any{
			apiserver.Object{"type": "InternalIP", "address": fmt.Sprintf("192.168.0.%d", n.address)},
			apiserver.Object{"type": "Hostname", "address": name},
		}
	}
	n.writeStatus("node lifecycle", node, apiserver.Object{
		"addresses": addresses,
		"conditions": []any{apiserver.Object{
			"type": "Ready", "status": ready, "reason": reason, "lastTransitionTime": n.Now().UTC().Format(time.RFC3339),
		}},
	})
}

// writeStatus replaces an object's status.
func (n *Nodes) writeStatus(actor string, o, status apiserver.Object) {
	updated := apiserver.Object{
		"apiVersion": o["apiVersion"], "kind": o["kind"], "status": status, "metadata": o["metadata"],
	}
	_, err := n.Server.As(actor).UpdateStatus(updated)
	if err != nil && !apiserver.IsNotFound(err) && !apiserver.IsConflict(err) {
		panic(fmt.Sprintf("status of %s: %v", apiserver.KeyOf(o), err)) // the world writes its own objects wrongly
	}
}

const (
	// heartbeatGrace is how long a silent node counts as ready: --node-monitor-grace-period of kube-controller-manager.
	heartbeatGrace = 50 * time.Second
	// evictAfter is the default toleration of an unreachable node.
	evictAfter = 300 * time.Second
)

// lifecycle notices silent and deleted nodes, and takes their Pods away.
func (n *Nodes) lifecycle() {
	for _, node := range n.Server.List(nodeKind) {
		name := apiserver.Name(node)
		since, down := n.down[name]
		if down && n.Now().Sub(since) == heartbeatGrace {
			n.nodeStatus(name, "Unknown", "NodeStatusUnknown")
		}
	}
	for _, pod := range n.Server.List(podKind) {
		name := apiserver.String(pod, "spec", "nodeName")
		if name == "" {
			continue
		}
		key := apiserver.KeyOf(pod)
		if _, exists := n.Server.Get(apiserver.Key{Kind: nodeKind, Name: name}); !exists {
			_ = n.Server.As("pod garbage collector").Delete(key, apiserver.DeleteOptions{Now: true}) // found just now
			continue
		}
		since, down := n.down[name]
		if !down || n.Now().Sub(since) < heartbeatGrace {
			continue
		}
		if podReady(pod) {
			n.unready(pod)
		}
		if n.Now().Sub(since) >= heartbeatGrace+evictAfter && !apiserver.Terminating(pod) {
			_ = n.Server.As("taint manager").Delete(key, apiserver.DeleteOptions{}) // found just now
		}
	}
}

// unready is what node lifecycle does to the Pods of a node that is silent.
func (n *Nodes) unready(pod apiserver.Object) {
	status := apiserver.Copy(apiserver.Map(pod, "status"))
	for _, condition := range apiserver.List(status, "conditions") {
		if apiserver.String(condition, "type") == "Ready" {
			condition["status"], condition["reason"] = "False", "NodeNotReady"
			condition["lastTransitionTime"] = n.Now().UTC().Format(time.RFC3339)
		}
	}
	n.writeStatus("node lifecycle", pod, status)
}

// podReady says that a Pod's Ready condition is true.
func podReady(pod apiserver.Object) bool {
	for _, condition := range apiserver.List(pod, "status", "conditions") {
		if apiserver.String(condition, "type") == "Ready" {
			return apiserver.String(condition, "status") == "True"
		}
	}
	return false
}

// loadBalancerDelay is how long a cloud needs for a load balancer.
const loadBalancerDelay = 5 * time.Second

// balanceLoad gives Services of type LoadBalancer their addresses.
func (n *Nodes) balanceLoad() {
	for _, service := range n.Server.List("Service.v1") {
		uid := apiserver.UID(service)
		if apiserver.String(service, "spec", "type") != "LoadBalancer" ||
			len(apiserver.List(service, "status", "loadBalancer", "ingress")) > 0 {
			continue
		}
		since, waiting := n.balance[uid]
		if !waiting {
			n.balance[uid] = n.Now()
			continue
		}
		if n.Now().Sub(since) >= loadBalancerDelay {
			n.address++
			n.writeStatus("cloud", service, apiserver.Object{"loadBalancer": apiserver.Object{
				"ingress": []any{apiserver.Object{"ip": fmt.Sprintf("203.0.113.%d", n.address), "ipMode": "VIP"}},
			}})
		}
	}
}

// Mend brings every node back that there ever was. Their Pods start again.
func (n *Nodes) Mend() {
	for _, name := range slices.Sorted(maps.Keys(n.zones)) {
		if _, exists := n.Server.Get(apiserver.Key{Kind: nodeKind, Name: name}); !exists {
			n.Add(name, n.zones[name])
		}
		if _, down := n.down[name]; down {
			n.Up(name)
		}
	}
}
