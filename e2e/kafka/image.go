package kafka

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/kompositor/kompositor/e2e/kubelet"
)

// Versions of Kafka that are fetched by default: the last of 3.x, and the newest.
const (
	Kafka3 = "3.9.2"
	Kafka4 = "4.4.0"
)

// Images finds the images that KafkaClusters name among those that were fetched.
type Images struct {
	dir  string // has a folder for each version of Kafka
	java string // JAVA_HOME
}

// NewImages takes the root of the project. Without Java, or without the default versions, it says what to do.
func NewImages(root string) (*Images, error) {
	cache := os.Getenv("KOMPOSITOR_CACHE")
	if cache == "" {
		cache = filepath.Join(root, ".cache", "e2e")
	}
	images := &Images{dir: filepath.Join(cache, "kafka")}
	for _, version := range []string{Kafka3, Kafka4} {
		if _, err := images.layer(version, "kafka"); err != nil {
			return nil, err
		}
	}
	java, err := exec.LookPath("java")
	if err == nil {
		java, err = filepath.EvalSymlinks(java)
	}
	if err != nil {
		return nil, fmt.Errorf("install Java 17 or newer: %w", err)
	}
	images.java = filepath.Dir(filepath.Dir(java))
	return images, nil
}

// kafkaVersion is in the tag of Koperator's images, as in "2.13-3.9.2-jdk21": Scala's, Kafka's and Java's.
var kafkaVersion = regexp.MustCompile(`^(?:\d+\.\d+-)?(\d+\.\d+\.\d+)`)

// Find finds an image by its name: Kafka's by the version in its tag, the others whatever their version.
func (i *Images) Find(name string) (kubelet.Image, error) {
	repository, tag, _ := strings.Cut(path.Base(name), ":")
	version, layer := Kafka3, repository
	switch repository {
	case "kafka":
		found := kafkaVersion.FindStringSubmatch(tag)
		if found == nil {
			return kubelet.Image{}, errors.New("its tag does not tell Kafka's version")
		}
		version = found[1]
	case "jmx-javaagent":
		layer = "jmx-exporter"
	case "cruise-control":
	default:
		return kubelet.Image{}, errors.New("these tests have no such image")
	}
	dir, err := i.layer(version, layer)
	if err != nil {
		return kubelet.Image{}, err
	}
	image := kubelet.Image{Dir: dir, Env: []string{"JAVA_HOME=" + i.java}}
	if !strings.HasPrefix(i.java, "/usr/") {
		image.Host = []string{i.java}
	}
	return image, nil
}

func (i *Images) layer(version, name string) (string, error) {
	images := filepath.Join(i.dir, version)
	if _, err := os.Stat(filepath.Join(images, "stamp")); err != nil {
		return "", fmt.Errorf("there is no Kafka %s in %s: run make kafka-dist", version, i.dir)
	}
	return filepath.Join(images, name), nil
}
