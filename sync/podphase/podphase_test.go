package podphase

import (
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/sync"
)

func pods(t *testing.T, texts ...string) []*sync.Pod {
	t.Helper()
	var result []*sync.Pod
	for _, text := range texts {
		pod := &sync.Pod{}
		if err := json.Unmarshal([]byte(text), pod); err != nil {
			t.Fatal(err)
		}
		result = append(result, pod)
	}
	return result
}

const (
	ready    = `{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}`
	creating = `{"status":{"phase":"Pending","startTime":"2026-01-01T00:00:00Z","containerStatuses":[
		{"name":"kafka","state":{"waiting":{"reason":"ContainerCreating"}}},{"name":"proxy","state":{"running":{}}}]}}`
	starting  = `{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"False"}]}}`
	crashLoop = `{"status":{"phase":"Running","containerStatuses":[{"name":"kafka",
		"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 10s"}},
		"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}}`
	sidecar = `{"status":{"phase":"Running","containerStatuses":[{"name":"kafka","state":{"running":{}}},
		{"name":"proxy","state":{"waiting":{"reason":"ImagePullBackOff"}}}]}}`
	refused = `{"status":{"phase":"Pending","conditions":[
		{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes"}]}}`
	evicted = `{"status":{"phase":"Failed","reason":"Evicted","message":"disk pressure"}}`
	unheard = `{"spec":{"nodeName":"n1"},"status":{"phase":"Unknown","reason":"NodeLost",
		"conditions":[{"type":"Ready","status":"True"}]}}`
	terminates = `{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"spec":{"nodeName":"n1"}}`
	finalized  = `{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z","finalizers":["x/y"]}}`
)

func TestPhases(t *testing.T) {
	cases := map[string]struct {
		pods []string
		want Phase
		why  string
		runs bool
	}{
		"none":        {nil, Missing, "", false},
		"two":         {[]string{ready, ready}, Doubled, "both carry", true},
		"ready":       {[]string{ready}, Ready, "", true},
		"starting":    {[]string{starting}, Starting, "", true},
		"unmade":      {[]string{creating}, Starting, "", false},
		"crash loop":  {[]string{crashLoop}, Stuck, "back-off 10s; it ended with exit code 137 (OOMKilled)", false},
		"sidecar":     {[]string{sidecar}, Stuck, "container proxy: ImagePullBackOff", true},
		"no node":     {[]string{refused}, Stuck, "Unschedulable: 0/3 nodes", false},
		"evicted":     {[]string{evicted}, Failed, "Evicted: disk pressure", false},
		"node lost":   {[]string{unheard}, Silent, "", true},
		"terminating": {[]string{terminates}, Terminating, "", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			observed := pods(t, c.pods...)
			phase, why := Of(observed)
			if phase != c.want || (why == "") != (c.why == "") || !strings.Contains(why, c.why) {
				t.Errorf("got %d, %q, want %d, %q", phase, why, c.want, c.why)
			}
			if runs := MayRun(observed, "kafka", true, began.Add(time.Minute)); runs != c.runs {
				t.Errorf("may run: %t", runs)
			}
		})
	}
}

// A container that is being made counts as one that may run for a while, and one that had run already always.
func TestMayRunUntilAContainerIsNotMadeForLong(t *testing.T) {
	observed := pods(t, creating)
	soon, late := began.Add(59*time.Second), began.Add(time.Hour)
	if !MayRun(observed, "kafka", true, soon) || !MayRun(observed, "proxy", true, late) {
		t.Error("what may be up is taken for what is not")
	}
	observed[0].Status.ContainerStatuses[0].RestartCount = 1
	if !MayRun(observed, "kafka", true, late) {
		t.Error("a container that is made again is taken for one that has never run")
	}
}

var began = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

func TestUnheard(t *testing.T) {
	deleted := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		pod   string
		after time.Duration
		want  string
	}{
		"ready":                    {ready, time.Hour, ""},
		"node lost":                {unheard, time.Hour, "node n1 is not heard of"},
		"about to end":             {terminates, -time.Minute, ""},
		"kubelet may yet report":   {terminates, 59 * time.Second, ""},
		"kubelet is silent":        {terminates, time.Minute, "delete the Node"},
		"a finalizer holds it":     {finalized, time.Hour, "finalizers: x/y"},
		"a finalizer, in its time": {finalized, 0, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := Unheard(pods(t, c.pod), deleted.Add(c.after))
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestBlamed(t *testing.T) {
	keys := []string{"listeners", "num.io.threads", "num.network.threads", "ssl.key.password", "ssl.keystore.password"}
	ended := func(state, message string) string {
		return `{"status":{"containerStatuses":[{"name":"kafka","` + state + `":{"terminated":{"exitCode":1,"message":"` +
			message + `"}}}]}}`
	}
	cases := map[string]struct {
		pod  string
		want []string
	}{
		"a value": {
			ended("lastState", "ConfigException: Invalid value secret for configuration num.io.threads: Not a number"),
			[]string{"num.io.threads"},
		},
		"at the end of a sentence": {ended("state", "look at num.io.threads."), []string{"num.io.threads"}},
		"part of another":          {ended("lastState", "my.num.io.threads num.io.threads.max"), nil},
		"a common word":            {ended("lastState", "no listeners"), nil},
		"nothing":                  {crashLoop, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Blamed(pods(t, c.pod), "kafka", keys)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	if blamed := Blamed(pods(t, ended("state", "num.io.threads")), "proxy", keys); blamed != nil {
		t.Errorf("another container's words: %v", blamed)
	}
}
