package kafka_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/e2e/kubelet"
)

// patience bounds one wait for brokers: Java machines that share two cores start slowly.
const patience = 90 * time.Second

// cluster is a KafkaCluster whose children the shipped binary has drawn, and whose Pods run here.
type cluster struct {
	t         *testing.T
	name      string
	bootstrap string
	drawn     map[string]*corev1.Pod
	running   map[string]*kubelet.Pod
	volumes   kubelet.Volumes
}

// parts is what a test changes in a sample.
type parts struct {
	sample  string
	version string
	secrets []*corev1.Secret
}

// heap is what every node gets instead of what the samples ask for: six of them must fit into a small machine.
const heap = "-Xms192m -Xmx256m"

// newCluster starts all Pods of a sample at once and waits until they are ready.
func newCluster(t *testing.T, from parts) *cluster {
	t.Helper()
	cr := readSample(t, &from)
	c := &cluster{
		t: t, name: cr.Name, drawn: map[string]*corev1.Pod{}, running: map[string]*kubelet.Pod{},
		bootstrap: fmt.Sprintf("%s-headless.%s.svc.cluster.local:29092", cr.Name, cr.Namespace),
		volumes: kubelet.Volumes{
			ConfigMaps: map[string]*corev1.ConfigMap{}, Secrets: map[string]*corev1.Secret{}, Claims: map[string]string{},
		},
	}
	for _, secret := range from.secrets {
		c.volumes.Secrets[secret.Name] = secret
	}
	if err := pods.SetServices(c.take(render(t, cr.text))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.end)
	began := time.Now()
	for name := range c.drawn {
		c.run(name)
	}
	c.ready(slices.Collect(maps.Keys(c.drawn))...)
	t.Logf("%d nodes of Kafka %s are ready after %.0f s", len(c.drawn), from.version, time.Since(began).Seconds())
	return c
}

// sample is a KafkaCluster as text, and whose it is.
type sample struct {
	metav1.ObjectMeta
	text []byte
}

// readSample reads a shipped sample with the heap and the version changed, and nothing else.
func readSample(t *testing.T, from *parts) sample {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "manifests", "samples", from.sample))
	if err != nil {
		t.Fatal(err)
	}
	var cr struct {
		metav1.TypeMeta `json:",inline"`
		Metadata        metav1.ObjectMeta `json:"metadata"`
		Spec            map[string]any    `json:"spec"`
	}
	if err := yaml.Unmarshal(text, &cr); err != nil {
		t.Fatal(err)
	}
	cr.Spec["clusterImage"] = "ghcr.io/adobe/koperator/kafka:2.13-" + from.version
	groups, _ := cr.Spec["brokerConfigGroups"].(map[string]any)
	if len(groups) == 0 {
		t.Fatalf("%s has no brokerConfigGroups: its heap can not be changed there", from.sample)
	}
	for _, group := range groups {
		group.(map[string]any)["kafkaHeapOpts"] = heap
	}
	if text, err = yaml.Marshal(cr); err != nil {
		t.Fatal(err)
	}
	return sample{ObjectMeta: cr.Metadata, text: text}
}

// render asks the shipped binary for the children of a KafkaCluster.
func render(t *testing.T, cr []byte) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), kompositor, "render", "-f", "-")
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(cr), &out, &errs
	if err := cmd.Run(); err != nil || errs.Len() > 0 {
		t.Fatalf("kompositor render: %v: %s", err, errs.String())
	}
	return out.Bytes()
}

// take sorts the rendered objects into what the Pods need, and returns the Services.
func (c *cluster) take(rendered []byte) []corev1.Service {
	c.t.Helper()
	var services []corev1.Service
	for document := range strings.SplitSeq(string(rendered), "\n---\n") {
		var meta metav1.PartialObjectMetadata
		c.decode(document, &meta)
		switch meta.Kind {
		case "Pod":
			c.drawn[meta.Name] = &corev1.Pod{}
			c.decode(document, c.drawn[meta.Name])
		case "ConfigMap":
			c.volumes.ConfigMaps[meta.Name] = &corev1.ConfigMap{}
			c.decode(document, c.volumes.ConfigMaps[meta.Name])
		case "Service":
			services = append(services, corev1.Service{})
			c.decode(document, &services[len(services)-1])
		case "PersistentVolumeClaim":
			c.volumes.Claims[meta.Name] = filepath.Join(dir, "claims", strings.ReplaceAll(c.t.Name(), "/", "-"), meta.Name)
			if err := os.MkdirAll(c.volumes.Claims[meta.Name], 0o755); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	return services
}

func (c *cluster) decode(document string, into any) {
	c.t.Helper()
	if err := yaml.Unmarshal([]byte(document), into); err != nil {
		c.t.Fatal(err)
	}
}

// run starts a Pod as it was drawn, with the claims that it had.
func (c *cluster) run(name string) {
	c.t.Helper()
	pod, err := pods.Run(c.drawn[name], c.volumes)
	if err != nil {
		c.t.Fatal(err)
	}
	c.running[name] = pod
}

func (c *cluster) ready(names ...string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	for _, name := range names {
		if err := c.running[name].WaitReady(ctx); err != nil {
			c.t.Fatal(err)
		}
	}
}

// stop deletes a Pod as Kubernetes does, within the grace period that it asks for.
func (c *cluster) stop(name string) {
	c.t.Helper()
	pod := c.running[name]
	began := time.Now()
	if err := pod.Stop(pod.GracePeriod()); err != nil {
		c.t.Fatal(err)
	}
	c.t.Logf("%s stopped in order after %.1f s", name, time.Since(began).Seconds())
}

// says checks that the log of a node's Kafka has a text, whatever its case.
func (c *cluster) says(name, text string) {
	c.t.Helper()
	if !strings.Contains(strings.ToLower(c.running[name].Log("kafka")), strings.ToLower(text)) {
		c.t.Errorf("%s does not say %q", name, text)
	}
}

// saysSoon is says for what a node says in the background.
func (c *cluster) saysSoon(name, text string) {
	c.t.Helper()
	until(c.t, fmt.Sprintf("%s to say %q", name, text), func() bool {
		return strings.Contains(c.running[name].Log("kafka"), text)
	})
}

// until polls, because what it waits for tells nobody.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain for %s", patience, what)
		}
	}
}

// end kills what still runs, and shows the end of every log if the test failed.
func (c *cluster) end() {
	for _, name := range slices.Sorted(maps.Keys(c.running)) {
		pod := c.running[name]
		pod.Kill()
		if !c.t.Failed() {
			continue
		}
		for _, file := range []string{pod.EventsFile(), pod.LogFile("kafka")} {
			text, _ := os.ReadFile(file) // what is not there needs not be shown
			c.t.Logf("%s ends with:\n%s", file, text[max(0, len(text)-2000):])
		}
	}
}
