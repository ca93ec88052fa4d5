package live

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

// Run is what the tests of a package share.
type Run struct {
	Control *kube.Cluster
	Pods    *kubelet.Kubelet
	Product *product.Product
	// Root is the project's folder, Dir one for files of the run.
	Root, Dir string
}

// Main is a package's TestMain: it brings up the network of the Pods, then the control plane and the product in it,
// runs the tests and exits. If one has failed, logs and disks are left in a folder that has the given name in its own.
func (r *Run) Main(m *testing.M, name string) {
	// All of it, the shipped binary too, lives in the network of the Pods and in the names that they have there.
	if err := kubelet.Isolate(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code, err := r.tests(m, name)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func (r *Run) tests(m *testing.M, name string) (code int, err error) {
	if r.Root, err = filepath.Abs(filepath.Join("..", "..")); err != nil {
		return 1, err
	}
	if r.Dir, err = os.MkdirTemp("", "kompositor-"+name+"-"); err != nil {
		return 1, err
	}
	defer func() {
		if code == 0 && err == nil {
			err = os.RemoveAll(r.Dir)
		} else {
			err = errors.Join(err, errors.New("logs and disks: "+r.Dir))
		}
	}()
	stop, err := r.start()
	if err == nil {
		code = m.Run()
	}
	return max(code, 0), errors.Join(err, stop())
}

// start starts all. stop ends what has started.
func (r *Run) start() (stop func() error, err error) {
	stop = func() error { return nil }
	images, err := kafka.NewImages(r.Root)
	if err != nil {
		return stop, err
	}
	bin, err := kube.Bin(r.Root)
	if err != nil {
		return stop, err
	}
	if r.Pods, err = kubelet.New(kubelet.Config{Dir: r.Dir, Image: images.Find, Backoff: time.Second}); err != nil {
		return stop, err
	}
	stop = r.Pods.Close
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	servers := filepath.Join(r.Dir, "servers")
	if err := os.Mkdir(servers, 0o755); err != nil {
		return stop, err
	}
	// As many nodes as brokers that refuse to share one, and one to spare.
	r.Control, err = kube.Start(ctx, kube.Config{Bin: bin, Dir: servers, Nodes: 7, PodsElsewhere: true})
	if err != nil {
		return stop, err
	}
	stop = func() error { return errors.Join(r.Pods.Close(), r.Control.Stop()) }
	if r.Product, err = product.Install(ctx, r.Control, r.Root); err != nil {
		return stop, err
	}
	return stop, r.Product.WaitReady(ctx)
}
