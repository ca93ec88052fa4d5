package parent

import (
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/sync"
)

func TestRead(t *testing.T) {
	want := schema.GroupVersionKind{Group: "example.com", Version: "v1", Kind: "Thing"}
	const good = `{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"a","namespace":"n","uid":"u"}}`
	object, err := Read(decoded(t, good), want)
	if err != nil || object.Identity() != (sync.Parent{Kind: "Thing", Namespace: "n", Name: "a", UID: "u"}) {
		t.Errorf("read %+v: %v", object, err)
	}
	for name, text := range map[string]string{
		"another kind":    strings.Replace(good, `"Thing"`, `"Other"`, 1),
		"another version": strings.Replace(good, "/v1", "/v2", 1),
		"no name":         strings.Replace(good, `"name":"a",`, "", 1),
		"no uid":          strings.Replace(good, `,"uid":"u"`, "", 1),
	} {
		if _, err := Read(decoded(t, text), want); err == nil {
			t.Errorf("%s is taken for a parent", name)
		}
	}
	if _, err := Read(nil, want); err == nil {
		t.Error("nothing is taken for a parent")
	}
}

func decoded(t *testing.T, text string) *sync.ParentObject {
	t.Helper()
	var object sync.ParentObject
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	return &object
}

// Every value that does not fit is found, and the rest is read.
func TestDecode(t *testing.T) {
	var into struct {
		A int               `json:"a"`
		B []int             `json:"b"`
		C map[string]string `json:"c"`
	}
	mistakes := Decode(jsontext.Value(`{"a":"one","b":[1,"two"],"c":{"d":"e"}}`), &into)
	if len(mistakes) != 2 || mistakes[0].Field != "spec.a" || mistakes[1].Field != "spec.b[1]" {
		t.Errorf("found %v", mistakes)
	}
	if into.C["d"] != "e" || into.B[0] != 1 {
		t.Errorf("the rest was read as %+v", into)
	}
}

// A spec that holds too many of them is not read to its end, and that is said.
func TestDecodeEnds(t *testing.T) {
	var into struct {
		A []int `json:"a"`
		B int   `json:"b"`
	}
	text := `{"a":[` + strings.Repeat(`"x",`, mostTypeMistakes) + `"x"],"b":1}`
	mistakes := Decode(jsontext.Value(text), &into)
	if len(mistakes) != mostTypeMistakes+1 || mistakes[0].Field != "spec" || into.B != 0 {
		t.Errorf("read %+v, found %v", into, mistakes)
	}
}

func TestReadSpecAndStatus(t *testing.T) {
	object := Object{&sync.ParentObject{Kind: "Thing", Status: jsontext.Value(`{"a":1}`)}}
	var into struct {
		A string `json:"a"`
	}
	if got := object.ReadSpec(&into); len(got) != 1 || got[0].Field != "spec" {
		t.Errorf("no spec: %v", got)
	}
	if got := object.ReadStatus(&into); len(got) != 1 || got[0].Field != "status" {
		t.Errorf("a status of another type: %v", got)
	}
	object.Status = nil
	if got := object.ReadStatus(&into); len(got) != 0 {
		t.Errorf("no status: %v", got)
	}
}

// A condition keeps its time until its status changes, whatever else does.
func TestClock(t *testing.T) {
	long, now := time.Unix(1000, 0).UTC(), time.Unix(2000, 5).UTC()
	clock := Clock{Now: now, Generation: 7, Before: []metav1.Condition{
		{Type: "Ready", Status: metav1.ConditionTrue, LastTransitionTime: metav1.NewTime(long)},
		{Type: "SpecValid", Status: metav1.ConditionTrue, LastTransitionTime: metav1.NewTime(long)},
		{Type: "Kept", Status: metav1.ConditionTrue, LastTransitionTime: metav1.NewTime(long)},
	}}
	verdicts := []Verdict{
		Is(sync.SpecValid, "still"), IsNot(sync.Ready, sync.KafkaUnknown, "no more"),
		Unknown(sync.KafkaReachable, sync.NotAsked, "new"),
	}
	var got []string
	for _, condition := range clock.CarriedOver(verdicts) {
		at := condition.LastTransitionTime.UTC().Format("15:04:05")
		got = append(got, condition.Type+" "+string(condition.Status)+" "+at)
	}
	want := []string{
		"KafkaReachable Unknown 00:33:20", "Kept True 00:16:40", "Ready False 00:33:20", "SpecValid True 00:16:40",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if timed := clock.Timed(verdicts); len(timed) != 3 || timed[0].ObservedGeneration != 7 {
		t.Errorf("timed %+v", timed)
	}
}

func TestBoundedAndSentence(t *testing.T) {
	if got := Bounded(strings.Repeat("é", longestMessage)); len(got) > longestMessage || !strings.HasSuffix(got, "é...") {
		t.Errorf("cut to %d bytes, ending in %q", len(got), got[len(got)-6:])
	}
	if Sentence("") != "" || Sentence("it waits") != "It waits." {
		t.Error("a clause is no sentence")
	}
}

func TestWhatIsExpectedIsSaid(t *testing.T) {
	const quantity = "must be a quantity, such as 500m or 10Gi"
	type thing struct {
		Limits map[string]resource.Quantity `json:"limits"`
		Port   *intstr.IntOrString          `json:"port"`
		ID     int32                        `json:"id"`
		On     bool                         `json:"on"`
		List   []struct {
			Name string `json:"name"`
		} `json:"list"`
	}
	type embedding struct {
		thing `json:",inline"`
		Of    map[string]*thing `json:"of"`
	}
	for text, want := range map[string]string{
		`{"limits":{"cpu":"lots"}}`:        "spec.limits[cpu]: Invalid value: " + quantity,
		`{"of":{"g":{"limits":[]}}}`:       "spec.of[g].limits: Invalid value: must be an object, not a list",
		`{"of":{"0":{"on":"yes"}}}`:        "spec.of[0].on: Invalid value: must be true or false, not a string",
		`{"limits":{"cpu":{}}}`:            "spec.limits[cpu]: Invalid value: " + quantity + ", not an object",
		`{"port":[]}`:                      "spec.port: Invalid value: must be an integer or a string, not a list",
		`{"id":"1"}`:                       "spec.id: Invalid value: must be an integer, not a string",
		`{"id":1.5}`:                       "spec.id: Invalid value: must be an integer",
		`{"id":99999999999}`:               "spec.id: Invalid value: must be an integer of 32 bits",
		`{"list":[{"name":"a"},"secret"]}`: "spec.list[1]: Invalid value: must be an object, not a string",
		`{"list":[{"name":true}]}`:         "spec.list[0].name: Invalid value: must be a string, not true or false",
	} {
		if got := Decode(jsontext.Value(text), &embedding{}); len(got) != 1 || got[0].Error() != want {
			t.Errorf("%s: %v\nwant %s", text, got, want)
		}
	}
}

func TestBeside(t *testing.T) {
	mistakes := func(paths ...string) (list field.ErrorList) {
		for _, path := range paths {
			list = append(list, &field.Error{Type: field.ErrorTypeInvalid, Field: path})
		}
		return list
	}
	found := mistakes("spec.a.b", "spec.a.b.c", "spec.a.b[0]", "spec.a", "spec.a.bc", "spec.z")
	for unreadable, want := range map[string]string{
		"spec.a.b": "spec.a.b spec.a.bc spec.z", "spec": "spec",
		"spec.a[b.c]": "spec.a[b.c] spec.a.b spec.a.b.c spec.a.b[0] spec.a.bc spec.z",
		"spec.q.r":    "spec.q.r spec.a.b spec.a.b.c spec.a.b[0] spec.a spec.a.bc spec.z",
	} {
		var got []string
		for _, mistake := range Beside(mistakes(unreadable), found) {
			got = append(got, mistake.Field)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("beside %s: %v", unreadable, got)
		}
	}
}

func TestReasons(t *testing.T) {
	conditions := Clock{}.Timed([]Verdict{
		IsNot(sync.Ready, sync.VolumeHeld, ""), IsNot(sync.VolumesAsSpecified, sync.VolumeHeld, ""),
		IsNot(sync.BrokersReady, sync.NodeSilent, ""), Is(sync.SpecValid, ""), IsNot(sync.ConfigInSync, sync.AsExpected, ""),
		{Of: sync.RollingUpdate, Status: metav1.ConditionTrue, Reason: sync.RestartWaits},
		IsNot(sync.CruiseControlReachable, sync.NotAsked, ""), Unknown(sync.KafkaReachable, sync.KafkaUnknown, ""),
	})
	got := Reasons(conditions, []sync.Release{{Reason: sync.PodFailed}})
	want := []sync.Reason{sync.NodeSilent, sync.PodFailed, sync.RestartWaits, sync.VolumeHeld}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	paused := Verdict{Of: sync.Ready, Status: metav1.ConditionTrue, Reason: sync.Paused}
	if got := Reasons(Clock{}.Timed([]Verdict{paused}), nil); len(got) != 1 || got[0] != sync.Paused {
		t.Errorf("paused: %v", got)
	}
}
