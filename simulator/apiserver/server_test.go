package apiserver

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/simulator/apply"
)

// newServer returns a server whose time stands still, with a storage class that can grow and one that can not.
func newServer(t *testing.T) (*Server, Client) {
	t.Helper()
	now := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	s := New(Options{Seed: 1, Now: func() time.Time { return now }})
	for _, class := range []string{
		`{"metadata":{"name":"grows"},"provisioner":"p","allowVolumeExpansion":true}`,
		`{"metadata":{"name":"fixed"},"provisioner":"p"}`,
	} {
		create(t, s.As("test"), "storage.k8s.io/v1", "StorageClass", class)
	}
	return s, s.As("test")
}

func object(t *testing.T, apiVersion, kind, text string) Object {
	t.Helper()
	o, err := apply.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	o["apiVersion"], o["kind"] = apiVersion, kind
	return o
}

func create(t *testing.T, c Client, apiVersion, kind, text string) Object {
	t.Helper()
	o, err := c.Create(object(t, apiVersion, kind, text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

const plainPod = `{"metadata":{"name":"p","namespace":"n","annotations":{}},"spec":{"containers":[
	{"name":"c","image":"kafka:1","ports":[{"containerPort":9092}],"resources":{"limits":{"cpu":"1000m"}}}],
	"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"claim"}}]}}`

const plainClaim = `{"metadata":{"name":"claim","namespace":"n"},"spec":{"accessModes":["ReadWriteOnce"],
	"storageClassName":"grows","resources":{"requests":{"storage":"1024Mi"}}}}`

func TestDefaults(t *testing.T) {
	_, c := newServer(t)
	pod := create(t, c, "v1", "Pod", plainPod)
	container := List(pod, "spec", "containers")[0]
	want := Object{
		"name": "c", "image": "kafka:1", "imagePullPolicy": "IfNotPresent",
		"ports":                  []any{Object{"containerPort": int64(9092), "protocol": "TCP"}},
		"resources":              Object{"limits": Object{"cpu": "1"}, "requests": Object{"cpu": "1"}},
		"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
	}
	if diff := cmp.Diff(want, container); diff != "" {
		t.Errorf("container, -want +got:\n%s", diff)
	}
	if len(List(pod, "spec", "tolerations")) != 2 || String(pod, "spec", "dnsPolicy") != "ClusterFirst" ||
		Int(pod, "spec", "terminationGracePeriodSeconds") != 30 || Int(pod, "metadata", "generation") != 1 {
		t.Errorf("pod defaults: %v", pod)
	}
	if _, kept := Map(pod, "metadata")["annotations"]; kept {
		t.Error("empty annotations must vanish, as they do in a real server")
	}
	service := create(t, c, "v1", "Service", `{"metadata":{"name":"s","namespace":"n"},"spec":{"type":"NodePort",
		"ports":[{"name":"a","port":1},{"name":"b","port":2}]}}`)
	ports := List(service, "spec", "ports")
	if Int(ports[0], "nodePort") == 0 || Int(ports[0], "nodePort") == Int(ports[1], "nodePort") ||
		Int(ports[1], "targetPort") != 2 || String(service, "spec", "clusterIP") == "" {
		t.Errorf("service defaults: %v", service)
	}
	claim := create(t, c, "v1", "PersistentVolumeClaim", plainClaim)
	if String(claim, "spec", "resources", "requests", "storage") != "1Gi" || !HasFinalizer(claim, ClaimProtection) {
		t.Errorf("claim defaults: %v", claim)
	}
}

func TestRefusals(t *testing.T) {
	_, c := newServer(t)
	named := func(rest string) string { return `{"metadata":{"name":"a","namespace":"n"},` + rest + `}` }
	replaced := func(from, to string) string { return strings.Replace(plainPod, from, to, 1) }
	large := `{"metadata":{"name":"a","namespace":"n","annotations":{"a":"` + strings.Repeat("x", 256<<10) + `"}}}`
	twice := `"spec":{"ports":[{"name":"a","port":1},{"name":"b","port":1}]}`
	mounted := `"volumeMounts":[{"name":"x","mountPath":"/x"}],"ports"`
	for name, refused := range map[string]struct {
		kind, text string
		code       int
	}{
		"unknown field":             {"ConfigMap", named(`"dta":{}`), 400},
		"bad name":                  {"ConfigMap", `{"metadata":{"name":"A_b","namespace":"n"}}`, 422},
		"bad label":                 {"ConfigMap", `{"metadata":{"name":"a","labels":{"a":"b c"}}}`, 422},
		"annotations too large":     {"ConfigMap", large, 422},
		"missing account":           {"Pod", replaced(`"containers"`, `"serviceAccountName":"sa","containers"`), 403},
		"mount without volume":      {"Pod", replaced(`"ports"`, mounted), 422},
		"port twice":                {"Service", named(twice), 422},
		"several unnamed ports":     {"Service", named(`"spec":{"ports":[{"port":1},{"port":2}]}`), 422},
		"node port out of range":    {"Service", named(`"spec":{"type":"NodePort","ports":[{"port":1,"nodePort":80}]}`), 422},
		"claim without access mode": {"PersistentVolumeClaim", named(`"spec":{}`), 422},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.Create(object(t, "v1", refused.kind, refused.text)); Code(err) != refused.code {
				t.Errorf("got %v, want a refusal with %d", err, refused.code)
			}
		})
	}
}

func TestChangesOfPods(t *testing.T) {
	_, c := newServer(t)
	pod := create(t, c, "v1", "Pod", plainPod)
	image := Copy(pod)
	List(image, "spec", "containers")[0]["image"] = "kafka:2"
	updated, err := c.Update(image)
	if err != nil || Int(updated, "metadata", "generation") != 2 {
		t.Errorf("an image may change: %v", err)
	}
	if _, err := c.Update(image); !IsConflict(err) {
		t.Errorf("an old resource version: got %v, want a conflict", err)
	}
	other := Copy(updated)
	Set(other, "host", "spec", "hostname")
	if _, err := c.Update(other); Code(err) != 422 {
		t.Errorf("another hostname: got %v, want 422", err)
	}
	if again, err := c.Update(Copy(updated)); err != nil || !same(again, updated) {
		t.Error("an update that changes nothing must store nothing")
	}
}

func TestChangesOfClaims(t *testing.T) {
	s, c := newServer(t)
	resize := func(name, size string) error {
		claim, _ := s.Get(Key{"PersistentVolumeClaim.v1", "n", name})
		claim = Copy(claim)
		Set(claim, size, "spec", "resources", "requests", "storage")
		_, err := c.Update(claim)
		return err
	}
	bind := func(o Object) {
		o = Copy(o)
		Set(o, Object{"phase": "Bound", "capacity": Object{"storage": "1Gi"}}, "status")
		if _, err := c.UpdateStatus(o); err != nil {
			t.Fatal(err)
		}
	}
	claim := create(t, c, "v1", "PersistentVolumeClaim", plainClaim)
	if err := resize("claim", "2Gi"); Code(err) != 403 {
		t.Errorf("growing before it is bound: got %v, want 403", err)
	}
	bind(claim)
	if err := resize("claim", "2Gi"); err != nil {
		t.Errorf("growing a bound claim: %v", err)
	}
	if err := resize("claim", "512Mi"); Code(err) != 422 {
		t.Errorf("shrinking below the capacity: got %v, want 422", err)
	}
	fixed := create(t, c, "v1", "PersistentVolumeClaim",
		strings.NewReplacer(`"grows"`, `"fixed"`, `"claim"`, `"fixed"`).Replace(plainClaim))
	bind(fixed)
	if err := resize("fixed", "2Gi"); Code(err) != 403 {
		t.Errorf("growing where the class does not allow it: got %v, want 403", err)
	}
}

func TestDeletion(t *testing.T) {
	s, c := newServer(t)
	podKey, claimKey := Key{"Pod.v1", "n", "p"}, Key{"PersistentVolumeClaim.v1", "n", "claim"}
	pod := create(t, c, "v1", "Pod", plainPod)
	create(t, c, "v1", "PersistentVolumeClaim", plainClaim)
	scheduled := Copy(pod)
	Set(scheduled, "node", "spec", "nodeName")
	if _, err := c.Update(scheduled); Code(err) != 422 {
		t.Errorf("an update that binds: got %v, want 422", err)
	}
	if err := c.Bind(podKey, "node"); err != nil {
		t.Fatal(err)
	}
	if err := c.Delete(podKey, DeleteOptions{UID: "another"}); !IsConflict(err) {
		t.Errorf("another uid: got %v, want a conflict", err)
	}
	for _, key := range []Key{podKey, claimKey} {
		if err := c.Delete(key, DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	s.CollectGarbage()
	for _, key := range []Key{podKey, claimKey} {
		if o, exists := s.Get(key); !exists || !Terminating(o) {
			t.Errorf("%s must be terminating: the Pod by its grace period, the claim by the Pod", key)
		}
	}
	if err := c.Delete(podKey, DeleteOptions{Now: true}); err != nil {
		t.Fatal(err)
	}
	s.CollectGarbage()
	if _, exists := s.Get(claimKey); exists {
		t.Error("the claim must go with the last Pod that uses it")
	}
}

func TestGarbageCollection(t *testing.T) {
	s, c := newServer(t)
	owner := create(t, c, "example.com/v1", "Owner", `{"metadata":{"name":"o","namespace":"n","finalizers":["wait"]}}`)
	create(t, c, "v1", "ConfigMap", `{"metadata":{"name":"owned","namespace":"n","ownerReferences":[
		{"apiVersion":"example.com/v1","kind":"Owner","name":"o","uid":"`+UID(owner)+`"}]}}`)
	if err := c.Delete(KeyOf(owner), DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	s.CollectGarbage()
	if len(s.List("ConfigMap.v1")) != 1 {
		t.Error("what a terminating owner owns stays")
	}
	terminating, _ := s.Get(KeyOf(owner))
	if Int(terminating, "metadata", "generation") != 2 {
		t.Error("deletion counts as a generation of a custom resource")
	}
	released := Copy(terminating)
	SetFinalizer(released, "wait", false)
	if gone, err := c.Update(released); err != nil || gone != nil {
		t.Fatalf("without finalizers it goes: %v, %v", gone, err)
	}
	s.CollectGarbage()
	if len(s.List("ConfigMap.v1")) != 0 {
		t.Error("what nobody owns any more goes")
	}
}

func TestStatusIsAWorldOfItsOwn(t *testing.T) {
	_, c := newServer(t)
	o := create(
		t,
		c,
		"example.com/v1",
		"Owner",
		`{"metadata":{"name":"o","namespace":"n"},"spec":{"a":1},"status":{"x":1}}`,
	)
	if o["status"] != nil {
		t.Error("a status is not created with the object")
	}
	both := Copy(o)
	Set(both, int64(2), "spec", "a")
	Set(both, 3.0, "status", "x")
	updated, err := c.UpdateStatus(both)
	if err != nil || Int(updated, "spec", "a") != 1 || Int(updated, "status", "x") != 3 ||
		Int(updated, "metadata", "generation") != 1 {
		t.Errorf("UpdateStatus changed %v, %v", updated, err)
	}
	both = Copy(updated)
	Set(both, int64(2), "spec", "a")
	delete(both, "status")
	if updated, err = c.Update(both); err != nil || Int(updated, "status", "x") != 3 ||
		Int(updated, "metadata", "generation") != 2 {
		t.Errorf("Update changed %v, %v", updated, err)
	}
}
