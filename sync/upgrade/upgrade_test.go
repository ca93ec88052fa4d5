package upgrade

import (
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

func TestLevels(t *testing.T) {
	before := release{}
	for _, r := range releases() {
		if r.highest <= before.highest || r.lowest < before.lowest {
			t.Errorf("the levels of %d.%d do not follow those of %d.%d", r.major, r.minor, before.major, before.minor)
		}
		if name := NameOf(r.highest); !strings.HasPrefix(name, fmt.Sprintf("%d.%d-", r.major, r.minor)) {
			t.Errorf("the highest level of %d.%d is %s", r.major, r.minor, name)
		}
		before = r
	}
	if NameOf(before.highest) == "" || NameOf(before.highest+1) != "" || NameOf(0) != "" {
		t.Error("the names do not end with the newest release")
	}
	for text, want := range map[string]int16{
		"21": 21, "3.9-IV0": 21, "3.9": 21, "4.0": 25, "4.4": 33, "4.4-IV0": 31, "3.0-IV1": 1, "99": 99,
		"9.9": 0, "": 0, "0": 0, "-1": 0, "3.9.2": 0,
	} {
		if got, known := Level(text); got != want && known || known != (want != 0) {
			t.Errorf("%q reads as %d (%t), not %d", text, got, known, want)
		}
	}
}

func TestRefuses(t *testing.T) {
	cases := map[string]struct {
		image     string
		finalized int16
		want      string
	}{
		"the same":           {"kafka:3.9.2", 21, ""},
		"an upgrade":         {"kafka:4.4.0", 21, ""},
		"a downgrade before": {"kafka:3.9.2", 20, ""},
		"a downgrade after": {
			"kafka:3.9.2", 33, "Kafka 3.9.2 supports metadata.version up to 21 (3.9-IV0), and the cluster's is 33 (4.4-IV2), " +
				"which can not be lowered: ask for Kafka 4.4 or newer",
		},
		"one release down":      {"kafka:4.3.1", 33, "up to 30 (4.3-IV0)"},
		"newer than the table":  {"kafka:4.4.0", 34, "ask for a newer Kafka"},
		"too old for Kafka 4":   {"kafka:4.0.0", 5, "needs metadata.version 7 (3.3-IV3) at least"},
		"old enough":            {"kafka:4.0.0", 7, ""},
		"no version in the tag": {"kafka:latest", 33, ""},
		"a release to come":     {"kafka:7.0.0", 33, ""},
		"a level never read":    {"kafka:3.3.1", 0, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { expect(t, Refuses(v1beta1.KafkaVersionOfImage(c.image), c.finalized), c.want) })
	}
}

func TestNext(t *testing.T) {
	now := time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC)
	read := func(finalized, supported int16, ago time.Duration) v1beta1.MetadataVersionStatus {
		since := metav1.NewTime(now.Add(-ago))
		return v1beta1.MetadataVersionStatus{Finalized: finalized, Supported: supported, SupportedSince: &since}
	}
	automatic := v1beta1.MetadataVersionPolicy{}
	atOnce := v1beta1.MetadataVersionPolicy{Delay: &metav1.Duration{}}
	upTo := func(level string) v1beta1.MetadataVersionPolicy { return v1beta1.MetadataVersionPolicy{UpTo: level} }
	manual := func(level string) v1beta1.MetadataVersionPolicy {
		return v1beta1.MetadataVersionPolicy{Raise: v1beta1.RaiseManual, UpTo: level}
	}
	week := 7 * 24 * time.Hour
	newly, long := read(21, 33, time.Hour), read(21, 33, week)
	cases := map[string]struct {
		policy  v1beta1.MetadataVersionPolicy
		read    v1beta1.MetadataVersionStatus
		raise   int16
		waits   string
		pending bool
	}{
		"never read":          {atOnce, v1beta1.MetadataVersionStatus{}, 0, "", false},
		"nothing to raise":    {atOnce, read(33, 33, week), 0, "", false},
		"supports less":       {atOnce, read(33, 21, week), 0, "", false},
		"delayed":             {automatic, newly, 0, "33 (4.4-IV2), and it is raised to that at 2026-03-15T11:00:00Z", true},
		"delay is over":       {automatic, long, 33, "", true},
		"at once":             {atOnce, read(21, 33, 0), 33, "", true},
		"pinned":              {upTo("3.9"), long, 0, "", false},
		"pinned in between":   {upTo("4.1"), long, 27, "", true},
		"pinned above":        {upTo("4.4"), read(21, 27, week), 27, "", true},
		"manual":              {manual(""), long, 0, "set spec.metadataVersion.upTo", false},
		"approved":            {manual("4.4"), newly, 33, "", true},
		"approved before":     {manual("3.9"), long, 0, "", false},
		"unknown, by mistake": {upTo("4.99"), long, 0, `upTo "4.99" is no metadata.version`, false},
	}
	for name, ago := range map[string]time.Duration{"refused": 59 * time.Second, "refused long ago": time.Minute} {
		refused, at := long, metav1.NewTime(now.Add(-ago))
		refused.Refusal, refused.RefusedAt = "controller 4 does not know it", &at
		verdict := Next(&automatic, &refused, now)
		again := ago >= time.Minute
		if again != (verdict.RaiseTo == 33) || again == strings.Contains(verdict.Waits, "controller 4") {
			t.Errorf("%s gives %+v", name, verdict)
		}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			verdict := Next(&c.policy, &c.read, now)
			if verdict.RaiseTo != c.raise {
				t.Errorf("raises to %d, not %d", verdict.RaiseTo, c.raise)
			}
			expect(t, verdict.Waits, c.waits)
			if delayed := strings.Contains(c.waits, " at "); delayed == verdict.At.IsZero() {
				t.Errorf("rises by itself at %v", verdict.At)
			}
			if got := Pending(&c.policy, &c.read); got != c.pending {
				t.Errorf("pending is %t", got)
			}
		})
	}
}

func TestLearn(t *testing.T) {
	begin := time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC)
	features := func(finalized, supported int16) *sync.Features {
		return &sync.Features{
			Finalized: map[string]int16{Feature: finalized},
			Supported: map[string]sync.FeatureRange{Feature: {Min: 7, Max: supported}},
		}
	}
	read := Learn(v1beta1.MetadataVersionStatus{}, features(21, 33), nil)
	if read.Finalized != 21 || read.Name != "3.9-IV0" || read.Supported != 0 || read.ReadWith != "" {
		t.Errorf("while nodes restart it learns %+v", read)
	}
	read = Learn(read, features(21, 33), &Whole{Images: "kafka:4.4.0", Now: begin})
	if read.Supported != 33 || !read.SupportedSince.Time.Equal(begin) || read.ReadWith != "kafka:4.4.0" {
		t.Errorf("once all nodes run it it learns %+v", read)
	}
	again := Learn(read, features(33, 33), &Whole{Images: "kafka:4.4.1", Now: begin.Add(time.Hour)})
	if again.Finalized != 33 || !again.SupportedSince.Time.Equal(begin) || again.ReadWith != "kafka:4.4.1" {
		t.Errorf("another image that supports the same gives %+v", again)
	}
	if empty := Learn(again, &sync.Features{}, nil); empty.Finalized != 33 {
		t.Errorf("an answer without the feature gives %+v", empty)
	}
}

func TestUnproven(t *testing.T) {
	for _, c := range []struct {
		was, is string
		read    int16
		want    bool
	}{
		{"kafka:3.9.2", "kafka:3.9.2", 0, false},
		{"kafka:3.9.1", "kafka:3.9.2", 0, false},
		{"kafka:3.9.2", "kafka:3.9.1", 0, false}, // one release has one set of levels
		{"kafka:3.8.1", "kafka:3.9.2", 0, false},
		{"kafka:3.9.2", "kafka:4.4.0", 0, true},
		{"kafka:3.9.2", "kafka:4.4.0", 21, false},
		{"kafka:4.4.0", "kafka:3.9.2", 21, true},
		{"kafka:4.4.0", "kafka:4.3.0", 30, true},
		{"kafka:latest", "kafka:4.4.0", 33, true},
		{"", "kafka:4.4.0", 33, true},
		{"kafka:4.4.0", "kafka:latest", 0, false},
	} {
		if got := Unproven(c.was, c.is, c.read); got != c.want {
			t.Errorf("from %s to %s with level %d: %t", c.was, c.is, c.read, got)
		}
	}
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if (got == "") != (want == "") || !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
