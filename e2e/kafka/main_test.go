package kafka_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/kompositor/kompositor/e2e/kafka"
	"github.com/kompositor/kompositor/e2e/kubelet"
)

// The parts of the whole run that tests share.
var (
	pods *kubelet.Kubelet
	dir  string // for files of the run
	// kompositor is the shipped binary.
	kompositor = os.Getenv("KOMPOSITOR")
)

func TestMain(m *testing.M) {
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
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return 1, err
	}
	images, err := kafka.NewImages(root)
	if err != nil {
		return 1, err
	}
	if dir, err = os.MkdirTemp("", "kompositor-kafka-"); err != nil {
		return 1, err
	}
	if kompositor == "" {
		kompositor = filepath.Join(dir, "kompositor")
		build := exec.Command("go", "build", "-o", kompositor, ".")
		build.Dir, build.Stderr = root, os.Stderr
		if err := build.Run(); err != nil {
			return 1, fmt.Errorf("build the binary to test: %w", err)
		}
	}
	pods, err = kubelet.New(kubelet.Config{Dir: dir, Image: images.Find, Backoff: time.Second})
	if err != nil {
		return 1, err
	}
	code = m.Run()
	if err := pods.Close(); err != nil {
		return 1, err
	}
	if code != 0 {
		return code, errors.New("logs and disks: " + dir)
	}
	return code, os.RemoveAll(dir)
}
