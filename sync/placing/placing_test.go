package placing_test

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/placing"
)

func claimIn(phase corev1.PersistentVolumeClaimPhase) []*sync.PersistentVolumeClaim {
	claim := &sync.PersistentVolumeClaim{}
	claim.Status.Phase = phase
	return []*sync.PersistentVolumeClaim{claim}
}

func TestBefore(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 10, 0, 0, time.UTC)
	pod := func(change func(*sync.Pod)) []*sync.Pod {
		p := &sync.Pod{}
		p.Spec.NodeName, p.Status.Phase = "node-1", corev1.PodRunning
		p.Status.Conditions = []sync.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
		change(p)
		return []*sync.Pod{p}
	}
	ready := pod(func(*sync.Pod) {})
	leaves := func(at string) []*sync.Pod { return pod(func(p *sync.Pod) { p.DeletionTimestamp = at }) }
	pending := func(conditions ...sync.PodCondition) []*sync.Pod {
		return pod(func(p *sync.Pod) {
			p.Spec.NodeName, p.Status.Phase, p.Status.Conditions = "", corev1.PodPending, conditions
		})
	}
	unschedulable := sync.PodCondition{
		Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable,
	}
	for _, c := range []struct {
		what     string
		claims   []*sync.PersistentVolumeClaim
		other    placing.Broker
		expected string
	}{
		{"it runs", claimIn(corev1.ClaimPending), placing.Broker{Pods: ready, Returns: true}, ""},
		{"it is let go now", claimIn(corev1.ClaimPending), placing.Broker{Pods: ready, LetGo: true, Returns: true}, "other"},
		{"it ends", nil, placing.Broker{Pods: leaves("2026-01-01T00:10:20Z"), Returns: true}, "other"},
		{"it ends for good", nil, placing.Broker{Pods: leaves("2026-01-01T00:10:20Z")}, ""},
		{"it does not end", nil, placing.Broker{Pods: leaves("2026-01-01T00:05:00Z"), Returns: true}, ""},
		{"it has no Pod yet", claimIn(corev1.ClaimPending), placing.Broker{Returns: true}, "other"},
		{"it has no Pod and gets none", claimIn(corev1.ClaimPending), placing.Broker{}, ""},
		{"the scheduler has not looked yet", nil, placing.Broker{Pods: pending(), Returns: true}, "other"},
		{"there is no node for it", nil, placing.Broker{Pods: pending(unschedulable), Returns: true}, ""},
		{"this one has volumes too", claimIn(corev1.ClaimBound), placing.Broker{Returns: true}, ""},
	} {
		c.other.Name, c.other.Claims = "other", claimIn(corev1.ClaimBound)
		if got := placing.Before(c.claims, []placing.Broker{c.other}, now); got != c.expected {
			t.Errorf("%s: waits for %q, not for %q", c.what, got, c.expected)
		}
	}
	others := []placing.Broker{{Name: "new", Claims: claimIn(corev1.ClaimPending), Returns: true}}
	if got := placing.Before(nil, others, now); got != "" {
		t.Errorf("one new broker waits for another: %q", got)
	}
}
