package topic

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/sync"
)

// manageConfig changes the topic's configuration to spec.config. All keys that are set on the topic are the spec's to
// say: a key that is dropped from it, or was set by hand, goes back to what is in force without it. Source of the rule:
// Koperator and Strimzi do so.
func (p *plan) manageConfig() {
	set, drop := p.configChanges()
	if len(set)+len(drop) == 0 {
		return
	}
	p.tell(sync.AlterConfigs{
		ToKafka: p.toKafka(), Set: set, Delete: drop,
		Resource: sync.ConfigResource{Type: sync.TopicConfig, Name: p.o.topic.Spec.Name},
	})
}

// othersKeys are set on topics by tools that move replicas, for as long as they move them (KIP-73). They are left alone
// unless the spec names them.
func othersKeys() []string {
	return []string{"leader.replication.throttled.replicas", "follower.replication.throttled.replicas"}
}

// configChanges are the keys to set and, sorted, those to delete.
func (p *plan) configChanges() (set map[string]string, drop []string) {
	wanted := p.o.topic.Spec.Config
	for key, want := range wanted {
		entry, _ := p.topic.Entry(key)
		if entry.Source == sync.SourceTopic && (entry.Sensitive || sameValue(entry.Value, want)) {
			continue
		}
		if set == nil {
			set = make(map[string]string)
		}
		set[key] = want
	}
	for i := range p.topic.Config {
		entry := &p.topic.Config[i]
		_, named := wanted[entry.Name]
		if entry.Source == sync.SourceTopic && !named && !slices.Contains(othersKeys(), entry.Name) {
			drop = append(drop, entry.Name)
		}
	}
	slices.Sort(drop)
	return set, drop
}

// sameValue says that Kafka shows a value for what the user wrote. Kafka parses a value by its type and shows it in its
// own way: blanks around it and around the parts of a list go, truth values are in lower case, numbers are plain.
// Source: Kafka, ConfigDef.parseType and convertToString.
func sameValue(shown, written string) bool {
	if canonical(shown) == canonical(written) {
		return true
	}
	a, err := strconv.ParseFloat(strings.TrimSpace(shown), 64)
	b, err2 := strconv.ParseFloat(strings.TrimSpace(written), 64)
	return err == nil && err2 == nil && a == b
}

func canonical(value string) string {
	parts := strings.Split(value, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	joined := strings.Join(parts, ",")
	if lower := strings.ToLower(joined); lower == "true" || lower == "false" {
		return lower
	}
	return joined
}
