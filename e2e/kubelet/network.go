package kubelet

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// The Pods' network is a bridge in this process's network namespace. Its addresses are those that RFC 2544 keeps for
// tests of network devices, and exist only in that namespace.
const (
	bridge     = "pods0"
	bridgeAddr = "198.18.0.1/16"
)

// network is the bridge, and the hosts files that stand for DNS.
type network struct{ dir string }

// host is a Pod's place in the network.
type host struct {
	address string
	link    string // the bridge's end of its cable
	ns      string // the file that holds its network namespace
	hosts   string // its hosts file
}

func newNetwork(dir string) (*network, error) {
	n := &network{dir: dir}
	if err := os.WriteFile(n.ownHosts(), []byte(loopback), 0o644); err != nil {
		return nil, err
	}
	return n, runAll([][]string{
		{"ip", "link", "set", "lo", "up"},
		{"ip", "link", "add", bridge, "type", "bridge"},
		{"ip", "address", "add", bridgeAddr, "dev", bridge},
		{"ip", "link", "set", bridge, "up"},
		{"mount", "--bind", n.ownHosts(), "/etc/hosts"},
	})
}

func (n *network) close() error {
	return runAll([][]string{{"umount", "/etc/hosts"}, {"ip", "link", "delete", bridge}})
}

// ownHosts is the hosts file of this process.
func (n *network) ownHosts() string { return filepath.Join(n.dir, "hosts") }

// join connects a new Pod to the bridge.
func (n *network) join(number int) (host, error) {
	if number > 0xFF00 {
		return host{}, errors.New("no address is left for another Pod")
	}
	at := number + 0xFF // addresses from 198.18.1.0 on; each Pod gets one that none had before it
	h := host{
		address: fmt.Sprintf("198.18.%d.%d", at>>8, at&0xFF),
		link:    fmt.Sprintf("pod%d", number),
		ns:      filepath.Join(n.dir, fmt.Sprintf("%d.ns", number)),
		hosts:   filepath.Join(n.dir, fmt.Sprintf("%d.hosts", number)),
	}
	if err := errors.Join(os.WriteFile(h.ns, nil, 0o600), os.WriteFile(h.hosts, nil, 0o644)); err != nil {
		return h, err
	}
	inside := []string{"nsenter", "--net=" + h.ns, "ip"}
	return h, runAll([][]string{
		{"unshare", "--net=" + h.ns, "true"},
		{"ip", "link", "add", h.link, "type", "veth", "peer", "name", "eth0", "netns", h.ns},
		{"ip", "link", "set", h.link, "master", bridge, "up"},
		append(inside, "link", "set", "lo", "up"),
		append(inside, "address", "add", h.address+"/16", "dev", "eth0"),
		append(inside, "link", "set", "eth0", "up"),
	})
}

// leave disconnects a Pod.
func (n *network) leave(h host) error {
	if h.ns == "" {
		return nil
	}
	_ = run("ip", "link", "delete", h.link) // it may not have come that far
	_ = run("umount", h.ns)
	return errors.Join(os.Remove(h.ns), os.Remove(h.hosts))
}

const loopback = "127.0.0.1 localhost\n"

// publish writes the names that the cluster's DNS would give, for every Pod and for this process. The caller holds
// k.mu.
func (k *Kubelet) publish() error {
	names := k.names()
	errs := []error{writeInPlace(k.net.ownHosts(), loopback+names)}
	for _, p := range k.pods {
		own := p.host.address + " " + p.hostname() + "\n"
		errs = append(errs, writeInPlace(p.host.hosts, loopback+own+names))
	}
	return errors.Join(errs...)
}

// names are the lines of a hosts file: each Service's name leads to the Pods that it selects and that are ready, or to
// all if it says so; a Pod with a host name has its own name below the Service.
func (k *Kubelet) names() string {
	var lines strings.Builder
	for i := range k.services {
		service := &k.services[i]
		for _, p := range k.pods {
			if !selects(service, p.pod) || !p.Ready() && !service.Spec.PublishNotReadyAddresses {
				continue
			}
			if p.pod.Spec.Hostname != "" && p.pod.Spec.Subdomain == service.Name {
				k.name(&lines, p, p.pod.Spec.Hostname+"."+service.Name)
			}
			k.name(&lines, p, service.Name)
		}
	}
	return lines.String()
}

func (k *Kubelet) name(lines *strings.Builder, p *Pod, name string) {
	below := name + "." + p.pod.Namespace
	fmt.Fprintf(lines, "%s %s.svc.%s %s.svc %s\n", p.host.address, below, k.config.Domain, below, below)
}

func selects(service *corev1.Service, pod *corev1.Pod) bool {
	if service.Namespace != pod.Namespace || len(service.Spec.Selector) == 0 {
		return false
	}
	for name, value := range service.Spec.Selector {
		if pod.Labels[name] != value {
			return false
		}
	}
	return true
}

// writeInPlace keeps the file's identity, which mounts hold on to. A reader may see the end of the file's last content.
func writeInPlace(path, content string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt([]byte(content), 0)
	return errors.Join(err, file.Truncate(int64(len(content))), file.Close())
}

func runAll(commands [][]string) error {
	for _, command := range commands {
		if err := run(command[0], command[1:]...); err != nil {
			return err
		}
	}
	return nil
}

func run(name string, args ...string) error {
	output, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, bytes.TrimSpace(output))
	}
	return nil
}
