package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kompositor/kompositor/e2e/kube"
)

const (
	// startTimeout is generous: a cold start reads 300 MB of binaries.
	startTimeout = 2 * time.Minute
	// settleTimeout bounds one wait for the control plane in a test.
	settleTimeout = 30 * time.Second
)

// cluster is the control plane of the whole test run; every test works in a namespace of its own.
var cluster *kube.Cluster

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// runTests leaves the servers' logs in place if a test failed.
func runTests(m *testing.M) (code int, err error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return 1, err
	}
	bin, err := kube.Bin(root)
	if err != nil {
		return 1, err
	}
	dir, err := os.MkdirTemp("", "kompositor-e2e-")
	if err != nil {
		return 1, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	cluster, err = kube.Start(ctx, kube.Config{Bin: bin, Dir: dir, Nodes: nodes})
	if err != nil {
		return 1, fmt.Errorf("%w\nlogs: %s", err, dir)
	}
	code = m.Run()
	if err := cluster.Stop(); err != nil {
		return 1, err
	}
	if code != 0 {
		return code, errors.New("logs: " + dir)
	}
	return code, os.RemoveAll(dir)
}

// nodes is two a zone: enough for three brokers that refuse to share one, and for one of them to move.
const nodes = 6
