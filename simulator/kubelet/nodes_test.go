package kubelet

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
)

// sleeper is a workload that is ready at once and stops when it is told to, unless it hangs or fails.
type sleeper struct {
	runs  []Run
	fails error
	hangs bool
}

func (s *sleeper) Start(run Run) error {
	s.runs = append(s.runs, run)
	return s.fails
}
func (s *sleeper) Check(string) (bool, error) { return true, nil }
func (s *sleeper) Stop(string) bool           { return !s.hangs }
func (s *sleeper) Kill(string)                {}

// yard is two nodes with an API server.
type yard struct {
	*Nodes
	*sleeper
	t   *testing.T
	now time.Time
}

func newYard(t *testing.T) *yard {
	t.Helper()
	y := &yard{t: t, sleeper: &sleeper{}, now: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)}
	now := func() time.Time { return y.now }
	y.Nodes = New(Options{Server: apiserver.New(apiserver.Options{Seed: 1, Now: now}), Workload: y.sleeper, Now: now})
	y.Add("node-0", "zone-a")
	y.Add("node-1", "zone-b")
	y.AddClass("standard", "simulator/network", true, true)
	y.AddClass("local", Local, true, true)
	return y
}

func (y *yard) create(texts ...string) {
	y.t.Helper()
	for _, text := range texts {
		o, err := apply.Decode([]byte(text))
		if err != nil {
			y.t.Fatal(err)
		}
		if _, err := y.Server.As("test").Create(o); err != nil {
			y.t.Fatal(err)
		}
	}
}

func (y *yard) seconds(n int) {
	for range n {
		y.now = y.now.Add(time.Second)
		y.Step()
		y.Server.CollectGarbage()
	}
}

func (y *yard) pod(name string) apiserver.Object {
	pod, _ := y.Server.Get(apiserver.Key{Kind: podKind, Namespace: "n", Name: name})
	return pod
}

func (y *yard) delete(name string) {
	y.t.Helper()
	key := apiserver.Key{Kind: podKind, Namespace: "n", Name: name}
	if err := y.Server.As("test").Delete(key, apiserver.DeleteOptions{}); err != nil {
		y.t.Fatal(err)
	}
}

func podOf(name, spec string) string {
	return `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"` + name + `","namespace":"n","labels":{"app":"a"}},
		"spec":{"containers":[{"name":"c","image":"i:1","volumeMounts":[{"name":"d","mountPath":"/data"},
		{"name":"f","mountPath":"/files"}]}],"volumes":[{"name":"d","persistentVolumeClaim":{"claimName":"claim"}},
		{"name":"f","configMap":{"name":"files"}}]` + spec + `}}`
}

func claimOf(class string) string {
	return `{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"claim","namespace":"n"},
		"spec":{"accessModes":["ReadWriteOnce"],"storageClassName":"` + class + `",
			"resources":{"requests":{"storage":"1Gi"}}}}`
}

const files = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"files","namespace":"n"},"data":{"a":"b"}}`

func waitingFor(pod apiserver.Object) string {
	for _, status := range apiserver.List(pod, "status", "containerStatuses") {
		waiting := apiserver.Map(status, "state", "waiting")
		return apiserver.String(waiting, "reason") + ": " + apiserver.String(waiting, "message")
	}
	return ""
}

func TestPodStartsWhenAllItMountsIsThere(t *testing.T) {
	y := newYard(t)
	y.create(podOf("p", ""))
	y.seconds(2)
	conditions := apiserver.List(y.pod("p"), "status", "conditions")
	if len(conditions) == 0 || !strings.Contains(apiserver.String(conditions[0], "message"), `"claim" not found`) {
		t.Fatalf("without its claim: %v", conditions)
	}
	y.create(claimOf("standard"))
	y.seconds(3)
	if got := waitingFor(y.pod("p")); !strings.Contains(got, "ConfigMap/files not found") {
		t.Fatalf("without its ConfigMap it waits for %q", got)
	}
	y.create(files)
	y.seconds(4)
	if !podReady(y.pod("p")) || len(y.runs) != 1 {
		t.Fatalf("with everything there: %v", apiserver.Map(y.pod("p"), "status"))
	}
	run := y.runs[0]
	if run.Files["/files"]["a"] != "b" || run.Claims["/data"] == "" {
		t.Errorf("it found the files %v and the claims %v", run.Files, run.Claims)
	}
}

func TestCrashLoop(t *testing.T) {
	y := newYard(t)
	y.fails = errors.New("no such config")
	y.create(claimOf("standard"), files, podOf("p", ""), `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"never",
		"namespace":"n"},"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i:1"}]}}`)
	y.seconds(90)
	if got := waitingFor(y.pod("p")); !strings.HasPrefix(got, "CrashLoopBackOff") {
		t.Errorf("it waits for %q", got)
	}
	if restarts := len(y.runs); restarts < 3 || restarts > 8 {
		t.Errorf("%d starts of two Pods in 90 seconds: want a few, further and further apart", restarts)
	}
	if phase := apiserver.String(y.pod("never"), "status", "phase"); phase != "Failed" {
		t.Errorf("a Pod that is never restarted is %q", phase)
	}
}

func TestGracePeriod(t *testing.T) {
	y := newYard(t)
	y.create(claimOf("standard"), files, podOf("p", `,"terminationGracePeriodSeconds":20`))
	y.seconds(6)
	y.hangs = true
	y.delete("p")
	y.seconds(15)
	if pod := y.pod("p"); pod == nil || podReady(pod) {
		t.Fatalf("a Pod that hangs stays, and is not ready: %v", pod)
	}
	y.seconds(10)
	if y.pod("p") != nil {
		t.Error("after its grace period it is killed")
	}
}

func TestSilentNode(t *testing.T) {
	y := newYard(t)
	y.create(claimOf("standard"), files, podOf("p", ""))
	y.seconds(6)
	node := apiserver.String(y.pod("p"), "spec", "nodeName")
	y.Down(node)
	y.seconds(40)
	if !podReady(y.pod("p")) {
		t.Error("nobody knows yet")
	}
	y.seconds(20)
	if podReady(y.pod("p")) {
		t.Error("its Pods are not ready")
	}
	y.seconds(320)
	if pod := y.pod("p"); pod == nil || !apiserver.Terminating(pod) {
		t.Fatal("its Pods are deleted, and stay until somebody knows that they are dead")
	}
	if err := y.Remove(node); err != nil {
		t.Fatal(err)
	}
	y.seconds(2)
	if y.pod("p") != nil {
		t.Error("its Pods go with the node")
	}
}

func TestLocalVolumesStayOnTheirNode(t *testing.T) {
	y := newYard(t)
	y.create(claimOf("local"), files, podOf("p", ""))
	y.seconds(6)
	node := apiserver.String(y.pod("p"), "spec", "nodeName")
	y.delete("p")
	y.seconds(3)
	y.Down(node)
	y.create(podOf("p", ""))
	y.seconds(5)
	if at := apiserver.String(y.pod("p"), "spec", "nodeName"); at != "" {
		t.Errorf("it was scheduled to %s, and its volume is on %s", at, node)
	}
	y.Up(node)
	y.seconds(5)
	if !podReady(y.pod("p")) {
		t.Error("with its node it comes back")
	}
}

func TestAntiAffinity(t *testing.T) {
	y := newYard(t)
	alone := `,"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[
		{"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"a"}}}]}}`
	plain := func(name string) string {
		return `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"` + name + `","namespace":"n","labels":{"app":"a"}},
			"spec":{"containers":[{"name":"c","image":"i:1"}]` + alone + `}}`
	}
	y.create(plain("a"), plain("b"), plain("c"))
	y.seconds(3)
	nodes := map[string]int{}
	for _, name := range []string{"a", "b", "c"} {
		nodes[apiserver.String(y.pod(name), "spec", "nodeName")]++
	}
	if nodes["node-0"] != 1 || nodes["node-1"] != 1 || nodes[""] != 1 {
		t.Errorf("three Pods that stand no other on two nodes: %v", nodes)
	}
}
