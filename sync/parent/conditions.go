package parent

import (
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/sync"
)

// Verdict is a condition before it has a time.
type Verdict struct {
	Of      sync.ConditionType
	Status  metav1.ConditionStatus
	Reason  sync.Reason
	Message string
}

// Is says that a condition holds.
func Is(of sync.ConditionType, message string) Verdict {
	return Verdict{of, metav1.ConditionTrue, sync.AsExpected, Bounded(message)}
}

// IsNot says that a condition does not hold, and why.
func IsNot(of sync.ConditionType, reason sync.Reason, message string) Verdict {
	return Verdict{of, metav1.ConditionFalse, reason, Bounded(message)}
}

// Unknown says that nobody can tell whether a condition holds.
func Unknown(of sync.ConditionType, reason sync.Reason, message string) Verdict {
	return Verdict{of, metav1.ConditionUnknown, reason, Bounded(message)}
}

// Clock gives conditions their times.
type Clock struct {
	Now time.Time
	// Generation is the generation of the spec that the verdicts speak about.
	Generation int64
	// Before are the conditions of the parent's present status.
	Before []metav1.Condition
}

// Timed gives each verdict its time: that of the condition before when its status is the same, else now. The conditions
// are sorted by type.
func (c Clock) Timed(verdicts []Verdict) []metav1.Condition {
	conditions := make([]metav1.Condition, 0, len(verdicts))
	for _, v := range verdicts {
		condition := metav1.Condition{
			Type: string(v.Of), Status: v.Status, Reason: string(v.Reason), Message: v.Message,
			ObservedGeneration: c.Generation, LastTransitionTime: metav1.NewTime(c.Now.UTC().Truncate(time.Second)),
		}
		for _, before := range c.Before {
			if before.Type == condition.Type && before.Status == condition.Status {
				condition.LastTransitionTime = before.LastTransitionTime
			}
		}
		conditions = append(conditions, condition)
	}
	sortByType(conditions)
	return conditions
}

// CarriedOver are the conditions of before with the verdicts in the place of their own.
func (c Clock) CarriedOver(verdicts []Verdict) []metav1.Condition {
	conditions := c.Timed(verdicts)
	for _, before := range c.Before {
		if !slices.ContainsFunc(verdicts, func(v Verdict) bool { return string(v.Of) == before.Type }) {
			conditions = append(conditions, before)
		}
	}
	sortByType(conditions)
	return conditions
}

func sortByType(conditions []metav1.Condition) {
	slices.SortFunc(conditions, func(a, b metav1.Condition) int { return strings.Compare(a.Type, b.Type) })
}

// Invalid are the verdicts on a spec with mistakes: all of them are listed.
func Invalid(mistakes field.ErrorList) []Verdict {
	texts := make([]string, len(mistakes))
	for i, mistake := range mistakes {
		texts[i] = mistake.Error()
	}
	count := "1 mistake"
	if len(texts) > 1 {
		count = fmt.Sprintf("%d mistakes", len(texts))
	}
	return []Verdict{
		IsNot(sync.SpecValid, sync.InvalidSpec, fmt.Sprintf(
			"The spec has %s, and nothing is changed until the spec is mended: %s", count, strings.Join(texts, "; "))),
		IsNot(sync.Ready, sync.InvalidSpec, "The spec has mistakes; see the condition SpecValid."),
	}
}

// longestMessage is the API convention's limit for a condition's message, bytes.
// Source: k8s.io/apimachinery, metav1.Condition.
const longestMessage = 32768

// Bounded cuts a message that is longer than a condition may hold.
func Bounded(message string) string {
	if len(message) <= longestMessage {
		return message
	}
	const cut = "..."
	return strings.ToValidUTF8(message[:longestMessage-len(cut)], "") + cut
}

// Sentence begins a clause with a capital letter and ends it with a full stop.
func Sentence(clause string) string {
	if clause == "" {
		return ""
	}
	return strings.ToUpper(clause[:1]) + strings.TrimSuffix(clause[1:], ".") + "."
}
