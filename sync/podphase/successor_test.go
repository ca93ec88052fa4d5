package podphase

import (
	"testing"

	"github.com/kompositor/kompositor/sync"
)

func annotated(values map[string]string) *sync.ConfigMap {
	return &sync.ConfigMap{Meta: sync.Meta{Annotations: sync.Annotations{Values: values}}}
}

// What is announced is read as it was written, and stays when another reason comes up.
func TestAnnouncement(t *testing.T) {
	pod := &sync.Pod{Meta: sync.Meta{UID: "pod-1"}}
	config := annotated(Announcement(pod, annotated(nil), sync.RestartRequested, "an annotation: of its Pod"))
	again := annotated(Announcement(pod, config, sync.PodStale, "the CR asks for another image"))
	for _, c := range []*sync.ConfigMap{config, again} {
		if reason, because := Because(c); reason != sync.RestartRequested || because != "an annotation: of its Pod" {
			t.Errorf("%s: %s", reason, because)
		}
		if !Announced(pod, c) {
			t.Error("it is not taken for an announcement")
		}
	}
	if next := (&sync.Pod{Meta: sync.Meta{UID: "pod-2"}}); Announced(next, config) {
		t.Error("the successor's own end is not announced")
	}
	for _, text := range []string{"", "because", "Anything: because"} {
		values := map[string]string{AnnotationSuccessor: "pod-1", AnnotationBecause: text}
		if reason, because := Because(annotated(values)); reason != sync.PodStale || because == "" {
			t.Errorf("%q: %s: %s", text, reason, because)
		}
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
