package parent

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/sync"
)

// Reasons are why a decision is what it is, each once and sorted: the reasons of what is let go, that of Ready, those
// of the other conditions that are False, and those of a rolling update or a rebalancing that is under way. What is as
// expected, or not asked about, is no reason.
func Reasons(conditions []metav1.Condition, releases []sync.Release) []sync.Reason {
	var reasons []sync.Reason
	for i := range releases {
		reasons = append(reasons, releases[i].Reason)
	}
	for i := range conditions {
		reason, of := sync.Reason(conditions[i].Reason), sync.ConditionType(conditions[i].Type)
		tells := of == sync.Ready || of == sync.RollingUpdate || of == sync.Rebalancing ||
			conditions[i].Status == metav1.ConditionFalse
		if tells && reason != sync.AsExpected && reason != sync.NotAsked {
			reasons = append(reasons, reason)
		}
	}
	slices.Sort(reasons)
	return slices.Compact(reasons)
}
