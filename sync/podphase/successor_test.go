package podphase

import (
	"slices"
	"testing"
	"time"

	"github.com/kompositor/kompositor/sync"
)

// An announcement is acted on for a minute, and counts for another one, whatever replica's clock says so.
func TestAnnounced(t *testing.T) {
	then := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	pod, next := &sync.Pod{Meta: sync.Meta{UID: "pod-1"}}, &sync.Pod{Meta: sync.Meta{UID: "pod-2"}}
	config := Announce(&sync.ConfigMap{}, Announcement(pod, []string{"/a", "/b"}, then))
	for after, want := range map[time.Duration][2]bool{
		0: {true, true}, -30 * time.Second: {true, true}, 59 * time.Second: {true, true}, 60 * time.Second: {true, false},
		119 * time.Second: {true, false}, 120 * time.Second: {false, false}, -120 * time.Second: {false, false},
	} {
		if counts, acts := Announced(config, pod, then.Add(after)); counts != want[0] || acts != want[1] {
			t.Errorf("after %s it counts: %t, and acts: %t", after, counts, acts)
		}
	}
	if counts, _ := Announced(config, next, then); counts || Announces(config, next) {
		t.Error("the successor's own end is not announced")
	}
	if dirs := Without(config); !slices.Equal(dirs, []string{"/a", "/b"}) {
		t.Errorf("without %v", dirs)
	}
	config.Annotations.Values[AnnotationSince] = "yesterday"
	if counts, _ := Announced(config, pod, then); counts || !Announces(config, pod) {
		t.Error("nobody knows when it was announced, and it counts")
	}
	if config = Announce(config, nil); Announces(config, pod) || len(config.Annotations.Values) > 0 {
		t.Errorf("taken away, it leaves %v", config.Annotations.Values)
	}
}

func TestBefore(t *testing.T) {
	at := func(version string) *sync.ConfigMap {
		return &sync.ConfigMap{Meta: sync.Meta{ResourceVersion: version}}
	}
	for _, pair := range [][2]string{{"999", "1000"}, {"10", "11"}, {"", "1"}} {
		if Before(at(pair[0]), at(pair[1])) >= 0 || Before(at(pair[1]), at(pair[0])) <= 0 {
			t.Errorf("%s is before %s", pair[0], pair[1])
		}
	}
}
