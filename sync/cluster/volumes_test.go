package cluster_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
)

// A case is given its facts whether they are asked for or not, so none shows that the class of a broker that leaves is.
func TestTheClassOfALeavingBrokerIsAskedFor(t *testing.T) {
	c, err := cases.Load(filepath.Join("testdata", "cases", "volumes", "class-can-not-grow-for-one-that-leaves"))
	if err != nil {
		t.Fatal(err)
	}
	var request sync.Request
	if err := json.Unmarshal(c.Request, &request); err != nil {
		t.Fatal(err)
	}
	observed, err := cluster.Hook{}.Observe(request)
	if err != nil {
		t.Fatal(err)
	}
	asked := observed.Ask().Kubernetes
	if asked == nil || !slices.Contains(asked.StorageClasses, "standard") {
		t.Errorf("asked of Kubernetes: %+v", asked)
	}
}
