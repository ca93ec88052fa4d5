package kubelet

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	gosync "sync"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Image is what stands for a container image.
type Image struct {
	// Dir holds the image's files; "" is an image without files of its own.
	Dir string
	// Env are the image's own variables, as NAME=value. PATH has a default.
	Env []string
	// Host are further folders of this machine, besides /usr and /etc, that the container sees at their own path.
	Host []string
}

// Config says what a Kubelet runs and where.
type Config struct {
	// Dir holds volumes and logs; it must exist, and is not removed.
	Dir string
	// Image finds an image by the name that a Pod uses.
	Image func(name string) (Image, error)
	// Domain is the cluster's DNS domain; default cluster.local.
	Domain string
	// Backoff is the pause before a container's second restart, doubled with each; default 10 s, as in Kubernetes.
	Backoff time.Duration
}

// Volumes is what the volumes and variables of a Pod refer to, by name. All are of the Pod's namespace.
type Volumes struct {
	ConfigMaps map[string]*corev1.ConfigMap
	Secrets    map[string]*corev1.Secret
	// Claims maps a PersistentVolumeClaim to a folder on this machine.
	Claims map[string]string
}

// Kubelet runs Pods, and plays the cluster's network and DNS for them.
type Kubelet struct {
	config Config
	net    *network

	mu       gosync.Mutex
	pods     []*Pod
	services []corev1.Service
	runs     int
}

// New prepares the network. The process must be isolated, and have no other Kubelet that is not closed.
func New(config Config) (*Kubelet, error) {
	if os.Getenv(isolated) == "" {
		return nil, errors.New("call Isolate first: the network of the Pods would be this machine's")
	}
	if config.Domain == "" {
		config.Domain = "cluster.local"
	}
	if config.Backoff == 0 {
		config.Backoff = 10 * time.Second
	}
	for _, dir := range []string{"net", "pods"} {
		if err := os.MkdirAll(filepath.Join(config.Dir, dir), 0o755); err != nil {
			return nil, err
		}
	}
	net, err := newNetwork(filepath.Join(config.Dir, "net"))
	if err != nil {
		return nil, err
	}
	return &Kubelet{config: config, net: net}, nil
}

// SetServices replaces the Services whose DNS names Pods and this process can use. A Service's name leads to the Pods
// themselves, whether it is headless or not; its ports must be those of the Pods.
func (k *Kubelet) SetServices(services []corev1.Service) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.services = services
	return k.publish()
}

// Close kills all Pods that still run.
func (k *Kubelet) Close() error {
	k.mu.Lock()
	pods := append([]*Pod(nil), k.pods...)
	k.mu.Unlock()
	for _, pod := range pods {
		pod.Kill()
	}
	return k.net.close()
}

// Run starts a Pod. What is wrong with the Pod itself is an error; what happens to it later is in its Status.
func (k *Kubelet) Run(pod *corev1.Pod, volumes Volumes) (*Pod, error) {
	if err := supported(pod); err != nil {
		return nil, fmt.Errorf("pod %s/%s: %w", pod.Namespace, pod.Name, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.runs++
	p := newPod(k, pod.DeepCopy(), volumes, k.runs)
	if err := k.prepare(p); err != nil {
		return nil, errors.Join(fmt.Errorf("pod %s/%s: %w", pod.Namespace, pod.Name, err), k.net.leave(p.host))
	}
	k.pods = append(k.pods, p)
	if err := k.publish(); err != nil {
		return nil, err
	}
	p.start()
	return p, nil
}

// prepare makes all that the Pod needs before its first container.
func (k *Kubelet) prepare(p *Pod) (err error) {
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return err
	}
	if p.host, err = k.net.join(p.number); err != nil {
		return err
	}
	p.mounts, err = p.makeVolumes()
	return err
}

// forget takes a Pod that has ended off the network and out of DNS.
func (k *Kubelet) forget(p *Pod) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range k.pods {
		if k.pods[i] == p {
			k.pods = append(k.pods[:i], k.pods[i+1:]...)
			break
		}
	}
	return errors.Join(k.publish(), k.net.leave(p.host), os.RemoveAll(p.path("volumes")))
}

// republish is publish for a Pod whose readiness has changed.
func (k *Kubelet) republish() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.publish()
}
