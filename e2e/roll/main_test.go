package roll

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kompositor/kompositor/e2e/kafka"
	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/kubelet"
	"github.com/kompositor/kompositor/e2e/product"
)

// startTimeout is generous: it includes building the binary and a cold start of the control plane.
const startTimeout = 5 * time.Minute

// The parts of the whole run that tests share.
var (
	cluster *kube.Cluster
	pods    *kubelet.Kubelet
	shipped *product.Product
	root    string
	dir     string // for files of the run
)

func TestMain(m *testing.M) {
	// All of it, the shipped binary too, lives in the network of the Pods and in the names that they have there.
	if err := kubelet.Isolate(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// runTests leaves logs and disks in place if a test failed.
func runTests(m *testing.M) (code int, err error) {
	if root, err = filepath.Abs(filepath.Join("..", "..")); err != nil {
		return 1, err
	}
	if dir, err = os.MkdirTemp("", "kompositor-roll-"); err != nil {
		return 1, err
	}
	defer func() {
		if code == 0 && err == nil {
			err = os.RemoveAll(dir)
		} else {
			err = errors.Join(err, errors.New("logs and disks: "+dir))
		}
	}()
	stop, err := start()
	if err == nil {
		code = m.Run()
	}
	return max(code, 0), errors.Join(err, stop())
}

// start brings up the network of the Pods, then the control plane and the product in it. stop ends what has started.
func start() (stop func() error, err error) {
	stop = func() error { return nil }
	images, err := kafka.NewImages(root)
	if err != nil {
		return stop, err
	}
	bin, err := kube.Bin(root)
	if err != nil {
		return stop, err
	}
	if pods, err = kubelet.New(kubelet.Config{Dir: dir, Image: images.Find, Backoff: time.Second}); err != nil {
		return stop, err
	}
	stop = pods.Close
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	servers := filepath.Join(dir, "servers")
	if err := os.Mkdir(servers, 0o755); err != nil {
		return stop, err
	}
	// As many nodes as brokers that refuse to share one, and one to spare.
	cluster, err = kube.Start(ctx, kube.Config{Bin: bin, Dir: servers, Nodes: 7, PodsElsewhere: true})
	if err != nil {
		return stop, err
	}
	stop = func() error { return errors.Join(pods.Close(), cluster.Stop()) }
	if shipped, err = product.Install(ctx, cluster, root); err != nil {
		return stop, err
	}
	return stop, shipped.WaitReady(ctx)
}
