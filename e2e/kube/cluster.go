package kube

import (
	"context"
	"crypto/tls"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/types"
)

// Config says where the servers' binaries are, where their files go, and how large the played data centre is.
type Config struct {
	// Bin holds etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubectl and kwok; see [Bin].
	Bin string
	// Dir gets certificates, data and logs; it must exist and be empty.
	Dir string
	// Nodes is the number of nodes, spread over the zones of [Zone].
	Nodes int
	// PodsElsewhere says that the test runs the Pods; else kwok plays them.
	PodsElsewhere bool
}

// Cluster is a running control plane with its played nodes, volumes and load balancers.
type Cluster struct {
	// Client has every right (group system:masters).
	Client *Client
	// Kubeconfig is a file with the same rights, for kubectl.
	Kubeconfig string

	config    Config
	token     string
	processes []*process
	guard     *guard
	stopPlay  func() error
}

// ErrNotBuilt says that the servers have to be built first.
var ErrNotBuilt = errors.New("the servers of the e2e tests are not built: run make controlplane")

func binaries() []string {
	return []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok"}
}

// Bin is the folder that e2e/controlplane/build.sh builds into, for a project whose root is given.
// It fails with [ErrNotBuilt] if a binary is missing.
func Bin(root string) (string, error) {
	cache := os.Getenv("KOMPOSITOR_CACHE")
	if cache == "" {
		cache = filepath.Join(root, ".cache", "e2e")
	}
	bin := filepath.Join(cache, "bin")
	for _, name := range binaries() {
		if _, err := os.Stat(filepath.Join(bin, name)); err != nil {
			return "", fmt.Errorf("%w: %w", ErrNotBuilt, err)
		}
	}
	return bin, nil
}

// Start runs a control plane and returns when it can schedule Pods. The context bounds the start only.
func Start(ctx context.Context, config Config) (*Cluster, error) {
	c := &Cluster{config: config, Kubeconfig: filepath.Join(config.Dir, "kubeconfig"), token: newToken()}
	if err := c.start(ctx); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context) error {
	var err error
	if c.guard, err = startGuard(); err != nil {
		return err
	}
	certificates, err := makeCertificates(c.config.Dir)
	if err != nil {
		return err
	}
	ports, err := FreePorts(3)
	if err != nil {
		return err
	}
	etcd, peer, secure := ports[0], ports[1], ports[2]
	c.Client = newClient("https://127.0.0.1:"+strconv.Itoa(secure), c.token, certificates)
	if err := c.writeFiles(certificates); err != nil {
		return err
	}
	if err := c.run("etcd", etcdFlags(c.config.Dir, etcd, peer)); err != nil {
		return err
	}
	if err := c.run("kube-apiserver", apiServerFlags(c.config.Dir, certificates, etcd, secure)); err != nil {
		return err
	}
	if err := c.Wait(ctx, "kube-apiserver to be ready", c.Client.ready); err != nil {
		return err
	}
	if err := c.runControllers(certificates); err != nil {
		return err
	}
	if err := c.registerNodes(ctx); err != nil {
		return err
	}
	if err := c.Wait(ctx, "the nodes to take Pods", c.nodesTakePods); err != nil {
		return err
	}
	if err := c.play(ctx); err != nil {
		return err
	}
	return c.Wait(ctx, "the service account of the default namespace", c.defaultServiceAccount)
}

func (c *Cluster) runControllers(certificates *certificates) error {
	controllers := controllerManagerFlags(c.Kubeconfig, certificates)
	if err := c.run("kube-controller-manager", controllers); err != nil {
		return err
	}
	if err := c.run("kube-scheduler", schedulerFlags(c.Kubeconfig)); err != nil {
		return err
	}
	return c.run("kwok", kwokFlags(c.Kubeconfig, filepath.Join(c.config.Dir, "stages.yaml")))
}

// Stop ends every server, the newest first, and waits for them. It is safe to call on a cluster that only half started.
func (c *Cluster) Stop() error {
	var err error
	if c.stopPlay != nil {
		err = c.stopPlay()
	}
	for _, p := range slices.Backward(c.processes) {
		p.stop()
	}
	if c.guard != nil {
		err = errors.Join(err, c.guard.release())
	}
	c.processes, c.guard, c.stopPlay = nil, nil, nil
	return err
}

// Kubectl runs kubectl as a user would, with stdin for "-f -", and returns what it printed: results and warnings.
func (c *Cluster) Kubectl(ctx context.Context, stdin io.Reader, args ...string) (stdout, stderr string, err error) {
	home := filepath.Join(c.config.Dir, "kubectl-cache")
	args = append([]string{"--kubeconfig", c.Kubeconfig, "--cache-dir", home}, args...)
	return run(ctx, stdin, filepath.Join(c.config.Bin, "kubectl"), args...)
}

// Dir is the folder of all files and logs.
func (c *Cluster) Dir() string { return c.config.Dir }

// URL is the API server's address.
func (c *Cluster) URL() string { return c.Client.base }

// Run starts one more server, with the environment variables by which a Pod finds the API server. It logs beside the
// others and ends with them.
func (c *Cluster) Run(binary string, args ...string) error {
	host, port, err := net.SplitHostPort(strings.TrimPrefix(c.URL(), "https://"))
	if err != nil {
		return err
	}
	environment := []string{"KUBERNETES_SERVICE_HOST=" + host, "KUBERNETES_SERVICE_PORT=" + port}
	return c.startServer(binary, environment, args)
}

// Kill ends a server that Run has started, without a warning.
func (c *Cluster) Kill(binary string) {
	name := filepath.Base(binary)
	c.processes = slices.DeleteFunc(c.processes, func(p *process) bool {
		if p.name == name {
			p.kill()
		}
		return p.name == name
	})
}

func (c *Cluster) startServer(binary string, environment, args []string) error {
	p, err := startProcess(binary, c.config.Dir, environment, args...)
	if err != nil {
		return err
	}
	c.processes = append(c.processes, p)
	return c.guard.watch(p)
}

func (c *Cluster) run(name string, args []string) error {
	return c.startServer(filepath.Join(c.config.Bin, name), nil, args)
}

// Wait is the function [Wait], but fails as soon as a server ends.
func (c *Cluster) Wait(ctx context.Context, what string, done func(context.Context) (string, error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	return Wait(ctx, what, func(ctx context.Context) (string, error) {
		for _, p := range c.processes {
			if err := p.ended(); err != nil {
				cancel(err)
			}
		}
		return done(ctx)
	})
}

func (c *Client) ready(ctx context.Context) (string, error) {
	if _, err := c.do(ctx, request{method: http.MethodGet, path: "/readyz"}); err != nil {
		return "/readyz", err
	}
	return "", nil
}

func (c *Cluster) defaultServiceAccount(ctx context.Context) (string, error) {
	accounts, err := c.Client.Resource(ctx, "v1", "serviceaccounts")
	if err != nil {
		return "discovery", err
	}
	_, err = c.Client.Get(ctx, accounts, types.NamespacedName{Namespace: "default", Name: "default"})
	return "", err
}

func newClient(base, token string, certificates *certificates) *Client {
	transport := &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: certificates.pool, MinVersion: tls.VersionTLS13},
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 16,
	}
	return &Client{
		base: base, token: token,
		http:      &http.Client{Transport: transport},
		discovery: &discovery{versions: map[string][]Resource{}},
	}
}

// What kwok plays.
var (
	//go:embed nodes.yaml
	nodeStages string
	//go:embed pods.yaml
	podStages string
	//go:embed pods-elsewhere.yaml
	noPodStages string
)

func (c *Cluster) writeFiles(certificates *certificates) error {
	stages := nodeStages + "---\n" + podStages
	if c.config.PodsElsewhere {
		stages = nodeStages + "---\n" + noPodStages
	}
	kubeconfig := strings.Join([]string{
		"apiVersion: v1",
		"kind: Config",
		"current-context: e2e",
		"contexts: [{name: e2e, context: {cluster: e2e, user: e2e}}]",
		fmt.Sprintf("clusters: [{name: e2e, cluster: {server: %q, certificate-authority: %q}}]",
			c.Client.base, certificates.authority),
		fmt.Sprintf("users: [{name: e2e, user: {token: %q}}]", c.token),
		"",
	}, "\n")
	return errors.Join(
		os.WriteFile(c.Kubeconfig, []byte(kubeconfig), 0o600),
		os.WriteFile(filepath.Join(c.config.Dir, tokenFile), []byte(c.token+",admin,admin,system:masters\n"), 0o600),
		os.WriteFile(filepath.Join(c.config.Dir, "stages.yaml"), []byte(stages), 0o600),
	)
}

// FreePorts asks the kernel for ports that nobody uses now. All listeners are open at once, so they differ.
func FreePorts(n int) (ports []int, err error) {
	for range n {
		listener, listenErr := net.Listen("tcp", "127.0.0.1:0")
		if listenErr != nil {
			return nil, listenErr
		}
		defer func() { err = errors.Join(err, listener.Close()) }()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
