package simulator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/kubelet"
)

// Sentence is something that happened, for people.
type Sentence struct {
	Tick int
	Who  string
	What string
}

// String is one line of a transcript.
func (s Sentence) String() string { return fmt.Sprintf("%4d  %s %s", s.Tick, s.Who, s.What) }

// story tells what happens in a world: who creates and deletes what, when Pods become ready, what the parent's
// conditions say, and what Kafka sees of it.
type story struct {
	world  *World
	reader func(Sentence)
	seen   int
	// commanded is how many of the commands were told of.
	commanded int
	pods      map[string]string
	kafka     map[string]string
	parent    map[string]string
}

func newStory(w *World) *story {
	return &story{
		world: w, seen: len(w.Server.Writes()),
		pods: map[string]string{}, kafka: map[string]string{}, parent: map[string]string{},
	}
}

// tick tells what happened since the last one. Equal deeds of one actor become one sentence.
func (s *story) tick() {
	writes := s.world.Server.Writes()
	var told []Sentence
	for ; s.commanded < len(s.world.commands); s.commanded++ {
		done := Sentence{s.world.tick, "kompositor", "has it done: " + s.world.commands[s.commanded]}
		if !slices.Contains(told, done) { // a doubled call commands it again
			told = append(told, done)
		}
	}
	for ; s.seen < len(writes); s.seen++ {
		for _, sentence := range s.write(&writes[s.seen]) {
			told = join(told, sentence)
		}
	}
	told = append(told, s.clusters()...)
	if s.reader == nil {
		return
	}
	for _, sentence := range told {
		s.reader(sentence)
	}
}

// join appends a sentence, or adds its object to the last sentence when both say the same of two objects.
func join(told []Sentence, next Sentence) []Sentence {
	if len(told) > 0 {
		last := &told[len(told)-1]
		verb, _, _ := strings.Cut(last.What, " ")
		nextVerb, object, _ := strings.Cut(next.What, " ")
		plain := !strings.ContainsAny(next.What, ":=")
		if last.Who == next.Who && verb == nextVerb && plain && !strings.ContainsAny(last.What, ":=") {
			last.What += ", " + object
			return told
		}
	}
	return append(told, next)
}

// write tells of one write.
func (s *story) write(write *apiserver.Write) []Sentence {
	sentence := func(who, format string, args ...any) []Sentence {
		return []Sentence{{Tick: s.world.tick, Who: who, What: fmt.Sprintf(format, args...)}}
	}
	if write.Err != nil {
		if apiserver.IsConflict(write.Err) || apiserver.IsNotFound(write.Err) {
			return nil
		}
		return sentence(write.Actor, "is refused: %s %s: %v", write.Verb, write.Key, write.Err)
	}
	if !write.Changed() {
		return nil
	}
	isParent := s.world.isParent(write.Key.Kind)
	switch {
	case isParent && write.Verb == apiserver.StatusUpdated:
		return s.conditions(write.New)
	case write.Verb == apiserver.StatusUpdated && write.Key.Kind == podKind:
		text := kubelet.Text(write.New)
		if s.pods[apiserver.UID(write.New)] == text {
			return nil
		}
		s.pods[apiserver.UID(write.New)] = text
		return sentence(write.Key.String(), "is: %s", text)
	case write.Key.Kind == "Deployment.apps/v1" && write.Verb == apiserver.StatusUpdated:
		if apiserver.Int(write.New, "status", "availableReplicas") > 0 {
			return sentence(write.Key.String(), "is: Available")
		}
		return sentence(write.Key.String(), "is: starting")
	case write.Key.Kind == "Node.v1" && write.Verb == apiserver.StatusUpdated:
		ready := apiserver.String(apiserver.List(write.New, "status", "conditions")[0], "status")
		return sentence(write.Key.String(), "is: Ready=%s", ready)
	case write.Verb == apiserver.StatusUpdated:
		return nil
	case write.Actor == "metacontroller" && isParent:
		return nil // its finalizer
	case write.Actor == "metacontroller", write.Actor == "user", write.Actor == "kompositor",
		write.Verb == apiserver.Removed && write.Key.Kind == podKind, write.Verb == apiserver.Deleting:
		return sentence(write.Actor, "%s %s", write.Verb, write.Key)
	}
	return nil
}

// conditions tells which of the parent's conditions changed.
func (s *story) conditions(parent apiserver.Object) []Sentence {
	var told []Sentence
	key := apiserver.KeyOf(parent)
	for _, condition := range apiserver.List(parent, "status", "conditions") {
		kind := apiserver.String(condition, "type")
		text := apiserver.String(condition, "status") + " (" + apiserver.String(condition, "reason") + ")"
		if s.parent[apiserver.UID(parent)+kind] == text {
			continue
		}
		s.parent[apiserver.UID(parent)+kind] = text
		what := kind + "=" + text
		message := apiserver.String(condition, "message")
		if message != "" && apiserver.String(condition, "status") != "True" {
			what += ": " + message
		}
		told = append(told, Sentence{Tick: s.world.tick, Who: key.String(), What: what})
	}
	return told
}

// clusters tells what changed in Kafka.
func (s *story) clusters() []Sentence {
	var told []Sentence
	for _, name := range s.world.Kafka.Names() {
		cluster := s.world.Kafka.Cluster(name)
		short := []string{}
		for _, p := range cluster.Partitions() {
			if len(p.ISR) < p.MinISR || p.Leader < 0 {
				short = append(short, fmt.Sprintf("%s-%d", p.Topic, p.Number))
			}
		}
		for _, fact := range []struct{ what, text string }{
			{"live brokers", fmt.Sprint(cluster.Live())},
			{"quorum voters", fmt.Sprint(cluster.Voters())},
			{"metadata.version", cluster.MetadataVersion()},
			{"dynamic configuration", cluster.Dynamic()},
			{"quorum leader", fmt.Sprint(cluster.Leader())},
			{"partitions below min.insync.replicas", strings.Join(slices.Compact(short), " ")},
		} {
			key := name + fact.what
			before, known := s.kafka[key]
			initial := !known && (fact.text == "" || fact.text == "[]" || fact.text == "-1")
			s.kafka[key] = fact.text
			if initial || before == fact.text {
				continue
			}
			if fact.text == "" || fact.text == "-1" {
				fact.text = "none"
			}
			told = append(told, Sentence{Tick: s.world.tick, Who: "Kafka " + name, What: fact.what + ": " + fact.text})
		}
	}
	return told
}
