package kubelet

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// volume is what stands behind a claim.
type volume struct {
	node    string // where a local volume lives; "" for one that can be attached anywhere
	growing time.Time
	// pending: it has grown, and its file system grows when a Pod mounts it.
	pending bool
}

// Offline is the provisioner of volumes whose file system grows only when a Pod mounts them.
const Offline = "simulator/offline"

// Local is the provisioner of volumes that stay on the node where they were first used.
const Local = "simulator/local"

// AddClass makes a storage class. The first one is the default class.
func (n *Nodes) AddClass(name, provisioner string, waits, expands bool) {
	mode := "Immediate"
	if waits {
		mode = "WaitForFirstConsumer"
	}
	annotations := apiserver.Object{}
	if len(n.Server.List("StorageClass.storage.k8s.io/v1")) == 0 {
		annotations["storageclass.kubernetes.io/is-default-class"] = "true"
	}
	_, err := n.Server.As("user").Create(apiserver.Object{
		"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
		"metadata":    apiserver.Object{"name": name, "annotations": annotations},
		"provisioner": provisioner, "volumeBindingMode": mode, "allowVolumeExpansion": expands,
	})
	if err != nil {
		panic(fmt.Sprintf("add storage class: %v", err)) // a name of the world's own making
	}
}

// waits says that a claim's class binds it only when a Pod uses it.
func (n *Nodes) waits(claim apiserver.Object) bool {
	class, ok := n.Server.ClassOf(claim)
	return ok && apiserver.String(class, "volumeBindingMode") == "WaitForFirstConsumer"
}

func bound(claim apiserver.Object) bool { return apiserver.String(claim, "status", "phase") == "Bound" }

// bindable says that a claim does not keep its Pod from being scheduled.
func (n *Nodes) bindable(claim apiserver.Object) bool { return bound(claim) || n.waits(claim) }

// pinned returns the node that a claim's volume can not leave, or "".
func (n *Nodes) pinned(namespace, name string) string {
	claim, ok := n.Server.Get(apiserver.Key{Kind: claimKind, Namespace: namespace, Name: name})
	if !ok || n.volumes[apiserver.UID(claim)] == nil {
		return ""
	}
	return n.volumes[apiserver.UID(claim)].node
}

// Displaced says that a Pod finds no node because another of its cluster runs on the only one where its volumes are.
func (n *Nodes) Displaced(pod apiserver.Object) bool {
	if apiserver.String(pod, "spec", "nodeName") != "" {
		return false
	}
	for _, claim := range apiserver.ClaimsOf(pod) {
		node, exists := n.Server.Get(apiserver.Key{Kind: nodeKind, Name: n.pinned(apiserver.Namespace(pod), claim)})
		if exists && !n.alone(pod, node) {
			return true
		}
	}
	return false
}

// selectNode is the scheduler's word to the provisioner: a Pod that uses these claims goes to that node.
func (n *Nodes) selectNode(pod apiserver.Object, node string) {
	for _, name := range apiserver.ClaimsOf(pod) {
		key := apiserver.Key{Kind: claimKind, Namespace: apiserver.Namespace(pod), Name: name}
		claim, ok := n.Server.Get(key)
		if !ok || bound(claim) {
			continue
		}
		updated := apiserver.Copy(claim)
		apiserver.Set(updated, node, "metadata", "annotations", "volume.kubernetes.io/selected-node")
		if _, err := n.Server.As("scheduler").Update(updated); err != nil {
			panic(fmt.Sprintf("select a node for %s: %v", key, err)) // read just now; nothing else runs meanwhile
		}
	}
}

// growTime is how long a volume needs to grow.
const growTime = 3 * time.Second

// bind binds claims to new volumes and lets bound ones grow.
func (n *Nodes) bind() {
	for _, claim := range n.Server.List(claimKind) {
		switch {
		case apiserver.Terminating(claim):
		case bound(claim):
			n.grow(claim)
		default:
			n.provision(claim)
		}
	}
}

// provision makes a volume for a claim whose time has come. One that names a volume waits for that, and it is no
// other's: a claim that server-side apply made again after its deletion names the volume that went with the former one.
func (n *Nodes) provision(claim apiserver.Object) {
	node := apiserver.String(claim, "metadata", "annotations", "volume.kubernetes.io/selected-node")
	class, ok := n.Server.ClassOf(claim)
	if !ok || n.waits(claim) && node == "" || apiserver.String(claim, "spec", "volumeName") != "" {
		return
	}
	made := &volume{}
	if apiserver.String(class, "provisioner") == Local {
		made.node = node
	}
	n.volumes[apiserver.UID(claim)] = made
	updated := apiserver.Copy(claim)
	apiserver.Set(updated, "pvc-"+apiserver.UID(claim), "spec", "volumeName")
	apiserver.Set(updated, "yes", "metadata", "annotations", "pv.kubernetes.io/bind-completed")
	apiserver.Set(updated, "yes", "metadata", "annotations", "pv.kubernetes.io/bound-by-controller")
	apiserver.Set(updated, apiserver.String(class, "provisioner"), "metadata", "annotations",
		"volume.kubernetes.io/storage-provisioner")
	stored, err := n.Server.As("volumes").Update(updated)
	if err != nil {
		panic(fmt.Sprintf("bind %s: %v", apiserver.KeyOf(claim), err)) // read just now; nothing else runs meanwhile
	}
	n.claimStatus(stored, apiserver.Request(claim), nil)
}

// grow follows a bound claim's request.
func (n *Nodes) grow(claim apiserver.Object) {
	state := n.volumes[apiserver.UID(claim)]
	request, capacity := apiserver.Request(claim), apiserver.Capacity(claim)
	if state == nil || state.pending || request.Cmp(capacity) <= 0 {
		return
	}
	if state.growing.IsZero() {
		state.growing = n.Now()
		if n.Growth != nil {
			state.growing = n.Now().Add(n.Growth())
		}
		n.claimStatus(claim, capacity, n.expansion("Resizing"))
		return
	}
	if n.Now().Sub(state.growing) < growTime {
		return
	}
	state.growing = time.Time{}
	if class, _ := n.Server.ClassOf(claim); apiserver.String(class, "provisioner") == Offline {
		state.pending = true
		n.claimStatus(claim, capacity, n.expansion("FileSystemResizePending"))
		return
	}
	n.claimStatus(claim, request, nil)
}

// expansion is the one condition that a claim has while it grows.
func (n *Nodes) expansion(name string) []any {
	return []any{apiserver.Object{
		"type": name, "status": "True", "lastTransitionTime": n.Now().UTC().Format(time.RFC3339),
	}}
}

// mounted grows the file systems that have waited for a Pod to mount them.
func (n *Nodes) mounted(pod apiserver.Object) {
	for _, name := range apiserver.ClaimsOf(pod) {
		claim, ok := n.Server.Get(apiserver.Key{Kind: claimKind, Namespace: apiserver.Namespace(pod), Name: name})
		if state := n.volumes[apiserver.UID(claim)]; ok && state != nil && state.pending {
			state.pending = false
			n.claimStatus(claim, apiserver.Request(claim), nil)
		}
	}
}

func (n *Nodes) claimStatus(claim apiserver.Object, capacity resource.Quantity, conditions []any) {
	status := apiserver.Object{
		"phase": "Bound", "accessModes": apiserver.Copy(apiserver.Map(claim, "spec"))["accessModes"],
		"capacity": apiserver.Object{"storage": capacity.String()},
	}
	if conditions != nil {
		status["conditions"] = conditions
	}
	n.writeStatus("volumes", claim, status)
}
