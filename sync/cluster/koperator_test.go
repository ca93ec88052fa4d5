package cluster_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync/cluster"
)

// The status that a sample begins with says what Koperator said of it, where scripts look for it. Koperator's own are
// the backup of a broker, which here is on its ConfigMap, the states of volumes that Cruise Control is to fill, and the
// empty rack of a node without labels, which here is awaited.
func TestTheSameStatusAsKoperator(t *testing.T) {
	const besideUs = "../../../shared"
	if _, err := os.Stat(besideUs); err != nil {
		t.Skipf("Koperator's output is not beside this repository: %v", err)
	}
	for _, sample := range []string{"", "_2disk", "_affinity", "_ebs_csi", "_kraft"} {
		name := "simplekafkacluster" + sample
		t.Run(name, func(t *testing.T) {
			output := strings.ReplaceAll(name, "_", "-")
			made := clusterIn(t, filepath.Join(besideUs, "koperator-output", output+".yaml"))
			theirs := made["status"].(map[string]any)
			sample := clusterIn(t, filepath.Join(besideUs, "samples", name+".yaml"))
			request := parentOf(t, sample["spec"].(map[string]any), map[string]any{
				"name": "kafka", "namespace": "k-" + output, "uid": "u", "generation": 1,
			})
			answer, err := (&cases.Case{Hook: cases.HookSync, Request: request}).Run(cluster.Hook{})
			if err != nil {
				t.Fatal(err)
			}
			ours := statusOf(t, answer.Decision.Status.(*v1beta1.KafkaClusterStatus))
			for _, only := range []string{"conditions", "observedGeneration", "kRaft"} {
				delete(ours, only)
			}
			theirs["clusterID"] = ours["clusterID"]
			if ours["clusterID"] == nil {
				delete(theirs, "clusterID")
			}
			withoutKoperatorsOwn(theirs)
			withoutKoperatorsOwn(ours)
			if diff := cmp.Diff(theirs, ours); diff != "" {
				t.Errorf("(-Koperator +here)\n%s", diff)
			}
		})
	}
}

func withoutKoperatorsOwn(status map[string]any) {
	for _, broker := range status["brokersState"].(map[string]any) {
		broker := broker.(map[string]any)
		delete(broker, "configurationBackup")
		delete(broker, "waitingFor")
		delete(broker["gracefulActionState"].(map[string]any), "volumeStates")
		if rack := broker["rackAwarenessState"]; rack == "broker.rack=\n" || rack == string(v1beta1.RackWaiting) {
			delete(broker, "rackAwarenessState")
		}
	}
}

// clusterIn is the KafkaCluster in a file.
func clusterIn(t *testing.T, path string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		var object map[string]any
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			t.Fatal(err)
		}
		if object["kind"] == "KafkaCluster" {
			return object
		}
	}
	t.Fatalf("%s holds no KafkaCluster", path)
	return nil
}

func statusOf(t *testing.T, status *v1beta1.KafkaClusterStatus) map[string]any {
	t.Helper()
	var tree map[string]any
	if err := yaml.Unmarshal([]byte(encode(t, status)), &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}
