package kubernetes

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/sync"
)

func TestNodeLabels(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || !strings.Contains(r.Header.Get("Accept"), "as=PartialObjectMetadata") {
			t.Errorf("got %s with Accept %q", r.Method, r.Header.Get("Accept"))
		}
		switch name := path.Base(r.URL.Path); name {
		case "gone":
			w.WriteHeader(http.StatusNotFound)
		case "secret":
			w.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprint(w, `{"message":"nodes is forbidden"}`)
		default:
			_, _ = fmt.Fprintf(w, `{"metadata":{"name":%q,"labels":{"zone":"zone-of-%s","other":"x"}}}`, name, name)
		}
	}))
	t.Cleanup(server.Close)
	client := &Client{Server: server.URL, HTTP: server.Client()}
	answer := func(nodes ...string) sync.Fact[[]sync.NodeLabels] {
		return client.Answer(t.Context(), sync.Questions{Kubernetes: &sync.KubernetesQuestions{
			Nodes: nodes, Labels: []string{"region", "zone"},
		}}).Kubernetes.Nodes
	}

	nodes, known := answer("a", "b", "gone").Get()
	want := []sync.NodeLabels{
		{Name: "a", Labels: map[string]string{"zone": "zone-of-a"}},
		{Name: "b", Labels: map[string]string{"zone": "zone-of-b"}},
		{Name: "gone", Labels: map[string]string{}},
	}
	if diff := cmp.Diff(want, nodes); !known || diff != "" {
		t.Errorf("known: %t; the labels differ (-want +got):\n%s", known, diff)
	}
	if why := answer("a", "secret").Why(); !strings.Contains(why, "get node secret") ||
		!strings.Contains(why, "nodes is forbidden") {
		t.Errorf("got %q", why)
	}
	if facts := client.Answer(t.Context(), sync.Questions{}); !facts.Kubernetes.Nodes.IsZero() {
		t.Error("nobody asked, and something was answered")
	}
}

func TestStorageClasses(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if dir := path.Dir(r.URL.Path); dir != "/apis/storage.k8s.io/v1/storageclasses" {
			t.Errorf("got %s", r.URL.Path)
		}
		switch name := path.Base(r.URL.Path); name {
		case "gone":
			w.WriteHeader(http.StatusNotFound)
		case "secret":
			w.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprint(w, `{"message":"storageclasses.storage.k8s.io is forbidden"}`)
		default:
			_, _ = fmt.Fprintf(w, `{"metadata":{"name":%q},"allowVolumeExpansion":%t}`, name, name == "fast")
		}
	}))
	t.Cleanup(server.Close)
	client := &Client{Server: server.URL, HTTP: server.Client()}
	answer := func(classes ...string) sync.Fact[[]sync.StorageClass] {
		return client.Answer(t.Context(), sync.Questions{Kubernetes: &sync.KubernetesQuestions{
			StorageClasses: classes,
		}}).Kubernetes.StorageClasses
	}
	classes, known := answer("fast", "gone", "local").Get()
	want := []sync.StorageClass{{Name: "fast", Expands: true}, {Name: "gone"}, {Name: "local"}}
	if diff := cmp.Diff(want, classes); !known || diff != "" {
		t.Errorf("known: %t; the classes differ (-want +got):\n%s", known, diff)
	}
	if why := answer("fast", "secret").Why(); !strings.Contains(why, "get storage class secret") ||
		!strings.Contains(why, "is forbidden") {
		t.Errorf("got %q", why)
	}
}

// A bug in what runs beside the call must end there as one in the call itself does, not the process.
func TestABugBesideTheCallReachesTheCaller(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("nothing reached the caller")
		}
	}()
	client := &Client{Server: "http://127.0.0.1:1"} // without HTTP it can not do anything
	client.Answer(t.Context(), sync.Questions{Kubernetes: &sync.KubernetesQuestions{Nodes: []string{"a"}}})
}
