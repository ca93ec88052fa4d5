package reasons

import (
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
	"github.com/kompositor/kompositor/simulator/edits"
)

const cluster = `{apiVersion: kafka.banzaicloud.io/v1beta1, kind: KafkaCluster,
metadata: {name: demo, namespace: kafka},
spec: {clusterImage: "kafka:1", readOnlyConfig: a=1, rollingUpgradeConfig: {failureThreshold: 1},
  brokerConfigGroups: {default: {processRoles: [controller, broker], config: b=1,
    storageConfigs: [{mountPath: /logs, pvcSpec: {resources: {requests: {storage: 10Gi}}}}]}},
  brokers: [{id: 0, brokerConfigGroup: default}, {id: 1, brokerConfigGroup: default}]},
status: {kRaft: {quorum: Dynamic}}}`

const claim = `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: demo-1-storage-0, namespace: kafka,
  uid: of-the-claim, labels: {brokerId: "1", kafka_cr: demo}, annotations: {mountPath: /logs}}}`

const made = `{apiVersion: v1, kind: Pod, metadata: {name: demo-1, namespace: kafka, uid: of-the-pod,
  labels: {brokerId: "1", kafka_cr: demo}}, spec: {containers: [{name: kafka, image: "kafka:1"}],
  volumes: [{name: kafka-data-0, persistentVolumeClaim: {claimName: demo-1-storage-0}}]}}`

// What happens after a Pod was made, and whether that is a reason to restart its broker.
func TestReasons(t *testing.T) {
	for name, test := range map[string]struct {
		parent, pod, claim func(apiserver.Object)
		want               string
	}{
		"nothing":       {},
		"another image": {parent: set("clusterImage", "kafka:2"), want: "its user has asked for something else"},
		"another value": {parent: set("readOnlyConfig", "a=2"), want: "its user has asked for something else"},
		"a field we do not know": {
			parent: set("later", "x"), want: "its user has asked for something else",
		},
		"its own value": {
			parent: func(o apiserver.Object) {
				apiserver.Set(apiserver.List(o, "spec", "brokers")[1], "c=1", "readOnlyConfig")
			},
			want: "its user has asked for something else",
		},
		"a value of another broker": {parent: func(o apiserver.Object) {
			apiserver.Set(apiserver.List(o, "spec", "brokers")[0], "c=1", "readOnlyConfig")
		}},
		"a value that a broker takes up": {parent: set("brokerConfigGroups.default.config", "b=2")},
		"another budget":                 {parent: set("rollingUpgradeConfig.failureThreshold", "2")},
		"larger volumes":                 {parent: func(o apiserver.Object) { edits.Grow(o, "default", "20Gi") }},
		"a controller comes":             {parent: func(o apiserver.Object) { edits.AddBroker(o, 2, "default") }},
		"a controller goes": {
			parent: func(o apiserver.Object) { edits.RemoveBroker(o, 0) },
			want:   "its user has asked for something else",
		},
		"a controller comes to a static quorum": {
			parent: func(o apiserver.Object) {
				edits.AddBroker(o, 2, "default")
				apiserver.Set(o, "Static", "status", "kRaft", "quorum")
			},
			want: "its user has asked for something else",
		},
		"a disk comes": {
			parent: func(o apiserver.Object) { _ = edits.Disk{Group: "default", Path: "/more"}.Add(o) },
			want:   "its user has asked for something else",
		},
		"a roll": {
			parent: annotate("kompositor.io/restart", "1"), want: "its user has asked for something else",
		},
		"another annotation": {parent: annotate("kompositor.io/pause", "true")},
		"the Pod is marked": {
			pod: annotate("kompositor.io/restart", "true"), want: "its user has annotated the Pod",
		},
		"the Pod has failed": {
			pod: func(o apiserver.Object) { apiserver.Set(o, "Failed", "status", "phase") }, want: "the Pod has ended",
		},
		"the image was kept": {
			pod: func(o apiserver.Object) {
				apiserver.Set(apiserver.List(o, "spec", "containers")[0], "kafka:0", "image")
			},
			want: "the Pod has another image than its user asks for",
		},
		"the claim is another": {
			claim: func(o apiserver.Object) { apiserver.Set(o, "another", "metadata", "uid") },
			want:  "its claim demo-1-storage-0 is gone",
		},
		"the file system waits": {
			claim: func(o apiserver.Object) {
				apiserver.Set(o, []any{apiserver.Object{"type": "FileSystemResizePending"}}, "status", "conditions")
			},
			want: "its claim demo-1-storage-0 waits for its Pod to start",
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := apiserver.New(apiserver.Options{Now: func() time.Time { return time.Unix(0, 0) }})
			put(t, server, object(t, claim))
			parent, pod, reasons := object(t, cluster), object(t, made), New(server)
			reasons.Told(parent)
			reasons.Made(parent, pod)
			if test.claim != nil {
				changed := object(t, claim)
				test.claim(changed)
				put(t, server, changed)
			}
			if test.pod != nil {
				test.pod(pod)
			}
			parent = apiserver.Copy(parent)
			if test.parent != nil {
				test.parent(parent)
				apiserver.Set(parent, int64(2), "metadata", "generation")
			}
			reasons.Told(parent)
			if got, known := reasons.Of(parent, pod); got != test.want || !known {
				t.Errorf("the reason is %q (known: %t), not %q", got, known, test.want)
			}
		})
	}
}

// Of a Pod that nobody saw being made there is nothing to say.
func TestUnknownPod(t *testing.T) {
	parent, reasons := object(t, cluster), New(apiserver.New(apiserver.Options{}))
	reasons.Told(parent)
	if reason, known := reasons.Of(parent, object(t, made)); known {
		t.Errorf("the reason is known: %q", reason)
	}
}

// What was asked and taken back may be a reason still.
func TestTakenBack(t *testing.T) {
	parent, pod, reasons := object(t, cluster), object(t, made), New(apiserver.New(apiserver.Options{}))
	reasons.Told(parent)
	reasons.Made(parent, pod)
	other := apiserver.Copy(parent)
	set("readOnlyConfig", "a=2")(other)
	apiserver.Set(other, int64(2), "metadata", "generation")
	reasons.Told(other)
	back := apiserver.Copy(parent)
	apiserver.Set(back, int64(3), "metadata", "generation")
	reasons.Told(back)
	if reason, _ := reasons.Of(back, pod); reason != "its user has asked for something else" {
		t.Errorf("the reason is %q", reason)
	}
}

// An announcement counts for as long as the Pod is there, if there was a reason when it was made.
func TestAnnounced(t *testing.T) {
	config := apiserver.Object{}
	apiserver.Set(config, "of-the-pod", "metadata", "annotations", "kompositor.io/successor-of")
	for _, marked := range []bool{false, true} {
		server := apiserver.New(apiserver.Options{Now: func() time.Time { return time.Unix(0, 0) }})
		parent, pod, reasons := object(t, cluster), object(t, made), New(server)
		put(t, server, object(t, claim))
		reasons.Told(parent)
		reasons.Made(parent, pod)
		announced := apiserver.Copy(pod)
		if marked {
			annotate("kompositor.io/restart", "true")(announced)
		}
		put(t, server, announced)
		reasons.Announced(parent, config)
		if reason, _ := reasons.Of(parent, pod); (reason != "") != marked {
			t.Errorf("the Pod is marked when its end is announced: %t; and the reason is %q", marked, reason)
		}
	}
}

func set(path, value string) func(apiserver.Object) {
	return func(o apiserver.Object) { edits.Fields(o, map[string]string{path: value}) }
}

func annotate(name, value string) func(apiserver.Object) {
	return func(o apiserver.Object) { apiserver.Set(o, value, "metadata", "annotations", name) }
}

func put(t *testing.T, server *apiserver.Server, o apiserver.Object) {
	t.Helper()
	if _, err := server.Put(o); err != nil {
		t.Fatal(err)
	}
}

func object(t *testing.T, text string) apiserver.Object {
	t.Helper()
	json, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	o, err := apply.Decode(json)
	if err != nil {
		t.Fatal(err)
	}
	return o
}
