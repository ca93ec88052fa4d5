package sync

import (
	"testing"

	"github.com/go-json-experiment/json"
)

func TestRequestReadsBothHookVersions(t *testing.T) {
	for version, key := range map[string]string{"v1": "demo-0", "v2": "data/demo-0"} {
		t.Run(version, func(t *testing.T) {
			body := `{"controller":{},"parent":{"kind":"KafkaCluster"},"finalizing":true,"related":{},"children":{
				"Pod.v1":{"` + key + `":{"metadata":{"name":"demo-0","namespace":"data","managedFields":[{"a":1}],
					"annotations":{"` + LastAppliedAnnotation + `":"{}","mine":"x"}},
					"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}},
				"ConfigMap.v1":null,
				"Widget.example.com/v1":{"data/w":{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"}}}}}`
			var request Request
			if err := json.Unmarshal([]byte(body), &request); err != nil {
				t.Fatal(err)
			}
			if len(request.Children.Pods) != 1 {
				t.Fatalf("got %d pods, want 1", len(request.Children.Pods))
			}
			pod := request.Children.Pods[0]
			if pod.Name != "demo-0" || !pod.Ready() || pod.Annotations.Values["mine"] != "x" {
				t.Errorf("pod read as %+v", pod)
			}
			if got := request.Children.Other["Widget.example.com/v1"]; len(got) != 1 || got[0].Kind != "Widget" {
				t.Errorf("unknown kind read as %+v", got)
			}
			if !request.Finalizing {
				t.Error("finalizing was not read")
			}
		})
	}
}

func TestResponseWithoutDecisionCannotBeEncoded(t *testing.T) {
	if body, err := json.Marshal(Response{}); err == nil {
		t.Fatalf("encoded %s; an empty answer deletes every child", body)
	}
}

func TestGuard(t *testing.T) {
	request := &Request{Children: Children{
		Pods:                   Objects[Pod]{{Meta: Meta{Name: "demo-0"}}},
		PersistentVolumeClaims: Objects[PersistentVolumeClaim]{{Meta: Meta{Name: "demo-0-storage-0"}}},
	}}
	pod := Child{APIVersion: "v1", Kind: "Pod", Name: "demo-0", Object: struct{}{}}
	claim := Child{APIVersion: "v1", Kind: "PersistentVolumeClaim", Name: "demo-0-storage-0", Object: struct{}{}}
	empty := Child{APIVersion: "v1", Kind: "Pod", Name: "x"}
	released := []Release{{Kind: "Pod", Name: "demo-0"}}
	cases := map[string]struct {
		decision Decision
		refused  bool
	}{
		"all listed":              {Decision{Children: []Child{pod, claim}}, false},
		"claim dropped":           {Decision{Children: []Child{pod}}, true},
		"pod dropped":             {Decision{Children: []Child{claim}}, true},
		"pod released":            {Decision{Children: []Child{claim}, Releases: released}, false},
		"listed twice":            {Decision{Children: []Child{pod, pod, claim}}, true},
		"child without content":   {Decision{Children: []Child{pod, claim, empty}}, true},
		"finalized while not due": {Decision{Finalized: true}, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if err := Guard(request, &c.decision); (err != nil) != c.refused {
				t.Errorf("Guard returned %v, want refused=%t", err, c.refused)
			}
		})
	}
}
