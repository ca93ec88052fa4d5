package roll

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/kompositor/kompositor/e2e/kafka"
	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/live"
)

// The Pods that Koperator has made, and those that take their places.
var (
	koperators = []string{
		"shop-0-k7v2m", "shop-1-zr5hc", "shop-2-b9nlw",
		"shop-controller-10-4gqvp", "shop-controller-11-t6xdm", "shop-controller-12-h2jfs",
	}
	ours = []string{"shop-0", "shop-1", "shop-2", "shop-10", "shop-11", "shop-12"}
)

// Kafka as Koperator has set it up, with a static quorum and Pods of its own, changes hands while clients write: no
// node restarts. An edit then restarts each once, under our name and with the disk that it had. No acknowledged record
// is lost.
func TestTakeover(t *testing.T) {
	c := &kafkaCluster{live.Found(t, &run, live.Load{Every: 10 * time.Millisecond, Records: 1}, koperatorLeft(t))}
	claims := c.claims()
	uids := map[string]string{}
	for name, uid := range c.UIDs {
		uids[name] = string(uid)
	}
	var all []live.Measured
	all = append(all, c.Measure("a cluster of Koperator's changes hands", func() {
		uid := string(c.Read().GetUID())
		run.Kubectl(t, "", "-n", c.Key.Namespace, "label", "pod,pvc,configmap,service,pdb", "-l", "kafka_cr=shop",
			"controller-uid="+uid)
		c.Begin()
		c.CallUntil("the cluster to be taken over", live.Patience, c.NotSettled)
	}))
	if len(c.Restarts) > 0 {
		t.Errorf("taking over restarts %v", c.Restarts)
	}
	for _, name := range koperators {
		if uid := string(c.UIDs[name]); uid == "" || uid != uids[name] {
			t.Errorf("%s is another Pod", name)
		}
	}
	all = append(all, c.Measure("its first read-only change", func() {
		c.Change("readOnlyConfig: |\n  auto.create.topics.enable=false\n  default.replication.factor=3\n" +
			"  min.insync.replicas=2\n  queued.max.requests=501")
		c.CallUntil("all nodes to have restarted", rollPatience, c.NotSettled)
	}))
	c.restartedOnce(0, koperators)
	for _, name := range ours {
		c.hasConfig(name, "queued.max.requests", "501")
	}
	if diff := cmp.Diff(claims, c.claims()); diff != "" {
		t.Errorf("the claims (-before +now):\n%s", diff)
	}
	c.Traffic.End()
	live.Table(t, all)
}

// koperatorLeft is what the other tests take over too, less what is not Kafka's: Cruise Control, the ingress, users.
func koperatorLeft(t *testing.T) []*kube.Object {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(run.Root, "e2e", "testdata", "koperator.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := strings.NewReplacer("namespace: kafka", "namespace: shop", ".kafka.svc.", ".shop.svc.",
		live.Image("3.9.1"), live.Image(kafka.Kafka3))
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(elsewhere.Replace(string(text))), len(text))
	var objects []*kube.Object
	for {
		object := &kube.Object{}
		if err := decoder.Decode(&object.Object); err != nil {
			break
		}
		app, ours := object.GetLabels()["app"], strings.HasPrefix(object.GetAPIVersion(), "kafka.banzaicloud.io/")
		if object.GetKind() == "KafkaCluster" || !ours && (app == "kafka" || app == "kafka-jmx") {
			objects = append(objects, object)
		}
	}
	if len(objects) < len(koperators) || objects[0].GetKind() != "KafkaCluster" {
		t.Fatalf("%d objects are no cluster", len(objects))
	}
	objects[0].SetFinalizers(nil) // Koperator's, which the guide takes away
	return objects
}

// claims are the disks of each node, by its id: the claims and their UIDs.
func (c *kafkaCluster) claims() map[string]string {
	c.T.Helper()
	resource, err := run.Control.Client.Kind(c.T.Context(), "v1", "PersistentVolumeClaim")
	if err != nil {
		c.T.Fatal(err)
	}
	objects, err := run.Control.Client.List(c.T.Context(), resource, c.Key.Namespace, "")
	if err != nil {
		c.T.Fatal(err)
	}
	found := map[string]string{}
	for _, claim := range objects {
		volume, _, _ := unstructured.NestedString(claim.Object, "spec", "volumeName")
		found[claim.GetLabels()["brokerId"]] += claim.GetName() + " " + string(claim.GetUID()) + " " + volume
	}
	return found
}
