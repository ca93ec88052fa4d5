package e2e

import (
	"context"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/metacontroller"
)

func TestDriverIgnoresAnObjectThatIsNotItsOwn(t *testing.T) {
	toy := newToy(t, metacontroller.Options{})
	toy.apply(strings.Replace(configA, `"1"`, `"foreign"`, 1))
	toy.answer("/sync", children(configB))
	pass, _ := toy.sync()
	if got := pass.Rejections(); len(got) != 1 || !got[0].Ignored {
		t.Errorf("rejections %v", got)
	}
}

func TestDriverAdoptsAndReleases(t *testing.T) {
	toy := newToy(t, metacontroller.Options{})
	uid := toy.read("e2e.kompositor.test/v1", "toys", "toy").GetUID()
	toy.apply(strings.Replace(configA, "name: a", fmt.Sprintf("name: a, labels: {controller-uid: %s}", uid), 1))
	toy.answer("/sync", children(configA))
	if pass, writes := toy.sync(); pass.Count(metacontroller.Adopt) != 1 {
		t.Errorf("no adoption: %v", writes)
	}
	kubectl(t, "", "-n", toy.namespace, "label", "configmap", "a", "controller-uid-")
	toy.answer("/sync", children())
	if pass, writes := toy.sync(); pass.Count(metacontroller.Release) != 1 {
		t.Errorf("no release: %v", writes)
	}
	if owners := toy.read("v1", "configmaps", "a").GetOwnerReferences(); len(owners) > 0 {
		t.Errorf("owners %v", owners)
	}
}

func TestDriverAsksOnceAGenerationWhatIsRelated(t *testing.T) {
	toy := newToy(t, metacontroller.Options{})
	toy.answer("/sync", children())
	toy.answer("/customize", "{relatedResources: ["+
		"{apiVersion: v1, resource: secrets, namespace: "+toy.namespace+", names: [wanted]}, "+
		"{apiVersion: v1, resource: nodes, labelSelector: {matchLabels: {topology.kubernetes.io/zone: zone-a}}}]}")
	for _, name := range []string{"wanted", "other"} {
		toy.apply(strings.Replace(secretA, "name: a", "name: "+name, 1))
	}
	var customized []bool
	for range 2 {
		pass, _ := toy.sync()
		customized = append(customized, pass.Customized)
		got := map[string][]string{}
		for kind, objects := range request(t, pass)["related"].(map[string]any) {
			got[kind] = slices.Sorted(maps.Keys(objects.(map[string]any)))
		}
		want := map[string][]string{"Secret.v1": {toy.namespace + "/wanted"}, "Node.v1": {"node-0", "node-3"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	kubectl(t, "", "-n", toy.namespace, "patch", "toy", "toy", "--type=merge", "-p", `{"spec":{"size":2}}`)
	pass, _ := toy.sync()
	if diff := cmp.Diff([]bool{true, false, true}, append(customized, pass.Customized)); diff != "" {
		t.Errorf("customize was called: -want +got:\n%s", diff)
	}
}

func TestDriverChangesNothingWhenTheHookFails(t *testing.T) {
	toy := newToy(t, metacontroller.Options{})
	toy.answer("/sync", children(configA))
	toy.sync()
	foreign := strings.Replace(configB, "name: a", "name: a, labels: {controller-uid: other}", 1)
	for name, failure := range map[string]struct {
		answer string
		code   int
	}{
		"code":          {answer: children(), code: http.StatusInternalServerError},
		"unknown field": {answer: "{children: [], surprise: 1}", code: http.StatusOK},
		"other label":   {answer: children(foreign), code: http.StatusOK},
	} {
		toy.answer("/sync", failure.answer)
		toy.code("/sync", failure.code)
		pass, err := toy.driver.Sync(t.Context(), toy.key())
		if err == nil || len(pass.Writes) > 0 {
			t.Errorf("%s: error %v, writes %v", name, err, pass.Writes)
		}
	}
}

func TestDriverUsesTheAnswerOfAnEtag(t *testing.T) {
	toy := newToy(t, metacontroller.Options{})
	toy.answer("/sync", children(configA))
	toy.sync()
	toy.answer("/sync", "")
	toy.code("/sync", http.StatusPreconditionFailed)
	if _, writes := toy.sync(); len(writes) > 0 {
		t.Errorf("writes %v", writes)
	}
	if got := toy.header.Get("If-None-Match"); got != `"an answer"` {
		t.Errorf("If-None-Match is %q", got)
	}
}

// A reader that is behind the API server shows the hook a world that was: its child is created a second time, and the
// API server's refusal passes over, as it does when Metacontroller's cache is late.
func TestDriverReadsWhatItsReaderShows(t *testing.T) {
	late := &lateReader{Client: cluster.Client}
	toy := newToy(t, metacontroller.Options{Reader: late})
	toy.answer("/sync", children(configA))
	toy.sync()
	late.blind = true
	pass, writes := toy.sync()
	if diff := cmp.Diff([]string{"refused create ConfigMap.v1 a"}, writes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := pass.Rejections(); len(got) != 1 || !got[0].Ignored {
		t.Errorf("rejections %v", got)
	}
}

// lateReader lists nothing while it is blind.
type lateReader struct {
	*kube.Client
	blind bool
}

func (r *lateReader) List(
	ctx context.Context, resource kube.Resource, namespace, selector string,
) ([]*kube.Object, error) {
	if r.blind {
		return nil, nil
	}
	return r.Client.List(ctx, resource, namespace, selector)
}

// A hook over TLS is trusted by the CA bundle, and trusts by the token, that the entry for its host names.
func TestDriverFollowsEndpointConfigs(t *testing.T) {
	toy := newToy(t, metacontroller.Options{})
	hook := httptest.NewTLSServer(toy)
	t.Cleanup(hook.Close)
	trusted := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: hook.Certificate().Raw})
	secret := "{apiVersion: v1, kind: Secret, metadata: {name: tls}, stringData: {ca.crt: %q, token: abc}}"
	toy.apply(fmt.Sprintf(secret, trusted))
	ref := "{namespace: " + toy.namespace + ", name: tls"
	manifest := strings.ReplaceAll(toyController, "http://toy.test", "https://example.com") +
		"\n  endpointConfigs:\n  - host: example.com:443" +
		"\n    caBundle: {secretRef: " + ref + "}}" +
		"\n    authorization: {type: Bearer, secretRef: " + ref + ", key: token}}\n"
	toy.driver = newDriver(t, manifest, metacontroller.Options{Address: strings.TrimPrefix(hook.URL, "https://")})
	toy.answer("/sync", children())
	toy.sync()
	if got := toy.header.Get("Authorization"); got != "Bearer abc" {
		t.Errorf("Authorization is %q", got)
	}
}
