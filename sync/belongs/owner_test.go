package belongs_test

import (
	"strings"
	"testing"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/belongs"
)

func meta(name string, label ...string) *sync.Meta {
	m := &sync.Meta{Name: name, Labels: map[string]string{"app": "kafka", "kafka_cr": "demo"}}
	for _, value := range label {
		m.Labels["brokerId"] = value
	}
	return m
}

// with gives an object another label; an empty value takes it away.
func with(m *sync.Meta, label, value string) *sync.Meta {
	m.Labels[label] = value
	if value == "" {
		delete(m.Labels, label)
	}
	return m
}

func TestOwner(t *testing.T) {
	pod := func(m *sync.Meta) belongs.Owner { return belongs.OfPod("demo", m) }
	claim := func(m *sync.Meta) belongs.Owner { return belongs.OfClaim("demo", m) }
	for _, c := range []struct {
		what  string
		owner belongs.Owner
		id    int32
		known bool
		rival int32 // -1 where nothing is in doubt
		says  string
	}{
		{"ours", pod(meta("demo-1", "1")), 1, true, -1, ""},
		{"Koperator's", pod(meta("demo-1-x7k2p", "1")), 1, true, -1, ""},
		{"a claim of ours", claim(meta("demo-10-storage-0", "10")), 10, true, -1, ""},
		{"a claim of Koperator's", claim(meta("demo-10-storage-0-x7k2p", "10")), 10, true, -1, ""},
		{"stripped", pod(meta("demo-1")), 1, true, -1, "lacks the label brokerId: set it to 1"},
		{"no number", pod(meta("demo-1", "x")), 1, true, -1, `brokerId="x", which is no broker's: set it to 1`},
		{"empty", claim(meta("demo-1-storage-0", "")), 1, true, -1, `brokerId="", which is no broker's: set it to 1`},
		{"negative", pod(meta("demo-1", "-1")), 1, true, -1, "set it to 1"},
		{"not as we write it", pod(meta("demo-1", "01")), 1, true, -1, "set it to 1"},
		{"too large", pod(meta("demo-1", "2147483648")), 1, true, -1, "set it to 1"},
		{"of no app", pod(with(meta("demo-1", "1"), "app", "")), 1, true, -1, "lacks the label app: set it to kafka"},
		{"of another cluster", pod(with(meta("demo-1", "1"), "kafka_cr", "x")), 1, true, -1, `kafka_cr="x": set it to demo`},
		{"a claim of no cluster", claim(with(meta("demo-1-storage-0", "1"), "kafka_cr", "")), 1, true, -1, ""},
		{"another's", pod(meta("demo-1", "0")), 1, true, 0, "set the label brokerId to 1"},
		{"another's, with a tail", pod(meta("demo-1-x7k2p", "7")), 1, true, 7, "broker 7's by its label"},
		{"another's claim", claim(meta("demo-0-storage-0-x7k2p", "2")), 0, true, 2, "claim demo-0-storage-0-x7k2p"},
		{"a name of its own", pod(meta("restored", "1")), 1, true, -1, ""},
		{"a claim with a name of its own", claim(meta("demo-2024-backup", "1")), 1, true, -1, ""},
		{"a claim that has the name of a Pod", claim(meta("demo-2", "1")), 1, true, -1, ""},
		{"another cluster's name", pod(meta("demo2-0", "1")), 1, true, -1, ""},
		{"nobody's", pod(meta("restored")), 0, false, -1, "set it to the id of the broker that it belongs to"},
		{"nobody's, unreadable", claim(meta("restored", "x")), 0, false, -1, "set it to the id of the broker"},
	} {
		o, rival := c.owner, int32(-1)
		if o.Doubt != "" {
			rival = o.Rival
		}
		says := o.Doubt + o.Unlabelled
		if o.ID != c.id || o.Known != c.known || rival != c.rival {
			t.Errorf("%s: %+v", c.what, o)
		}
		if !strings.Contains(says, c.says) || (says == "") != (c.says == "") {
			t.Errorf("%s: it says %q, not %q", c.what, says, c.says)
		}
	}
}

func TestAConfigMapIsKnownByItsName(t *testing.T) {
	for name, want := range map[string]int32{
		"demo-config-3": 3, "demo-config-03": -1, "demo-config-3-x": -1, "demo-config-": -1, "other-config-3": -1, "3": -1,
	} {
		id, known := belongs.OfConfigMap("demo", meta(name, "7"))
		if known != (want >= 0) || known && id != want {
			t.Errorf("%s: %d, %t", name, id, known)
		}
	}
}

// Of two claims for one log directory nobody knows which has its data; one that goes away is none of them.
func TestGatherDoubtsTwins(t *testing.T) {
	claim := func(name, at string) sync.PersistentVolumeClaim {
		c := sync.PersistentVolumeClaim{Meta: *meta(name, "1")}
		c.Annotations.Values = map[string]string{"mountPath": at}
		return c
	}
	goes := claim("demo-1-storage-2", "/b")
	goes.DeletionTimestamp = "2026-01-01T00:00:00Z"
	for _, c := range []struct {
		claims []sync.PersistentVolumeClaim
		want   string
	}{
		{[]sync.PersistentVolumeClaim{claim("demo-1-storage-0", "/a"), claim("demo-1-storage-1", "/b"), goes}, ""},
		{[]sync.PersistentVolumeClaim{claim("demo-1-storage-0", ""), claim("demo-1-storage-1", "")}, ""},
		{
			[]sync.PersistentVolumeClaim{claim("demo-1-storage-0", "/a"), claim("demo-1-storage-0-x7k2p", "/a/")},
			"claims demo-1-storage-0 and demo-1-storage-0-x7k2p are both for /a of broker 1",
		},
	} {
		gathered := belongs.Gather("demo", &sync.Children{PersistentVolumeClaims: c.claims})
		if got := gathered.Doubts[1]; (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}
