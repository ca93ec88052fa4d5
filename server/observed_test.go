package server_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
)

// This file makes realistic requests: the hook draws a cluster's children from a generated CR, and they are dressed
// as the API server would show them. Nothing is written by hand, so the requests grow with what the hook draws.

const (
	parentUID  = "0f6a3c1e-5b1d-4c39-9a57-2f1f6d5d8f10"
	settledAt  = "2026-01-01T00:00:00Z"
	brokerName = "ghcr.io/adobe/koperator/kafka:2.13-3.9.1"
)

type fields = map[string]any

// generatedCR is a KRaft cluster of that many brokers, the first three of them controllers too.
func generatedCR(brokers int) fields {
	list := make([]any, 0, brokers)
	for id := range brokers {
		group := "default"
		if id < 3 {
			group = "combined"
		}
		list = append(list, fields{"id": id, "brokerConfigGroup": group})
	}
	group := func(roles ...string) fields {
		return fields{
			"processRoles": roles,
			"storageConfigs": []any{fields{"mountPath": "/kafka-logs", "pvcSpec": fields{
				"accessModes": []string{"ReadWriteOnce"}, "storageClassName": "fast",
				"resources": fields{"requests": fields{"storage": "100Gi"}},
			}}},
			"resourceRequirements": fields{
				"requests": fields{"cpu": "1", "memory": "4Gi"}, "limits": fields{"cpu": "2", "memory": "4Gi"},
			},
			"brokerAnnotations": fields{"prometheus.io/scrape": "true", "prometheus.io/port": "9020"},
		}
	}
	listener := func(name string, port int, used string) fields {
		return fields{"name": name, "type": "plaintext", "containerPort": port, used: true}
	}
	return fields{
		"apiVersion": "kafka.banzaicloud.io/v1beta1", "kind": "KafkaCluster",
		"metadata": fields{
			"name": "demo", "namespace": "kafka", "uid": parentUID, "generation": 1, "resourceVersion": "100",
			"creationTimestamp": settledAt, "labels": fields{"team": "streams"},
		},
		"spec": fields{
			"kRaft": true, "headlessServiceEnabled": true, "clusterImage": brokerName, "oneBrokerPerNode": false,
			"readOnlyConfig": "auto.create.topics.enable=false\ncruise.control.metrics.topic.auto.create=true\n" +
				"cruise.control.metrics.topic.num.partitions=1\ncruise.control.metrics.topic.replication.factor=2\n",
			"brokerConfigGroups":   fields{"default": group("broker"), "combined": group("broker", "controller")},
			"brokers":              list,
			"rollingUpgradeConfig": fields{"failureThreshold": 1},
			"cruiseControlConfig":  fields{},
			"listenersConfig": fields{"internalListeners": []any{
				listener("internal", 29092, "usedForInnerBrokerCommunication"),
				listener("controller", 29093, "usedForControllerCommunication"),
			}},
		},
	}
}

// settledRequest is the body of a sync call for a cluster whose brokers all run. It is what the hook itself brings
// about: it is called until it draws nothing new.
func settledRequest(tb testing.TB, brokers int) []byte {
	tb.Helper()
	parent, children, drawn := generatedCR(brokers), fields{}, 0
	for {
		body := encoded(tb, fields{
			"controller": fields{"kind": "CompositeController"}, "parent": parent, "children": children,
			"related": fields{}, "finalizing": false,
		})
		var request sync.Request
		if err := json.Unmarshal(body, &request); err != nil {
			tb.Fatal(err)
		}
		observed, err := cluster.Hook{}.Observe(request)
		if err != nil {
			tb.Fatal(err)
		}
		decision := observed.Plan(sync.Facts{Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
		parent["status"] = decoded(tb, encoded(tb, decision.Status))
		if len(decision.Children) == drawn && len(decision.Releases) == 0 {
			if state, _ := parent["status"].(fields)["state"].(string); state != "ClusterRunning" {
				tb.Fatalf("the cluster of %d brokers does not settle: %s", brokers, encoded(tb, parent["status"]))
			}
			return body
		}
		drawn = len(decision.Children)
		for i := range decision.Children {
			dress(tb, children, &decision.Children[i])
		}
	}
}

// dress adds a child to the observed ones, unless it is there, as the API server shows it after a while.
func dress(tb testing.TB, children fields, child *sync.Child) {
	tb.Helper()
	version := child.Kind + "." + child.APIVersion
	objects, ok := children[version].(fields)
	if !ok {
		objects = fields{}
		children[version] = objects
	}
	key := "kafka/" + child.Name
	if _, there := objects[key]; there {
		return
	}
	text := encoded(tb, child)
	object, ok := decoded(tb, text).(fields)
	if !ok {
		tb.Fatalf("%s is no object", child.Key())
	}
	meta, _ := object["metadata"].(fields)
	annotations, _ := meta["annotations"].(fields)
	if annotations == nil {
		annotations = fields{}
		meta["annotations"] = annotations
	}
	labels, _ := meta["labels"].(fields)
	labels["controller-uid"] = parentUID
	dressSpec(object)
	meta["managedFields"] = []any{
		managedBy("metacontroller", "", owned(object)),
		managedBy("kube-controller-manager", "", fields{"f:metadata": fields{}}),
	}
	if status := statusOf(child); status != nil {
		object["status"] = status
		managed, _ := meta["managedFields"].([]any)
		meta["managedFields"] = append(managed, managedBy("kubelet", "status", owned(fields{"status": status})))
	}
	annotations[sync.LastAppliedAnnotation] = string(text)
	digest := sha256.Sum256([]byte(child.Key()))
	uid := hex.EncodeToString(digest[:16])
	meta["uid"] = uid[:8] + "-" + uid[8:12] + "-" + uid[12:16] + "-" + uid[16:20] + "-" + uid[20:]
	meta["resourceVersion"] = "123456"
	meta["creationTimestamp"] = settledAt
	meta["ownerReferences"] = []any{fields{
		"apiVersion": "kafka.banzaicloud.io/v1beta1", "blockOwnerDeletion": true, "controller": true,
		"kind": "KafkaCluster", "name": "demo", "uid": parentUID,
	}}
	objects[key] = object
}

// managedBy is one entry of managedFields.
func managedBy(manager, subresource string, owns any) fields {
	entry := fields{
		"manager": manager, "operation": "Update", "apiVersion": "v1", "time": settledAt, "fieldsType": "FieldsV1",
		"fieldsV1": owns,
	}
	if subresource != "" {
		entry["subresource"] = subresource
	}
	return entry
}

// owned is the FieldsV1 of an object: every field by its path, lists by the names of their elements.
func owned(value any) any {
	switch node := value.(type) {
	case fields:
		owns := fields{}
		for key, value := range node {
			if key != "apiVersion" && key != "kind" && key != "name" && key != "namespace" {
				owns["f:"+key] = owned(value)
			}
		}
		return owns
	case []any:
		owns := fields{}
		for i, element := range node {
			name := fmt.Sprint(i)
			if object, ok := element.(fields); ok {
				name = fmt.Sprint(object["name"], object["type"], object["containerPort"], object["mountPath"])
			}
			owns[`k:{"name":"`+name+`"}`] = owned(element)
		}
		return owns
	default:
		return fields{}
	}
}

// dressSpec adds what the API server's defaults and the controllers add to a spec.
func dressSpec(object fields) {
	spec, _ := object["spec"].(fields)
	switch object["kind"] {
	case "Pod":
		spec["nodeName"], spec["dnsPolicy"], spec["schedulerName"] = "node-1", "ClusterFirst", "default-scheduler"
		spec["preemptionPolicy"], spec["priority"], spec["serviceAccount"] = "PreemptLowerPriority", 0, "default"
		token := fields{
			"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": "kube-api-access", "readOnly": true,
		}
		containers, _ := spec["containers"].([]any)
		for _, container := range containers {
			container, _ := container.(fields)
			mounts, _ := container["volumeMounts"].([]any)
			container["volumeMounts"] = append(mounts, token)
			container["terminationMessagePath"], container["terminationMessagePolicy"] = "/dev/termination-log", "File"
			container["imagePullPolicy"] = "IfNotPresent"
		}
		volumes, _ := spec["volumes"].([]any)
		spec["volumes"] = append(volumes, fields{"name": "kube-api-access", "projected": fields{
			"defaultMode": 420,
			"sources": []any{
				fields{"serviceAccountToken": fields{"expirationSeconds": 3607, "path": "token"}},
				fields{"configMap": fields{"items": []any{fields{"key": "ca.crt", "path": "ca.crt"}}, "name": "kube-root-ca.crt"}},
			},
		}})
	case "PersistentVolumeClaim":
		spec["volumeName"], spec["volumeMode"] = "pvc-6f1a3c1e-5b1d-4c39-9a57-2f1f6d5d8f10", "Filesystem"
	}
}

// statusOf is what kubelet or a controller says of a child that is well.
func statusOf(child *sync.Child) fields {
	switch child.Kind {
	case "Pod":
		var conditions []any
		for _, kind := range []string{
			"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled",
		} {
			conditions = append(conditions, fields{
				"type": kind, "status": "True", "lastProbeTime": nil, "lastTransitionTime": settledAt, "observedGeneration": 1,
			})
		}
		container := fields{
			"name": "kafka", "image": brokerName, "imageID": "ghcr.io/adobe/koperator/kafka@sha256:" + strings.Repeat("a1", 32),
			"containerID": "containerd://" + strings.Repeat("b2", 32), "ready": true, "started": true, "restartCount": 0,
			"state": fields{"running": fields{"startedAt": settledAt}}, "lastState": fields{},
		}
		return fields{
			"phase": "Running", "conditions": conditions, "containerStatuses": []any{container}, "qosClass": "Burstable",
			"hostIP": "10.1.0.1", "hostIPs": []any{fields{"ip": "10.1.0.1"}}, "podIP": "10.0.0.1",
			"podIPs": []any{fields{"ip": "10.0.0.1"}}, "startTime": settledAt,
		}
	case "PersistentVolumeClaim":
		return fields{
			"phase": "Bound", "accessModes": []any{"ReadWriteOnce"}, "capacity": fields{"storage": "100Gi"},
		}
	case "Service":
		return fields{"loadBalancer": fields{}}
	default:
		return nil
	}
}

func encoded(tb testing.TB, value any) []byte {
	tb.Helper()
	text, err := json.Marshal(value, sync.Encoding())
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func decoded(tb testing.TB, text []byte) any {
	tb.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		tb.Fatal(err)
	}
	return value
}
