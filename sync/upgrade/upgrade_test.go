package upgrade

import (
	"strings"
	"testing"
	"time"

	"github.com/kompositor/kompositor/api/v1beta1"
)

func TestLevels(t *testing.T) {
	before := release{}
	for _, r := range releases() {
		if r.highest <= before.highest || r.lowest < before.lowest {
			t.Errorf("the levels of %d.%d do not follow those of %d.%d", r.major, r.minor, before.major, before.minor)
		}
		if name := NameOf(r.highest); !strings.HasPrefix(name, v1beta1.KafkaVersion{Major: r.major, Minor: r.minor}.String()[:3]) {
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
		"the same":              {"kafka:3.9.2", 21, ""},
		"an upgrade":            {"kafka:4.4.0", 21, ""},
		"a downgrade before":    {"kafka:3.9.2", 20, ""},
		"a downgrade after":     {"kafka:3.9.2", 33, "Kafka 3.9.2 supports metadata.version up to 21 (3.9-IV0), and the cluster's is 33 (4.4-IV2), which can not be lowered: ask for Kafka 4.4 or newer"},
		"one release down":      {"kafka:4.3.1", 33, "up to 30 (4.3-IV0)"},
		"newer than the table":  {"kafka:4.4.0", 34, "ask for a newer Kafka"},
		"too old for Kafka 4":   {"kafka:4.0.0", 5, "needs metadata.version 7 (3.3-IV3) at least, and the cluster's is 5 (3.3-IV1)"},
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
	week := 7 * 24 * time.Hour
	newly, long := State{21, 33, now.Add(-time.Hour), now}, State{21, 33, now.Add(-week), now}
	cases := map[string]struct {
		policy Policy
		state  State
		raise  int16
		waits  string
	}{
		"nothing to raise":    {Policy{Delay: week}, State{33, 33, now, now}, 0, ""},
		"supports less":       {Policy{}, State{33, 21, now, now}, 0, ""},
		"delayed":             {Policy{Delay: week}, newly, 0, "33 (4.4-IV2), and it is raised to that at 2026-03-15T11:00:00Z"},
		"delay is over":       {Policy{Delay: week}, long, 33, ""},
		"at once":             {Policy{}, State{21, 33, now, now}, 33, ""},
		"pinned":              {Policy{UpTo: "3.9"}, long, 0, ""},
		"pinned in between":   {Policy{UpTo: "4.1"}, long, 27, ""},
		"pinned above":        {Policy{UpTo: "4.4"}, State{21, 27, now, now}, 27, ""},
		"manual":              {Policy{Manual: true}, long, 0, "set spec.metadataVersion.upTo"},
		"approved":            {Policy{Manual: true, Delay: week, UpTo: "4.4"}, newly, 33, ""},
		"approved before":     {Policy{Manual: true, UpTo: "3.9"}, long, 0, ""},
		"unknown, by mistake": {Policy{UpTo: "4.99"}, long, 0, `upTo "4.99" is no metadata.version`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			verdict := c.policy.Next(c.state)
			if verdict.RaiseTo != c.raise {
				t.Errorf("raises to %d, not %d", verdict.RaiseTo, c.raise)
			}
			expect(t, verdict.Waits, c.waits)
			if delayed := c.waits != "" && !c.policy.Manual && c.policy.UpTo == ""; delayed == verdict.At.IsZero() {
				t.Errorf("rises by itself at %v", verdict.At)
			}
		})
	}
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if (got == "") != (want == "") || !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
