package dynamicconfig

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/sync"
)

// A change that Kafka refuses rests longer each time, five minutes at most, and is tried at once when the spec changes.
func TestRefusedChangeBacksOff(t *testing.T) {
	began := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	w := newWorld(nil, map[string]string{"num.io.threads": "99"})
	w.cluster.Brokers[0].Record.Keys = []string{"num.io.threads"}
	w.cluster.Generation = 1
	w.cluster.Conditions = []metav1.Condition{{
		Type: string(sync.ConfigInSync), Status: metav1.ConditionFalse, LastTransitionTime: metav1.NewTime(began),
		ObservedGeneration: 1,
	}}
	const step = 5 * time.Second // a call that something else has brought about
	var tried []time.Duration
	for after := time.Duration(0); after <= 25*time.Minute; after += step {
		w.cluster.Now = began.Add(after)
		w.settle(t)
		left := w.settled.NextCall(0)
		if len(w.commands) == 0 {
			w.expect(t, sync.ConfigRefused, failed)
			if w.settled.Moving() {
				t.Fatal("a change that rests is told to be under way")
			}
			if left <= 0 || left > longestRest {
				t.Fatalf("after %s the next try is in %s", after, left)
			}
			continue
		}
		if left != 0 {
			t.Fatalf("after %s it is tried, and rests for %s", after, left)
		}
		tried = append(tried, after)
		w.refuse("too many")
	}
	want := []time.Duration{
		0, 5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second,
		320 * time.Second, 620 * time.Second, 920 * time.Second, 1220 * time.Second,
	}
	if len(tried) != len(want) {
		t.Fatalf("tried at %v, want %v", tried, want)
	}
	for i := range want {
		if tried[i] != want[i] {
			t.Fatalf("tried at %v, want %v", tried, want)
		}
	}

	w.cluster.Generation = 2
	w.cluster.Brokers[0].Config["num.io.threads"] = "9"
	w.settle(t)
	w.expect(t, sync.ConfigPending, outOfSync, "set num.io.threads=9 of broker 1")
	if !w.cluster.Brokers[0].Record.RetryAt.IsZero() {
		t.Error("a change that was taken is to be tried again")
	}
}

// What Kafka refuses for the first time rests the shortest, however long something else is amiss already.
func TestFirstRefusalIsTriedSoon(t *testing.T) {
	began := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	w := newWorld(nil, map[string]string{"num.io.threads": "99", "log.retention.ms": "5"})
	w.cluster.Brokers[0].Record.Keys = []string{"log.retention.ms", "num.io.threads"}
	w.cluster.Now, w.cluster.Generation = began.Add(time.Hour), 1
	w.cluster.Conditions = []metav1.Condition{{
		Type: string(sync.ConfigInSync), Status: metav1.ConditionFalse, LastTransitionTime: metav1.NewTime(began),
		ObservedGeneration: 1,
	}}
	w.settle(t)
	w.refuse("too many")
	w.settle(t)
	if left := w.settled.NextCall(time.Minute); left != shortestRest {
		t.Errorf("the next try, key by key, is in %s", left)
	}
	if left := w.settled.NextCall(time.Second); left != time.Second {
		t.Errorf("a call that is due sooner for another reason is put off to %s", left)
	}
}
