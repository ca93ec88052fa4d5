package cluster_test

import (
	"slices"
	"testing"

	"github.com/go-json-experiment/json"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
)

// checkLaws checks what must hold of every answer for a KafkaCluster, beside the laws of all kinds (cases/judge).
func checkLaws(t *testing.T, c *cases.Case) {
	t.Helper()
	checkIgnorance(t, c)
	d := trial().Decide(t, c.Request, c.Facts)
	checkCommands(t, c, d)
	if c.Hook == cases.HookSync {
		checkReasons(t, d)
	}
}

// checkReasons is that whoever reads the log learns why a cluster is not as asked for.
func checkReasons(t *testing.T, d *sync.Decision) {
	t.Helper()
	status, ok := d.Status.(*v1beta1.KafkaClusterStatus)
	if !ok {
		t.Fatalf("the status is a %T", d.Status)
	}
	ready := meta.FindStatusCondition(status.Conditions, string(sync.Ready))
	if ready == nil || ready.Reason == string(sync.AsExpected) {
		return
	}
	if !slices.Contains(d.Reasons, sync.Reason(ready.Reason)) {
		t.Errorf("Ready says %s, and the reasons are %v", ready.Reason, d.Reasons)
	}
}

// checkCommands is that Kafka is told something only for a cluster that lives, is not paused and has a valid spec, only
// when this very cluster answers, and nothing while nothing is known.
func checkCommands(t *testing.T, c *cases.Case, d *sync.Decision) {
	t.Helper()
	var request struct {
		Parent struct {
			Metadata struct {
				Annotations map[string]string `json:"annotations"`
			} `json:"metadata"`
			Status struct {
				ClusterID string `json:"clusterID"`
			} `json:"status"`
		} `json:"parent"`
	}
	if err := json.Unmarshal(c.Request, &request); err != nil {
		t.Fatal(err)
	}
	answers, known := c.Facts.Kafka.Cluster.Get()
	ours := request.Parent.Status.ClusterID
	for _, command := range d.Commands {
		if _, writes := command.(sync.KafkaCommand); !writes {
			continue
		}
		switch {
		case c.Hook != cases.HookSync:
			t.Errorf("a cluster that is deleted would %s", command)
		case request.Parent.Metadata.Annotations[cluster.AnnotationPause] == "true":
			t.Errorf("a cluster that is paused would %s", command)
		case slices.Contains(d.Reasons, sync.InvalidSpec):
			t.Errorf("a cluster whose spec is invalid would %s", command)
		case !known || ours != "" && answers.ID != ours:
			t.Errorf("a cluster of which is not known that it is ours would %s", command)
		}
	}
	if c.Hook == cases.HookSync {
		for _, command := range trial().Decide(t, c.Request, sync.Facts{Now: c.Facts.Now}).Commands {
			t.Errorf("law 4: on no facts it would %s", command)
		}
	}
}

// checkIgnorance is law 4: with every fact unknown, no more children are let go than with the facts, and of the
// observed Pods and claims of a cluster that is to live on only those go whose process has ended.
func checkIgnorance(t *testing.T, c *cases.Case) {
	t.Helper()
	if c.Hook != cases.HookSync {
		return
	}
	ignorant := trial().Decide(t, c.Request, sync.Facts{Now: c.Facts.Now})
	known := trial().Decide(t, c.Request, c.Facts)
	for _, release := range ignorant.Releases {
		if !slices.Contains(known.Releases, release) {
			t.Errorf("law 4: %s %s is let go only when nothing is known", release.Kind, release.Name)
		}
		if release.Kind != "Pod" {
			t.Errorf("law 4: %s %s is let go on no facts", release.Kind, release.Name)
		}
	}
}
