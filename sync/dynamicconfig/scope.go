package dynamicconfig

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// scope is one configuration in Kafka, that of a broker or the default of all, and what is to become of it.
type scope struct {
	resource sync.ConfigResource
	// source is where a value comes from that is set in this scope.
	source sync.ConfigSource
	// wanted is what the CR asks for, less the keys that stand in the wrong place.
	wanted map[string]string
	salt   string

	before, record v1beta1.DynamicConfigStatus
	backOff        backOff
	// resting says that a refused change waits to be tried again.
	resting bool
	// unknown says why it is not known what Kafka has; empty when it is known.
	unknown string
	// pending are the keys that are not yet as they should be. Those of set and remove are changed in this call.
	pending []string
	set     map[string]string
	remove  []string
	secret  []string
}

// settle compares what is asked for with what is described, and says what to do. Keys are written down one call before
// they are set, and leave the record when they are seen to be gone: so no lost answer makes a key of ours nobody's.
func (s *scope) settle(described *sync.DescribedConfigs) {
	s.record = s.before
	all := union(s.before.Keys, keys(s.wanted))
	if len(all) == 0 {
		s.record = v1beta1.DynamicConfigStatus{}
		return
	}
	if described.Unknown != "" {
		s.unknown, s.record.Keys = described.Unknown, all
		return
	}
	s.compare(described)
	s.pending = union(keys(s.set), s.remove)
	s.resting = len(s.pending) > 0 && s.backOff.rests(&s.before)
	switch {
	case s.resting:
		s.set, s.remove, s.pending = nil, nil, nil
	case len(s.pending) == 0:
		s.record = v1beta1.DynamicConfigStatus{Keys: keys(s.wanted), Applied: s.fingerprint()}
	case len(all) > len(s.before.Keys):
		s.record.Keys, s.set, s.remove = all, nil, nil
	default:
		s.record = v1beta1.DynamicConfigStatus{Keys: all, Applied: s.fingerprint()}
	}
}

// compare finds what to set and to remove.
func (s *scope) compare(described *sync.DescribedConfigs) {
	told := s.before.Applied == s.fingerprint()
	s.set = make(map[string]string)
	for _, key := range keys(s.wanted) {
		entry, listed := described.Entry(key)
		here := listed && entry.Source == s.source
		if secret(key) || entry.Sensitive {
			s.secret = append(s.secret, key)
		}
		value := s.wanted[key]
		inForce := told
		if tells(value, &entry) {
			inForce = same(key, value, entry.Value)
		}
		if !here || !inForce {
			s.set[key] = value
		}
	}
	for _, key := range s.before.Keys {
		_, wanted := s.wanted[key]
		if entry, listed := described.Entry(key); listed && !wanted && entry.Source == s.source {
			s.remove = append(s.remove, key)
		}
	}
}

// fingerprint is of all keys and values. It is as short as that of a Pod, and tells no more of a secret.
func (s *scope) fingerprint() string {
	if len(s.wanted) == 0 {
		return ""
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%q", s.salt)
	for _, key := range keys(s.wanted) {
		fmt.Fprintf(sum, "%q=%q", key, s.wanted[key])
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}

// applied says that the record shows all that is asked for, and nothing else, as set.
func (s *scope) applied() bool {
	return s.record.Refused == "" && s.record.Applied == s.fingerprint() && slices.Equal(s.record.Keys, keys(s.wanted))
}

// commands set and remove. What Kafka did not take together is tried key by key, so that one bad value does not hold up
// the others and is known by its name; what belongs to one listener stays together.
func (s *scope) commands(to sync.ToKafka) []sync.Command {
	parts := map[string]*sync.AlterConfigs{}
	part := func(key string) *sync.AlterConfigs {
		name := ""
		if s.before.Refused != "" {
			if name, _ = split(key); name == "" {
				name = key
			}
		}
		if parts[name] == nil {
			parts[name] = &sync.AlterConfigs{ToKafka: to, Resource: s.resource, Set: map[string]string{}}
		}
		return parts[name]
	}
	for _, key := range keys(s.set) {
		command := part(key)
		command.Set[key] = s.set[key]
		if slices.Contains(s.secret, key) {
			command.Secret = append(command.Secret, key)
		}
	}
	for _, key := range s.remove {
		command := part(key)
		command.Delete = append(command.Delete, key)
	}
	commands := make([]sync.Command, 0, len(parts))
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		commands = append(commands, *parts[name])
	}
	return commands
}

// refused is the scope when some of its commands failed. The record shows the keys as they were, so that all is set
// again, and what Kafka said.
func (s *scope) refused(outcomes sync.Outcomes) *scope {
	after := *s
	var words []string
	for _, outcome := range outcomes {
		command, ours := outcome.Command.(sync.AlterConfigs)
		if !ours || command.Resource != s.resource || outcome.Err == nil {
			continue
		}
		about := union(keys(command.Set), command.Delete)
		words = append(words, fmt.Sprintf("%s: %v", strings.Join(about, ", "), outcome.Err))
	}
	if len(words) > 0 {
		after.record.Applied, after.record.Refused = s.before.Applied, bounded(strings.Join(words, "; "))
		after.record.RetryAt = s.backOff.retryAt(&s.before)
	}
	return &after
}

// longestRefusal bounds what the status repeats of Kafka's words, bytes.
const longestRefusal = 1000

func bounded(words string) string {
	if len(words) <= longestRefusal {
		return words
	}
	return strings.ToValidUTF8(words[:longestRefusal], "") + "..."
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
