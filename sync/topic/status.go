package topic

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/parent"
)

// report writes into the status what Kafka reports of the topic, whoever manages it.
func (p *plan) report() {
	old, status := &p.o.topic.Status, &p.status
	status.TopicID, status.Partitions, status.ReplicationFactor, status.Config = p.topic.ID, 0, 0, nil
	switch {
	case old.TopicID != "" && old.TopicID != p.topic.ID && p.o.owned():
		status.LostTopicID = old.TopicID
	case status.LostTopicID == p.topic.ID:
		status.LostTopicID = "" // it was not lost: a broker that did not know it yet had answered
	}
	if !p.topic.Exists {
		status.State = ""
		return
	}
	status.Partitions, status.ReplicationFactor = int32(len(p.topic.Partitions)), p.lowestReplicas()
	for i := range p.topic.Config {
		if entry := &p.topic.Config[i]; entry.Source == sync.SourceTopic && !entry.Sensitive {
			if status.Config == nil {
				status.Config = make(map[string]string)
			}
			status.Config[entry.Name] = entry.Value
		}
	}
}

func (p *plan) decision() sync.Decision {
	d := sync.Decision{
		Children: p.children(), Status: p.told(p.ready()), Commands: p.commands, ResyncAfter: p.resync, Reasons: p.reasons(),
	}
	if len(p.commands) > 0 {
		d.RetryAfter = retryAfterRefusal
		d.StatusAfter = func(outcomes sync.Outcomes) any { return p.told(p.refused(outcomes)) }
	}
	return d
}

// told is the parent's whole new status.
func (p *plan) told(ready parent.Verdict) *v1alpha1.KafkaTopicStatus {
	status := p.status
	status.Conditions = p.o.clock(p.facts).Timed([]parent.Verdict{
		ready, p.reachable, parent.Is(sync.SpecValid, "The spec has no mistakes."),
	})
	return &status
}

func (o *Observed) clock(facts sync.Facts) parent.Clock {
	return parent.Clock{Now: facts.Now, Generation: o.identity.Generation, Before: o.topic.Status.Conditions}
}

// ready says whether the topic is as the spec asks.
func (p *plan) ready() parent.Verdict {
	name := p.o.topic.Spec.Name
	switch {
	case !p.o.managed():
		return parent.Unknown(sync.Ready, sync.NotManaged, fmt.Sprintf(
			"Topic %s is managed by %s, as the annotation %s says: this resource changes nothing in Kafka.",
			name, p.o.managedBy(), v1alpha1.ManagedByAnnotation))
	case len(p.problems) > 0:
		verdict := parent.IsNot(sync.Ready, p.problems[0].reason, strings.Join(p.problemTexts(), " "))
		if verdict.Reason == sync.KafkaUnknown {
			verdict.Status = metav1.ConditionUnknown
		}
		return verdict
	case len(p.commands) > 0:
		return parent.IsNot(sync.Ready, sync.TopicPending, "Kafka was told to "+commandTexts(p.commands)+".")
	}
	return parent.Is(sync.Ready, fmt.Sprintf("Topic %s is as the spec asks, with %s.%s", name,
		counted(len(p.topic.Partitions), "partition", "partitions"), p.loss()))
}

// loss tells of a topic that vanished.
func (p *plan) loss() string {
	if p.status.LostTopicID == "" {
		return ""
	}
	return fmt.Sprintf(" Before it there was a topic of this name with id %s, which vanished from Kafka with its records.",
		p.status.LostTopicID)
}

func commandTexts(commands []sync.Command) string {
	texts := make([]string, 0, len(commands))
	for _, command := range commands {
		texts = append(texts, command.String())
	}
	return strings.Join(texts, " and to ")
}

func (p *plan) problemTexts() []string {
	texts := make([]string, 0, len(p.problems))
	for _, problem := range p.problems {
		texts = append(texts, parent.Sentence(problem.text))
	}
	return texts
}

// refused is the verdict when Kafka did not do what it was told.
func (p *plan) refused(outcomes sync.Outcomes) parent.Verdict {
	var texts []string
	for _, outcome := range outcomes {
		if outcome.Err != nil {
			texts = append(texts, fmt.Sprintf("Kafka did not %s: %v.", outcome.Command, outcome.Err))
		}
	}
	return parent.IsNot(sync.Ready, sync.KafkaRefused, strings.Join(append(texts, p.problemTexts()...), " "))
}

func (p *plan) reasons() []sync.Reason {
	reasons := make(map[sync.Reason]struct{}, len(p.problems))
	for _, problem := range p.problems {
		reasons[problem.reason] = struct{}{}
	}
	if len(p.commands) > 0 {
		reasons[sync.TopicPending] = struct{}{}
	}
	if !p.o.managed() {
		reasons[sync.NotManaged] = struct{}{}
	}
	return slices.Sorted(maps.Keys(reasons))
}

// holdInvalid answers a spec with mistakes: all of them are listed, and nothing is changed.
func (o *Observed) holdInvalid(facts sync.Facts) sync.Decision {
	status := o.topic.Status
	status.ObservedGeneration = o.identity.Generation
	status.Conditions = o.clock(facts).CarriedOver(parent.Invalid(o.mistakes))
	return sync.Decision{Children: o.request.Children.Hold(), Status: &status, Reasons: []sync.Reason{sync.InvalidSpec}}
}
