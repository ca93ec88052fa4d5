package simulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/sync"
)

// toy is the smallest operator that keeps the laws, so that the world and its laws can be tried by themselves. Each
// of its bugs breaks one law: that proves the law's checker.
type toy struct {
	world *World
	bug   string
	calls int
	// firstPod is whether the first Pod of the request's text is broker 0's.
	firstPod bool
}

func toyHook(bug string) func(*World) metacontroller.Hook {
	return func(w *World) metacontroller.Hook { return &toy{world: w, bug: bug} }
}

func (t *toy) Call(hook, _ string, asked *metacontroller.Request) (int, []byte, error) {
	body := asked.Whole()
	t.calls++
	if hook == "customize" {
		return 200, []byte(`{"relatedResources":[]}`), nil
	}
	t.firstPod = strings.Index(string(body), `data/demo-0":`) < strings.Index(string(body), `data/demo-1":`)
	request, err := apply.Decode(body)
	if err != nil {
		return 400, []byte(err.Error()), nil //nolint:nilerr // the call was answered: with a refusal
	}
	if t.bug == "changes the request" {
		body[len(body)-2] = ' '
	}
	text, err := json.Marshal(t.answer(request, hook == "finalize"))
	return 200, text, err
}

// answer decides: it holds what it does not understand, restarts one stale broker at a time, and lets go of empty ones.
func (t *toy) answer(request apiserver.Object, finalizing bool) apiserver.Object {
	parent := apiserver.Map(request, "parent")
	if finalizing {
		left := len(apiserver.Map(request, "children", podKind)) + len(apiserver.Map(request, "children", claimKind))
		return apiserver.Object{"status": apiserver.Object{}, "children": []any{}, "finalized": left == 0}
	}
	facts := t.facts(parent)
	var ids []int64
	for _, broker := range apiserver.List(parent, "spec", "brokers") {
		ids = append(ids, apiserver.Int(broker, "id"))
	}
	wanted := slices.Clone(ids)
	pods := t.pods(request)
	for id := range pods {
		if !slices.Contains(ids, id) && (t.bug != "drops brokers" && holds(facts, id)) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	if apiserver.String(parent, "spec", "image") == "" {
		return t.held(request)
	}
	out := t.restart(parent, ids, pods, facts)
	children := []any{service(parent)}
	ready := len(wanted) > 0
	for _, id := range ids {
		children = append(children, configMap(parent, id, wanted), claim(parent, id))
		if !slices.Contains(out, id) {
			children = append(children, pod(parent, id))
		}
		ready = ready && pods[id] != nil && PodReady(pods[id]) && pods[id] != nil && !stale(parent, pods[id])
	}
	ready = ready && len(wanted) == len(pods)
	status := apiserver.Object{"conditions": []any{condition("SpecValid", true), condition("Ready", ready)}}
	if t.bug == "hot loop" {
		status["calls"] = t.world.Tick() + t.calls
	}
	if t.bug == "leaks secrets" {
		status["password"] = "a password of theirs"
	}
	if t.bug == "map order" {
		status["firstPod"] = t.firstPod
	}
	if t.bug == "chance" {
		status["calls"] = t.calls % 2
	}
	return apiserver.Object{"status": status, "children": children, "resyncAfterSeconds": resync(ready)}
}

func resync(ready bool) float64 {
	if ready {
		return 0
	}
	return 2
}

// held keeps everything that is observed, for a spec that is wrong.
func (t *toy) held(request apiserver.Object) apiserver.Object {
	children := []any{}
	for _, objects := range apiserver.Map(request, "children") {
		for _, o := range objects.(map[string]any) {
			children = append(children, lastApplied(o.(map[string]any)))
		}
	}
	slices.SortFunc(children, func(a, b any) int {
		left, right := apiserver.KeyOf(a.(map[string]any)), apiserver.KeyOf(b.(map[string]any))
		return strings.Compare(left.String(), right.String())
	})
	if t.bug == "drops on mistakes" {
		children = children[1:]
	}
	status := apiserver.Object{"conditions": []any{condition("SpecValid", false)}}
	return apiserver.Object{"status": status, "children": children}
}

// restart returns the brokers whose Pods are left out of this answer.
func (t *toy) restart(
	parent apiserver.Object, ids []int64, pods map[int64]apiserver.Object, facts sync.Facts,
) (out []int64) {
	healthy := true
	for _, id := range ids {
		healthy = healthy && pods[id] != nil && PodReady(pods[id])
	}
	partitions, known := facts.Kafka.Partitions.Get()
	for _, p := range partitions {
		healthy = healthy && len(p.ISR) == len(p.Replicas)
	}
	for _, id := range ids {
		pod := pods[id]
		if pod == nil || apiserver.Terminating(pod) || !stale(parent, pod) {
			continue
		}
		careless := t.bug == "restarts all" || t.bug == "restarts blindly" && len(out) == 0
		if careless || healthy && known && len(out) == 0 {
			out = append(out, id)
		}
	}
	return out
}

func (t *toy) facts(parent apiserver.Object) sync.Facts {
	name := apiserver.Name(parent)
	return t.world.Kafka.Answer(sync.Questions{Kafka: &sync.KafkaQuestions{
		Partitions: true, Cluster: true, Quorum: true,
		Connection: sync.KafkaConnection{Bootstrap: []string{
			name + "-headless." + apiserver.Namespace(parent) + ".svc.cluster.local:29092",
		}},
	}})
}

// The labels that a toy's objects have.
const clusterLabel, brokerLabel = "kafka_cr", "brokerId"

func holds(facts sync.Facts, id int64) bool {
	partitions, known := facts.Kafka.Partitions.Get()
	return !known || slices.ContainsFunc(partitions, func(p sync.Partition) bool { return p.On(int32(id)) })
}

func (t *toy) pods(request apiserver.Object) map[int64]apiserver.Object {
	pods := map[int64]apiserver.Object{}
	for _, o := range apiserver.Map(request, "children", podKind) {
		pod := o.(map[string]any)
		id, _ := strconv.ParseInt(apiserver.Label(pod, brokerLabel), 10, 64)
		pods[id] = pod
	}
	return pods
}

func stale(parent, pod apiserver.Object) bool {
	return apiserver.String(pod, "metadata", "annotations", "image") != apiserver.String(parent, "spec", "image")
}

func condition(kind string, truth bool) apiserver.Object {
	status := "False"
	if truth {
		status = "True"
	}
	return apiserver.Object{"type": kind, "status": status, "reason": "Toy"}
}

func metadata(parent apiserver.Object, name string, id int64) apiserver.Object {
	labels := apiserver.Object{clusterLabel: apiserver.Name(parent)}
	if id >= 0 {
		labels[brokerLabel] = strconv.FormatInt(id, 10)
	}
	return apiserver.Object{"name": name, "labels": labels, "annotations": apiserver.Object{}}
}

func nameOf(parent apiserver.Object, id int64) string {
	return apiserver.Name(parent) + "-" + strconv.FormatInt(id, 10)
}

func service(parent apiserver.Object) apiserver.Object {
	name := apiserver.Name(parent)
	return apiserver.Object{
		"apiVersion": "v1", "kind": "Service", "metadata": metadata(parent, name+"-headless", -1),
		"spec": apiserver.Object{
			"clusterIP": "None", "publishNotReadyAddresses": true, "selector": apiserver.Object{clusterLabel: name},
			"ports": []any{
				apiserver.Object{"name": "internal", "port": 29092, "protocol": "TCP", "targetPort": 29092},
				apiserver.Object{"name": "controller", "port": 29093, "protocol": "TCP", "targetPort": 29093},
			},
		},
	}
}

func configMap(parent apiserver.Object, id int64, voters []int64) apiserver.Object {
	name := apiserver.Name(parent)
	domain := name + "-headless." + apiserver.Namespace(parent) + ".svc.cluster.local"
	var quorum []string
	for _, voter := range voters {
		if voter < 3 {
			quorum = append(quorum, fmt.Sprintf("%d@%s-%d.%s:29093", voter, name, voter, domain))
		}
	}
	roles, listeners := "broker", ""
	if id < 3 {
		roles, listeners = "broker,controller", ",CONTROLLER://:29093"
	}
	text := fmt.Sprintf("node.id=%d\nprocess.roles=%s\ncontroller.quorum.voters=%s\n"+
		"controller.listener.names=CONTROLLER\nlisteners=INTERNAL://:29092%s\n"+
		"advertised.listeners=INTERNAL://%s-%d.%s:29092\ninter.broker.listener.name=INTERNAL\n"+
		"listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT\nlog.dirs=/kafka-logs/kafka\n",
		id, roles, strings.Join(quorum, ","), listeners, name, id, domain)
	return apiserver.Object{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(parent, name+"-config-"+strconv.FormatInt(id, 10), id),
		"data": apiserver.Object{"broker-config": text},
	}
}

func claim(parent apiserver.Object, id int64) apiserver.Object {
	return apiserver.Object{
		"apiVersion": "v1", "kind": "PersistentVolumeClaim",
		"metadata": metadata(parent, nameOf(parent, id)+"-storage-0", id),
		"spec": apiserver.Object{
			"accessModes": []any{"ReadWriteOnce"},
			"resources":   apiserver.Object{"requests": apiserver.Object{"storage": "1Gi"}},
		},
	}
}

func pod(parent apiserver.Object, id int64) apiserver.Object {
	name, number := apiserver.Name(parent), strconv.FormatInt(id, 10)
	meta := metadata(parent, nameOf(parent, id), id)
	meta["annotations"] = apiserver.Object{"image": apiserver.String(parent, "spec", "image")}
	return apiserver.Object{
		"apiVersion": "v1", "kind": "Pod", "metadata": meta,
		"spec": apiserver.Object{
			"hostname": nameOf(parent, id), "subdomain": name + "-headless",
			"containers": []any{apiserver.Object{
				"name": "kafka", "image": apiserver.String(parent, "spec", "image"),
				"env": []any{apiserver.Object{"name": "CLUSTER_ID", "value": apiserver.UID(parent)}},
				"volumeMounts": []any{
					apiserver.Object{"name": "config", "mountPath": "/config"},
					apiserver.Object{"name": "data", "mountPath": "/kafka-logs"},
				},
			}},
			"volumes": []any{
				apiserver.Object{"name": "config", "configMap": apiserver.Object{"name": name + "-config-" + number}},
				apiserver.Object{"name": "data", "persistentVolumeClaim": apiserver.Object{
					"claimName": nameOf(parent, id) + "-storage-0",
				}},
			},
		},
	}
}

// lastApplied is what a hook once returned for a child.
func lastApplied(child apiserver.Object) apiserver.Object {
	object, err := apply.Decode([]byte(apiserver.String(child, "metadata", "annotations", apply.LastApplied)))
	if err != nil {
		return nil
	}
	return object
}
