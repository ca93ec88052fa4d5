package dynamicconfig

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// kind is what kind of finding it is, the gravest first.
type kind int

const (
	// refused: Kafka did not take a change.
	refused kind = iota
	// misplaced: the CR asks for a key where it can not stand.
	misplaced
	// overridden: another value is in force than the CR asks for.
	overridden
	// pending: a change is under way.
	pending
	// unknown: it is not known what Kafka has.
	unknown
	// remarked: all is as the CR asks for, and something is worth knowing.
	remarked

	kinds
)

// everywhere stands for all brokers.
const everywhere int32 = -1

// findings are sentences by kind, each with the brokers that it is about.
type findings map[kind]map[string][]int32

func (f findings) add(k kind, text string, about int32) {
	if f[k] == nil {
		f[k] = make(map[string][]int32)
	}
	if !slices.Contains(f[k][text], about) {
		f[k][text] = append(f[k][text], about)
	}
}

// addRefused tells what Kafka did not take; it is not under way then.
func (f findings) addRefused(of *scope, about int32) {
	if of.record.Refused == "" {
		return
	}
	f.add(refused, of.record.Refused, about)
	for text, brokers := range f[pending] {
		f[pending][text] = slices.DeleteFunc(brokers, func(id int32) bool { return id == about })
		if len(f[pending][text]) == 0 {
			delete(f[pending], text)
		}
	}
}

func (f findings) has(k kind, about int32) bool {
	for _, brokers := range f[k] {
		if slices.Contains(brokers, about) {
			return true
		}
	}
	return false
}

func (f findings) clone() findings {
	clone := make(findings, len(f))
	for k, texts := range f {
		for text, brokers := range texts {
			for _, about := range brokers {
				clone.add(k, text, about)
			}
		}
	}
	return clone
}

// Verdict says whether Kafka has the dynamic configuration that the CR asks for: the status and reason of a condition,
// and its sentences, which are empty when there is nothing to say.
func (s *Settled) Verdict() (status metav1.ConditionStatus, reason sync.Reason, sentences string) {
	status, reason = metav1.ConditionTrue, sync.AsExpected
	var all []string
	for k := range kinds {
		if len(s.findings[k]) == 0 {
			continue
		}
		if len(all) == 0 {
			status, reason = k.verdict()
		}
		all = append(all, k.sentence(s.findings[k]))
	}
	return status, reason, strings.Join(all, " ")
}

func (k kind) verdict() (metav1.ConditionStatus, sync.Reason) {
	switch k {
	case refused:
		return metav1.ConditionFalse, sync.ConfigRefused
	case misplaced:
		return metav1.ConditionFalse, sync.ConfigMisplaced
	case overridden:
		return metav1.ConditionFalse, sync.ConfigOverridden
	case pending:
		return metav1.ConditionFalse, sync.ConfigPending
	case unknown:
		return metav1.ConditionUnknown, sync.KafkaUnknown
	case remarked, kinds:
	}
	return metav1.ConditionTrue, sync.AsExpected
}

// sentence writes all findings of one kind.
func (k kind) sentence(texts map[string][]int32) string {
	clauses := make([]string, 0, len(texts))
	for _, text := range slices.Sorted(maps.Keys(texts)) {
		if about := brokersOf(texts[text]); k != misplaced || texts[text][0] != everywhere {
			text += " (" + about + ")"
		}
		clauses = append(clauses, text)
	}
	introduction := ""
	switch k {
	case refused:
		introduction = "Kafka did not take a change of "
	case pending:
		introduction = "Kafka is being told of "
	case unknown:
		introduction = "What Kafka has of the dynamic configuration is not known: "
	case misplaced, overridden, remarked, kinds:
	}
	return introduction + strings.Join(clauses, "; ") + "."
}

// brokersOf names brokers, a few of them.
func brokersOf(ids []int32) string {
	const named = 5
	names := make([]string, 0, named+1)
	for i, id := range ids {
		if id == everywhere {
			return "all brokers"
		}
		if i == named {
			names = append(names, fmt.Sprintf("and %d more", len(ids)-named))
			break
		}
		names = append(names, fmt.Sprint(id))
	}
	if len(names) == 1 {
		return "broker " + names[0]
	}
	return "brokers " + strings.Join(names, ", ")
}

// Moving says that a change is under way, Waiting that a fact is awaited.
func (s *Settled) Moving() bool { return len(s.findings[pending]) > 0 }

// Waiting says that it is not known what Kafka has.
func (s *Settled) Waiting() bool { return len(s.findings[unknown]) > 0 }

// NeedsNoRestart says of the keys of readOnlyConfig that are about to restart brokers that they need not, as a sentence
// to append; empty when the restart is needed for another key anyhow.
func NeedsNoRestart(changed []string, version v1beta1.KafkaVersion) string {
	for _, key := range changed {
		if !ModeOf(key, version).Dynamic() || generated(key) {
			return ""
		}
	}
	if len(changed) == 0 {
		return ""
	}
	return " This needs no restart in clusterWideConfig or brokerConfig.config, where dynamic keys belong: " +
		strings.Join(changed, ", ") + "."
}
