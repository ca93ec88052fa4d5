package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/metacontroller"
)

// A cluster of Koperator's changes hands with the commands of docs/takeover.md as they stand there: nothing of it is
// deleted, replaced or disowned, and no Pod is written. A Pod that is lost then comes back under our name, with the
// claim that Koperator had made.
func TestTakeover(t *testing.T) {
	install(t)
	makeNamespace(t, "kafka") // Koperator's own, and that of the first cluster
	for _, left := range leftByKoperator(t) {
		t.Run(left.name, func(t *testing.T) {
			left.make(t)
			guide := newGuide(t, left.parent.key.Namespace)
			if code := guide.run("Before"); code != planChanges {
				t.Fatalf("the plan ends with exit code %d", code)
			}
			for _, step := range []string{"1. Stop", "2. Replace", "3. Hand", "4. Start"} {
				if code := guide.run(step); code != 0 {
					t.Fatalf("step %s ends with exit code %d", step, code)
				}
			}
			left.changesHands()
			left.losesAPod()
			left.goesBack(guide)
			left.parent.delete()
		})
	}
	t.Run("without labels", takeoverWithoutLabels)
}

// planChanges is the exit code of a plan that changes something and refuses nothing.
const planChanges = 2

// Whoever starts Kompositor before the labels are there makes nothing worse: no second broker, no empty disk. Once they
// are there, Metacontroller adopts what it had let go.
func takeoverWithoutLabels(t *testing.T) {
	left := ownWorld(t, "early")
	left.make(t)
	guide := newGuide(t, "early")
	for _, step := range []string{"1. Stop", "2. Replace"} {
		if code := guide.run(step); code != 0 {
			t.Fatalf("step %s ends with exit code %d", step, code)
		}
	}
	for range quietPasses {
		for _, write := range left.parent.pass().Writes {
			if write.Verb == metacontroller.Create || write.Verb == metacontroller.Delete {
				t.Errorf("before anything is labelled: %s", write)
			}
		}
	}
	left.parent.says("Ready", "False", "NotTakenOver")
	if code := guide.run("3. Hand"); code != 0 {
		t.Fatalf("step 3 ends with exit code %d", code)
	}
	left.parent.settle()
	left.compare()
	left.parent.stand(10)
	left.parent.delete()
}

// left is a cluster that Koperator has left, and what it was before it changed hands.
type left struct {
	name     string
	strategy metacontroller.ApplyStrategy
	cluster  *kube.Object
	others   []*kube.Object

	parent *parent
	before map[string]*kube.Object
}

// leftByKoperator are a cluster of our own making, and where they are beside this project those that Koperator itself
// has made of its samples.
func leftByKoperator(t *testing.T) []*left {
	t.Helper()
	all := []*left{ownWorld(t, "kafka"), ownWorld(t, "applied")}
	all[1].name, all[1].strategy = "server-side apply", metacontroller.ServerSideApply
	files, err := filepath.Glob(filepath.Join("..", "..", "shared", "koperator-output", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		text := strings.Replace(readFile(t, file), "\nkind: KafkaCluster\n",
			"\napiVersion: "+group+"/v1beta1\nkind: KafkaCluster\n", 1)
		world := sortOut(t, name, parseText(t, text))
		sample := parse(t, filepath.Join(sharedSamples, strings.ReplaceAll(name, "-", "_")+".yaml"))
		world.cluster.Object["spec"] = sample[0].Object["spec"]
		world.cluster.SetNamespace(world.others[0].GetNamespace())
		all = append(all, world)
	}
	return all
}

// ownWorld is the cluster of our own making, in a namespace.
func ownWorld(t *testing.T, namespace string) *left {
	t.Helper()
	text := readFile(t, filepath.Join("testdata", "koperator.yaml"))
	there := strings.NewReplacer("namespace: kafka", "namespace: "+namespace, "clusterNamespace: kafka",
		"clusterNamespace: "+namespace)
	return sortOut(t, "own", parseText(t, there.Replace(text)))
}

func sortOut(t *testing.T, name string, objects []*kube.Object) *left {
	t.Helper()
	l := &left{name: name, strategy: metacontroller.DynamicApply}
	for _, object := range objects {
		if object.GetKind() == "KafkaCluster" {
			l.cluster = object
			continue
		}
		l.others = append(l.others, object)
	}
	if l.cluster == nil {
		t.Fatalf("%s has no KafkaCluster", name)
	}
	return l
}

// koperator is Koperator itself, as its chart installs it, and its webhook, which nobody answers.
const koperator = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: kafka-operator-operator, namespace: kafka}
spec:
  replicas: 1
  selector: {matchLabels: {app.kubernetes.io/name: kafka-operator}}
  template:
    metadata: {labels: {app.kubernetes.io/name: kafka-operator}}
    spec: {containers: [{name: manager, image: ghcr.io/adobe/koperator/koperator}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: kafka-operator-validating-webhook}
webhooks:
- name: kafkaclusters.kafka.banzaicloud.io
  admissionReviewVersions: [v1]
  failurePolicy: Fail
  sideEffects: None
  clientConfig: {service: {name: kafka-operator-operator, namespace: kafka, path: /validate}}
  rules:
  - apiGroups: [kafka.banzaicloud.io]
    apiVersions: ["*"]
    operations: [CREATE, UPDATE]
    resources: [kafkaclusters, kafkatopics]
`

// make makes what Koperator has left, Koperator's own CRDs included where they are beside this project.
func (l *left) make(t *testing.T) {
	t.Helper()
	driver, _ := shippedDriver(t, "kafkaclusters", l.strategy)
	l.parent = &parent{t: t, driver: driver, key: kube.Key(l.cluster)}
	if l.parent.key.Namespace != "kafka" {
		makeNamespace(t, l.parent.key.Namespace)
	}
	crds, err := filepath.Glob(filepath.Join("..", "..", "shared", "koperator-crds", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range crds {
		kubectl(t, "", "apply", "--server-side", "--force-conflicts", "-f", file)
	}
	provideStorageClasses(t, l.cluster)
	provideNodes(t, l.cluster.Object)
	owners := map[string]types.UID{"KafkaCluster/" + l.cluster.GetName(): l.create(l.cluster)}
	for _, object := range l.others {
		references := object.GetOwnerReferences()
		for i := range references {
			references[i].UID = owners[references[i].Kind+"/"+references[i].Name]
		}
		object.SetOwnerReferences(references)
		moveHere(object)
		owners[object.GetKind()+"/"+object.GetName()] = l.create(object)
	}
	apply(t, "kafka", koperator)
	t.Cleanup(func() { // the guide may not have got that far
		ctx := context.WithoutCancel(t.Context())
		_, _, err := cluster.Kubectl(ctx, strings.NewReader(koperator), "delete", "--ignore-not-found", "-f", "-")
		if err != nil {
			t.Error(err)
		}
	})
	waitFor(t, "what Koperator has made to run", l.parent.onTheWay)
	l.before = l.all()
}

// moveHere takes away what another Kubernetes cluster has given: the volume of a claim, the node of a Pod, the address
// of a Service.
func moveHere(object *kube.Object) {
	switch object.GetKind() {
	case "PersistentVolumeClaim":
		unstructured.RemoveNestedField(object.Object, "spec", "volumeName")
		annotations := object.GetAnnotations()
		maps.DeleteFunc(annotations, func(name, _ string) bool { return strings.HasPrefix(name, "pv.kubernetes.io/") })
		object.SetAnnotations(annotations)
	case "Pod":
		unstructured.RemoveNestedField(object.Object, "spec", "nodeName")
	case "Service":
		if address, _, _ := unstructured.NestedString(object.Object, "spec", "clusterIP"); address != "None" {
			unstructured.RemoveNestedField(object.Object, "spec", "clusterIP")
			unstructured.RemoveNestedField(object.Object, "spec", "clusterIPs")
		}
		ports, _, _ := unstructured.NestedSlice(object.Object, "spec", "ports")
		for _, port := range ports {
			delete(port.(map[string]any), "nodePort")
		}
		object.Object["spec"].(map[string]any)["ports"] = ports
	}
}

// create creates an object with its status and returns its UID.
func (l *left) create(object *kube.Object) types.UID {
	t := l.parent.t
	t.Helper()
	resource, err := cluster.Client.Kind(t.Context(), object.GetAPIVersion(), object.GetKind())
	if err != nil {
		t.Fatal(err)
	}
	status, told := object.Object["status"]
	var made *kube.Object
	onceServed(t, func() error {
		made, err = cluster.Client.Create(t.Context(), resource, object)
		return err
	})
	if told && strings.HasPrefix(object.GetAPIVersion(), group) {
		made.Object["status"] = status
		onceServed(t, func() error {
			_, err := cluster.Client.UpdateStatus(t.Context(), resource, made)
			return err
		})
	}
	return made.GetUID()
}

// onceServed does something with objects of ours again for as long as the API server says that it is changing over to
// other CRDs.
func onceServed(t *testing.T, do func() error) {
	t.Helper()
	waitFor(t, "our kinds to be served", func(context.Context) (string, error) {
		err := do()
		if err != nil && !apierrors.IsTooManyRequests(err) {
			t.Fatal(err)
		}
		return missingUnless(err == nil, "their storage"), err
	})
}

// all are the objects of every kind that Koperator makes, by kind and name. Pods of Deployments are Kubernetes' own.
func (l *left) all() map[string]*kube.Object {
	t := l.parent.t
	t.Helper()
	found := map[string]*kube.Object{}
	for _, kind := range [][2]string{
		{"v1", "pods"},
		{"v1", "persistentvolumeclaims"},
		{"v1", "configmaps"},
		{"v1", "services"},
		{"v1", "secrets"},
		{"policy/v1", "poddisruptionbudgets"},
		{"apps/v1", "deployments"},
		{group + "/v1alpha1", "kafkatopics"},
		{group + "/v1alpha1", "kafkausers"},
		{group + "/v1alpha1", "cruisecontroloperations"},
	} {
		resource, err := cluster.Client.Resource(t.Context(), kind[0], kind[1])
		if err != nil {
			t.Fatal(err)
		}
		var objects []*kube.Object
		onceServed(t, func() error {
			objects, err = cluster.Client.List(t.Context(), resource, l.parent.key.Namespace, "")
			return err
		})
		for _, object := range objects {
			owner := metav1.GetControllerOf(object)
			if object.GetName() != "kafka-operator-operator" && (owner == nil || owner.Kind != "ReplicaSet") {
				found[kind[1]+"/"+object.GetName()] = object
			}
		}
	}
	return found
}

// changesHands drives every parent until all is settled, and looks at what was written on the way.
func (l *left) changesHands() {
	t := l.parent.t
	t.Helper()
	l.parent.watch = func(write metacontroller.Write) {
		switch {
		case write.Verb == metacontroller.Delete, write.Verb == metacontroller.Release, write.Resource.Kind == "Pod":
			t.Errorf("taking over: %s", write)
		}
	}
	l.parent.settle()
	l.compare()
	l.parent.stand(10)
	l.parent.watch = nil
	for condition, status := range map[string]string{
		"Ready": "True", "BrokersReady": "True", "ConfigInSync": "True", "RollingUpdate": "False", "SpecValid": "True",
	} {
		l.parent.says(condition, status, "AsExpected")
	}
	if state, _, _ := unstructured.NestedString(l.parent.read().Object, "status", "state"); state != "ClusterRunning" {
		t.Errorf("status.state is %q", state)
	}
	for _, plural := range []string{"kafkatopics", "kafkausers", "cruisecontroloperations"} {
		l.goesOn(plural)
	}
}

// goesOn drives the topics, users or operations that Koperator has left.
func (l *left) goesOn(plural string) {
	t := l.parent.t
	t.Helper()
	driver, _ := shippedDriver(t, plural, l.strategy)
	for name, object := range l.before {
		if !strings.HasPrefix(name, plural+"/") {
			continue
		}
		r := &resource{t: t, driver: driver, kind: object.GetKind(), key: kube.Key(object)}
		for range quietPasses {
			r.pass()
		}
		want := []string{"metacontroller.io/compositecontroller-" + strings.TrimSuffix(plural, "s")}
		if diff := cmp.Diff(want, r.read().GetFinalizers()); diff != "" {
			t.Errorf("finalizers of %s (-want +got):\n%s", name, diff)
		}
	}
}

// compare checks that everything is still there, and is what it was where somebody may be running with it.
func (l *left) compare() {
	t := l.parent.t
	t.Helper()
	now := l.all()
	for name, before := range l.before {
		after := now[name]
		if after == nil || after.GetUID() != before.GetUID() {
			t.Errorf("%s is gone, or another one", name)
			continue
		}
		if diff := cmp.Diff(ownersOf(before), ownersOf(after)); diff != "" && !strings.HasPrefix(name, "secrets/") {
			t.Errorf("owners of %s (-before +now):\n%s", name, diff)
		}
		if diff := cmp.Diff(stays(before), stays(after)); diff != "" {
			t.Errorf("%s (-before +now):\n%s", name, diff)
		}
	}
}

func ownersOf(object *kube.Object) string {
	var owners []string
	for _, owner := range object.GetOwnerReferences() {
		owners = append(owners, owner.Kind+"/"+owner.Name+" "+string(owner.UID))
	}
	return strings.Join(owners, ", ")
}

// stays is the part of an object that does not change hands: what a broker runs with, where it is reached, its volume.
// What Cruise Control reads is drawn anew, and Services of brokers lead to them before they are ready.
func stays(object *kube.Object) any {
	app := object.GetLabels()["app"]
	switch object.GetKind() {
	case "ConfigMap":
		if app != "cruisecontrol" {
			return object.Object["data"]
		}
	case "Service":
		spec, _, _ := unstructured.NestedMap(object.Object, "spec")
		delete(spec, "publishNotReadyAddresses")
		return spec
	case "Deployment":
		if app != "cruisecontrol" {
			return object.Object["spec"]
		}
	case "Pod", "PersistentVolumeClaim", "PodDisruptionBudget", "KafkaUser", "KafkaTopic":
		return object.Object["spec"]
	}
	return nil
}

// losesAPod edits the configuration, which nobody may restart a broker for while Kafka does not answer, and then has a
// Pod lost: it comes back under our name, with its old claim and the new configuration.
func (l *left) losesAPod() {
	t := l.parent.t
	t.Helper()
	key := l.parent.key
	pods := l.parent.byBroker("pods")
	kubectl(t, "", "-n", key.Namespace, "patch", "kafkacluster", key.Name, "--type=merge", "-p",
		`{"spec":{"readOnlyConfig":"`+strings.ReplaceAll(l.readOnly(), "\n", `\n`)+`queued.max.requests=501\n"}}`)
	l.parent.says("ConfigInSync", "False", "PodStale")
	l.parent.says("RollingUpdate", "True", "RestartWaits")
	mustBeSame(t, pods, l.parent.byBroker("pods"))
	lost := pods["0"]
	kubectl(t, "", "-n", key.Namespace, "delete", "pod", lost.GetName(), "--wait=false")
	waitFor(t, "the Pod to be gone", gone("v1", "pods", key.Namespace+"/"+lost.GetName()))
	l.parent.settle()
	back := l.parent.byBroker("pods")["0"]
	if want := key.Name + "-0"; back.GetName() != want {
		t.Errorf("the Pod that came back is called %s, not %s", back.GetName(), want)
	}
	if diff := cmp.Diff(claimsOf(t, lost), claimsOf(t, back)); diff != "" {
		t.Errorf("its claims (-before +now):\n%s", diff)
	}
	config, err := read(t.Context(), "v1", "configmaps", fmt.Sprintf("%s/%s-config-0", key.Namespace, key.Name))
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := unstructured.NestedString(config.Object, "data", "broker-config")
	if !strings.Contains(text, "queued.max.requests=501\n") {
		t.Errorf("its configuration is\n%s", text)
	}
}

// goesBack leaves everything to whoever comes next: no finalizer of Metacontroller's stays, and nothing goes.
func (l *left) goesBack(guide *guide) {
	t := l.parent.t
	t.Helper()
	l.before = l.all()
	if code := guide.run("The way back"); code != 0 {
		t.Fatalf("the way back ends with exit code %d", code)
	}
	l.compare()
	for name, object := range l.all() {
		for _, finalizer := range object.GetFinalizers() {
			if strings.HasPrefix(finalizer, "metacontroller.io/") {
				t.Errorf("%s keeps the finalizer %s", name, finalizer)
			}
		}
	}
	if finalizers := l.parent.read().GetFinalizers(); len(finalizers) > 0 {
		t.Errorf("the KafkaCluster keeps the finalizers %v", finalizers)
	}
	if code := guide.run("4. Start"); code != 0 { // for the tests that follow
		t.Fatalf("step 4 ends with exit code %d", code)
	}
}

func (l *left) readOnly() string {
	text, _, _ := unstructured.NestedString(l.cluster.Object, "spec", "readOnlyConfig")
	return strings.TrimRight(text, "\n") + "\n"
}

func claimsOf(t *testing.T, pod *kube.Object) map[string]string {
	t.Helper()
	volumes, _, err := unstructured.NestedSlice(pod.Object, "spec", "volumes")
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]string{}
	for _, volume := range volumes {
		volume := volume.(map[string]any)
		if name, found, _ := unstructured.NestedString(volume, "persistentVolumeClaim", "claimName"); found {
			claims[fmt.Sprint(volume["name"])] = name
		}
	}
	return claims
}

// guide runs the commands of docs/takeover.md.
type guide struct {
	t         *testing.T
	text, dir string
	path      string
}

// newGuide is the guide for a cluster in a namespace.
func newGuide(t *testing.T, namespace string) *guide {
	t.Helper()
	bin, err := kube.Bin("..")
	if err != nil {
		t.Fatal(err)
	}
	g := &guide{t: t, dir: t.TempDir(), path: bin}
	text := readFile(t, filepath.Join("..", "docs", "takeover.md"))
	g.text = strings.ReplaceAll(text, "-n kafka get", "-n "+namespace+" get")
	for link, to := range map[string]string{
		"manifests": filepath.Join("..", "manifests"), "kompositor": install(t).Binary,
	} {
		to, err := filepath.Abs(to)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, filepath.Join(g.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

// run runs the commands below a heading and returns the exit code of the first that fails, else 0. Blocks that begin
// with a prompt are quotations.
func (g *guide) run(heading string) int {
	g.t.Helper()
	_, section, found := strings.Cut(g.text, "\n## "+heading)
	if !found {
		g.t.Fatalf("docs/takeover.md has no heading %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var script []string
	for i, block := range strings.Split(section, "\n```") {
		if i%2 == 1 && !strings.HasPrefix(block, "\n$ ") {
			script = append(script, block)
		}
	}
	if len(script) == 0 {
		g.t.Fatalf("docs/takeover.md has no commands below %q", heading)
	}
	ctx, cancel := context.WithTimeout(g.t.Context(), startTimeout)
	defer cancel()
	code, output := bash(ctx, strings.Join(script, "\n"), g.dir,
		"PATH="+g.dir+":"+g.path+":"+os.Getenv("PATH"), "KUBECONFIG="+cluster.Kubeconfig, "HOME="+g.dir)
	g.t.Logf("## %s\n%s", heading, output)
	return code
}

// bash runs a script that stops at the first command which fails.
func bash(ctx context.Context, script, dir string, environment ...string) (code int, output string) {
	command := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script)
	command.Dir, command.Env = dir, environment
	text, err := command.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		return -1, err.Error()
	}
	return code, string(text)
}
