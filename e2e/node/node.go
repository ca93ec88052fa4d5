package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	gosync "sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/kubelet"
)

// Config says whose Pods are run, and where.
type Config struct {
	Client  *kube.Client
	Kubelet *kubelet.Kubelet
	// Namespace whose Pods are run.
	Namespace string
	// Dir holds the claims' folders and the log; it must exist.
	Dir string
}

// Node runs Pods until it is stopped. Its methods may be called from several goroutines.
type Node struct {
	config    Config
	resources resources
	log       io.WriteCloser
	stop      context.CancelFunc
	done      chan struct{}
	stopping  gosync.WaitGroup
	pods      *kube.Cache
	services  *kube.Cache
	published int // the change of the Services that is published

	mu      gosync.Mutex
	running map[types.UID]*pod
}

// pod is a Pod that runs here.
type pod struct {
	name    string
	running *kubelet.Pod
	told    string // the status that the API server has
	ending  bool
}

type resources struct{ pods, services, configMaps, secrets, claims kube.Resource }

// interval is how often the Pods are looked at.
const interval = 100 * time.Millisecond

// Start runs the namespace's Pods from now on.
func Start(ctx context.Context, config Config) (*Node, error) {
	n := &Node{config: config, done: make(chan struct{}), running: map[types.UID]*pod{}}
	for plural, into := range map[string]*kube.Resource{
		"pods": &n.resources.pods, "services": &n.resources.services, "configmaps": &n.resources.configMaps,
		"secrets": &n.resources.secrets, "persistentvolumeclaims": &n.resources.claims,
	} {
		var err error
		if *into, err = config.Client.Resource(ctx, "v1", plural); err != nil {
			return nil, err
		}
	}
	var err error
	if n.pods, err = config.Client.Cache(ctx, n.resources.pods, config.Namespace); err != nil {
		return nil, err
	}
	if n.services, err = config.Client.Cache(ctx, n.resources.services, config.Namespace); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(config.Dir, "node.log"))
	if err != nil {
		return nil, err
	}
	n.log = log
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	n.stop = stop
	go n.run(running)
	return n, nil
}

// Stop ends the work and kills all Pods, as the loss of the machine does.
func (n *Node) Stop() error {
	n.stop()
	<-n.done
	for _, p := range n.all() {
		p.running.Kill()
	}
	n.stopping.Wait()
	n.pods.Close()
	n.services.Close()
	return n.log.Close()
}

// Pod is the Pod of that name that runs now, the one that is not ending if there are two; nil if there is none.
func (n *Node) Pod(name string) *kubelet.Pod {
	n.mu.Lock()
	defer n.mu.Unlock()
	var found *kubelet.Pod
	for _, p := range n.running {
		if p.name == name && (found == nil || !p.ending) {
			found = p.running
		}
	}
	return found
}

// Ready are the Pods that are ready now, by name, whatever the API server knows of it yet.
func (n *Node) Ready() map[string]types.UID {
	n.mu.Lock()
	defer n.mu.Unlock()
	ready := map[string]types.UID{}
	for uid, p := range n.running {
		if p.running.Ready() {
			ready[p.name] = uid
		}
	}
	return ready
}

func (n *Node) all() []*pod {
	n.mu.Lock()
	defer n.mu.Unlock()
	pods := make([]*pod, 0, len(n.running))
	for _, p := range n.running {
		pods = append(pods, p)
	}
	return pods
}

func (n *Node) run(ctx context.Context) {
	defer close(n.done)
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if err := n.step(ctx); err != nil && ctx.Err() == nil {
			n.note("%v", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (n *Node) note(format string, args ...any) {
	_, _ = fmt.Fprintf(n.log, time.Now().Format(time.RFC3339Nano)+" "+format+"\n", args...)
}

// step brings what runs and what the API server says together.
func (n *Node) step(ctx context.Context) error {
	errs := []error{n.publish()}
	there := map[types.UID]bool{}
	for _, object := range n.pods.Objects() {
		there[object.GetUID()] = true
		wanted := &corev1.Pod{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, wanted); err != nil {
			return err
		}
		if err := n.attend(ctx, wanted); err != nil {
			errs = append(errs, fmt.Errorf("pod %s: %w", wanted.Name, err))
		}
	}
	for uid, p := range n.snapshot() {
		if !there[uid] && !p.ending { // deleted without a grace period
			n.end(uid, p, 0) //nolint:contextcheck // a Pod ends in its own time, whoever began to watch it
		}
	}
	return errors.Join(errs...)
}

func (n *Node) snapshot() map[types.UID]*pod {
	n.mu.Lock()
	defer n.mu.Unlock()
	return maps.Clone(n.running)
}

// attend does for one Pod what is due.
func (n *Node) attend(ctx context.Context, wanted *corev1.Pod) error {
	n.mu.Lock()
	p := n.running[wanted.UID]
	n.mu.Unlock()
	switch {
	case p == nil && wanted.DeletionTimestamp != nil:
		return n.remove(ctx, wanted.Name, wanted.UID)
	case p == nil && wanted.Spec.NodeName != "":
		return n.start(ctx, wanted)
	case p == nil:
		return nil // not scheduled yet
	case wanted.DeletionTimestamp != nil && !p.ending:
		grace := time.Duration(*wanted.DeletionGracePeriodSeconds) * time.Second
		n.end(wanted.UID, p, grace) //nolint:contextcheck // it ends in its own time
	}
	return n.tell(ctx, wanted, p)
}

func (n *Node) start(ctx context.Context, wanted *corev1.Pod) error {
	volumes, err := n.volumes(ctx, wanted)
	if err != nil {
		return err
	}
	running, err := n.config.Kubelet.Run(wanted, volumes) //nolint:contextcheck // it runs on when this look is over
	if err != nil {
		return err
	}
	n.note("%s starts", wanted.Name)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.running[wanted.UID] = &pod{name: wanted.Name, running: running}
	return nil
}

// end stops a Pod in the background and then takes it off the API server.
func (n *Node) end(uid types.UID, p *pod, grace time.Duration) {
	n.mu.Lock()
	p.ending = true
	n.mu.Unlock()
	n.note("%s is to end within %s", p.name, grace)
	n.stopping.Go(func() {
		if err := p.running.Stop(grace); err != nil {
			n.note("%s: %v", p.name, err)
		}
		n.note("%s has ended", p.name)
		n.mu.Lock()
		delete(n.running, uid) // and the next step removes it
		n.mu.Unlock()
	})
}
