package podphase

import (
	"testing"
	"time"

	"github.com/kompositor/kompositor/sync"
)

// An announcement is acted on for a minute, and counts for another one, whatever replica's clock says so.
func TestAnnounced(t *testing.T) {
	then := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	pod, next := &sync.Pod{Meta: sync.Meta{UID: "pod-1"}}, &sync.Pod{Meta: sync.Meta{UID: "pod-2"}}
	config := Announce(&sync.ConfigMap{}, Announcement(pod, then))
	for after, want := range map[time.Duration][2]bool{
		0: {true, true}, -30 * time.Second: {true, true}, 59 * time.Second: {true, true}, 60 * time.Second: {true, false},
		119 * time.Second: {true, false}, 120 * time.Second: {false, false}, -120 * time.Second: {false, false},
	} {
		if counts, acts := Announced(config, pod, then.Add(after)); counts != want[0] || acts != want[1] {
			t.Errorf("after %s it counts: %t, and acts: %t", after, counts, acts)
		}
	}
	if counts, _ := Announced(config, next, then); counts {
		t.Error("the successor's own end is not announced")
	}
	config.Annotations.Values[AnnotationSince] = "yesterday"
	if counts, _ := Announced(config, pod, then); counts {
		t.Error("nobody knows when it was announced, and it counts")
	}
	if config = Announce(config, nil); len(AnnouncementOf(config)) > 0 {
		t.Errorf("taken away, it leaves %v", config.Annotations.Values)
	}
}
