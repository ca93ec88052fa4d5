package sync

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

func TestAnnotationsKeepLastAppliedApart(t *testing.T) {
	applied := `{"metadata":{"name":"tls"}}`
	cases := map[string]struct {
		text    string
		values  map[string]string
		applied string
	}{
		"both": {
			`{"a":"x","` + LastAppliedAnnotation + `":"{\"metadata\":{\"name\":\"tls\"}}","b":"y"}`,
			map[string]string{"a": "x", "b": "y"},
			applied,
		},
		"none of ours":    {`{"a":"x"}`, map[string]string{"a": "x"}, ""},
		"only ours":       {`{"` + LastAppliedAnnotation + `":"{\u0022metadata\":{\"name\":\"tls\"}}"}`, nil, applied},
		"ours is null":    {`{"` + LastAppliedAnnotation + `":null}`, nil, ""},
		"another is null": {`{"a":null}`, map[string]string{"a": ""}, ""},
		"empty":           {`{}`, nil, ""},
		"null":            {`null`, nil, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var annotations Annotations
			if err := json.Unmarshal([]byte(c.text), &annotations); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.values, annotations.Values); diff != "" || string(annotations.LastApplied()) != c.applied {
				t.Errorf("last applied is %q; values (-want +got):\n%s", annotations.LastApplied(), diff)
			}
			again, err := json.Marshal(annotations)
			if err != nil {
				t.Fatal(err)
			}
			var reread Annotations
			if err := json.Unmarshal(again, &reread); err != nil || string(reread.LastApplied()) != c.applied {
				t.Errorf("written as %s (%v)", again, err)
			}
		})
	}
	for _, text := range []string{
		`[]`, `"a"`, `{"a":1}`, `{"` + LastAppliedAnnotation + `":1}`, `{"a":"x","a":"y"}`, `{"a":`,
	} {
		if err := json.Unmarshal([]byte(text), new(Annotations)); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}

func TestLastAppliedIsKeptForAllButPods(t *testing.T) {
	object := `{"x":{"metadata":{"name":"x","annotations":{"` + LastAppliedAnnotation + `":"{}"}}}}`
	var request Request
	body := `{"children":{"Pod.v1":` + object + `,"ConfigMap.v1":` + object + `}}`
	if err := json.Unmarshal([]byte(body), &request); err != nil {
		t.Fatal(err)
	}
	if got := request.Children.ConfigMaps[0].Annotations.LastApplied(); string(got) != "{}" {
		t.Errorf("of a ConfigMap it is %q", got)
	}
	if got := request.Children.Pods[0].Annotations.LastApplied(); len(got) > 0 {
		t.Errorf("of a Pod it is %q", got)
	}
}
