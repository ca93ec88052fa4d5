package manifests_test

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/manifests"
)

// object is what these tests look at of a Kubernetes object.
type object struct {
	file string

	Kind     string `json:"kind"`
	Metadata struct {
		Name      string            `json:"name"`
		Namespace string            `json:"namespace"`
		Labels    map[string]string `json:"labels"`
	} `json:"metadata"`
	Spec  map[string]any `json:"spec"`
	Rules []rule         `json:"rules"`
}

type rule struct {
	APIGroups     []string `json:"apiGroups"`
	Resources     []string `json:"resources"`
	ResourceNames []string `json:"resourceNames"`
	Verbs         []string `json:"verbs"`
}

// controller is the spec of a CompositeController, strictly: a misspelt field would be pruned without a word.
type controller struct {
	ParentResource struct {
		APIVersion          string `json:"apiVersion"`
		Resource            string `json:"resource"`
		IgnoreStatusChanges bool   `json:"ignoreStatusChanges"`
	} `json:"parentResource"`
	GenerateSelector    bool `json:"generateSelector"`
	ResyncPeriodSeconds int  `json:"resyncPeriodSeconds"`
	ChildResources      []struct {
		APIVersion     string `json:"apiVersion"`
		Resource       string `json:"resource"`
		UpdateStrategy struct {
			Method string `json:"method"`
		} `json:"updateStrategy"`
	} `json:"childResources"`
	EndpointConfigs []struct {
		Host     string `json:"host"`
		CABundle struct {
			SecretRef secretRef `json:"secretRef"`
		} `json:"caBundle"`
		Authorization struct {
			Type      string    `json:"type"`
			SecretRef secretRef `json:"secretRef"`
		} `json:"authorization"`
	} `json:"endpointConfigs"`
	Hooks map[string]struct {
		Version string `json:"version"`
		Webhook struct {
			URL     string `json:"url"`
			Timeout string `json:"timeout"`
		} `json:"webhook"`
	} `json:"hooks"`
}

type secretRef struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Key       string `json:"key"`
}

// objects reads every object below a folder, its kustomization aside.
func objects(t *testing.T, folder string) []object {
	t.Helper()
	var all []object
	err := fs.WalkDir(manifests.Files, folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "kustomization.yaml" {
			return err
		}
		content, err := manifests.Files.ReadFile(file)
		if err != nil {
			return err
		}
		for document := range bytes.SplitSeq(content, []byte("\n---\n")) {
			one := object{file: file}
			if err := yaml.Unmarshal(document, &one); err != nil {
				t.Errorf("%s: %v", file, err)
			}
			all = append(all, one)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatalf("%s holds no object", folder)
	}
	return all
}

func controllers(t *testing.T) map[string]controller {
	t.Helper()
	all := map[string]controller{}
	for _, o := range objects(t, "controllers") {
		if o.Kind != "CompositeController" {
			t.Errorf("%s holds a %s", o.file, o.Kind)
			continue
		}
		spec, err := yaml.Marshal(o.Spec)
		if err != nil {
			t.Fatal(err)
		}
		var c controller
		if err := yaml.UnmarshalStrict(spec, &c); err != nil {
			t.Errorf("%s: %v", o.file, err)
		}
		all[o.Metadata.Name] = c
	}
	return all
}

func TestEveryFileIsInItsKustomization(t *testing.T) {
	for _, folder := range []string{"crd", "base", "controllers", "components/metacontroller-rbac"} {
		content, err := manifests.Files.ReadFile(path.Join(folder, "kustomization.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var kustomization struct {
			Resources []string `json:"resources"`
		}
		if err := yaml.Unmarshal(content, &kustomization); err != nil {
			t.Fatal(err)
		}
		entries, err := manifests.Files.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		var files []string
		for _, entry := range entries {
			if entry.Name() != "kustomization.yaml" {
				files = append(files, entry.Name())
			}
		}
		slices.Sort(kustomization.Resources)
		if !slices.Equal(files, kustomization.Resources) {
			t.Errorf("%s lists %v and holds %v", folder, kustomization.Resources, files)
		}
	}
}

func TestObjectsAreLabelledAndPlaced(t *testing.T) {
	for _, o := range slices.Concat(objects(t, "base"), objects(t, "controllers"), objects(t, "components")) {
		for _, label := range []string{"name", "part-of"} {
			if o.Metadata.Labels["app.kubernetes.io/"+label] != "kompositor" {
				t.Errorf("%s: %s has no label app.kubernetes.io/%s: kompositor", o.file, o.Kind, label)
			}
		}
		clusterWide := o.Kind == "Namespace" || o.Kind == "CompositeController" || strings.HasPrefix(o.Kind, "ClusterRole")
		if clusterWide != (o.Metadata.Namespace == "") {
			t.Errorf("%s: %s is in namespace %q", o.file, o.Kind, o.Metadata.Namespace)
		}
	}
}

func TestControllers(t *testing.T) {
	for name, c := range controllers(t) {
		t.Run(name, func(t *testing.T) {
			if !c.GenerateSelector || c.ResyncPeriodSeconds == 0 {
				t.Error("generateSelector and resyncPeriodSeconds must be set")
			}
			for _, child := range c.ChildResources {
				want := "InPlace"
				if child.Resource == "pods" {
					want = "OnDelete"
				}
				if child.UpdateStrategy.Method != want {
					t.Errorf("%s are updated by %q, not %s", child.Resource, child.UpdateStrategy.Method, want)
				}
			}
			if len(c.EndpointConfigs) != 1 || len(c.Hooks) != 3 {
				t.Fatalf("%d endpoints, not 1; %d hooks, not 3", len(c.EndpointConfigs), len(c.Hooks))
			}
			endpoint := c.EndpointConfigs[0]
			for _, ref := range []secretRef{endpoint.CABundle.SecretRef, endpoint.Authorization.SecretRef} {
				if ref.Namespace != "kompositor-system" || ref.Name != "kompositor-tls" {
					t.Errorf("the hook's secrets are looked for in %s/%s", ref.Namespace, ref.Name)
				}
			}
			for _, hook := range []string{"sync", "finalize", "customize"} {
				got := c.Hooks[hook]
				if want := "https://" + endpoint.Host + "/" + hook + "/" + name; got.Webhook.URL != want || got.Version != "v2" {
					t.Errorf("%s calls %s in version %s, not %s in v2", hook, got.Webhook.URL, got.Version, want)
				}
				if got.Webhook.Timeout == "" {
					t.Errorf("%s has no timeout", hook)
				}
			}
		})
	}
}

// Metacontroller ignores a controller whose parent has no status subresource, and one whose parent it does not find.
func TestParentsAreShipped(t *testing.T) {
	served := map[string]bool{}
	for _, o := range objects(t, "crd") {
		versions, _ := o.Spec["versions"].([]any)
		for _, v := range versions {
			version, _ := v.(map[string]any)
			subresources, _ := version["subresources"].(map[string]any)
			_, status := subresources["status"]
			name, _ := version["name"].(string)
			resource, group, _ := strings.Cut(o.Metadata.Name, ".")
			served[group+"/"+name+"/"+resource] = status && version["served"] == true
		}
	}
	for name, c := range controllers(t) {
		if !served[c.ParentResource.APIVersion+"/"+c.ParentResource.Resource] {
			t.Errorf("%s: no CRD serves %s of %s with a status", name, c.ParentResource.Resource, c.ParentResource.APIVersion)
		}
	}
}

// The component for sites without rights to everything grants what the controllers need.
func TestMetacontrollerMay(t *testing.T) {
	var rules []rule
	for _, o := range objects(t, "components/metacontroller-rbac") {
		rules = append(rules, o.Rules...)
	}
	granted := func(group, resource, verb string) bool {
		return slices.ContainsFunc(rules, func(r rule) bool {
			return slices.Contains(r.APIGroups, group) && slices.Contains(r.Resources, resource) &&
				slices.Contains(r.Verbs, verb)
		})
	}
	need := func(apiVersion, resource string, verbs ...string) {
		group, _, found := strings.Cut(apiVersion, "/")
		if !found {
			group = ""
		}
		for _, verb := range verbs {
			if !granted(group, resource, verb) {
				t.Errorf("Metacontroller may not %s %s of group %q", verb, resource, group)
			}
		}
	}
	for _, c := range controllers(t) {
		parent := c.ParentResource
		need(parent.APIVersion, parent.Resource, "get", "list", "watch", "update")
		need(parent.APIVersion, parent.Resource+"/status", "get", "update")
		for _, child := range c.ChildResources {
			need(child.APIVersion, child.Resource, "get", "list", "watch", "create", "update", "patch", "delete")
		}
	}
}

// Kompositor's own rights are these and no others; docs/adr/0012, 0014, 0018, 0024 and 0027 say why.
func TestOwnRights(t *testing.T) {
	var got []string
	for _, o := range objects(t, "base") {
		for _, r := range o.Rules {
			got = append(got, strings.Join([]string{
				o.Kind, strings.Join(r.Resources, ","), strings.Join(r.ResourceNames, ","), strings.Join(r.Verbs, ","),
			}, " "))
		}
	}
	want := []string{
		"Role secrets kompositor-tls get,update", "ClusterRole persistentvolumeclaims  patch", "ClusterRole nodes  get",
		"ClusterRole storageclasses  get", "ClusterRole cruisecontroloperations  delete",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
