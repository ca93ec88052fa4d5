package podphase

import (
	"cmp"
	"maps"
	"strings"
	"time"

	"github.com/kompositor/kompositor/sync"
)

// AnnotationPrefix begins the names of the annotations of an announcement.
const AnnotationPrefix = "kompositor.io/successor-"

// The annotations by which a broker's ConfigMap announces that its Pod is to go (docs/adr/0031).
const (
	// AnnotationSuccessor is the uid of the Pod whose successor the ConfigMap waits for.
	AnnotationSuccessor = AnnotationPrefix + "of"
	// AnnotationSince is when that was announced, as RFC 3339 has it.
	AnnotationSince = AnnotationPrefix + "since"
	// AnnotationWithout are the log directories that the successor does without, because Kafka has reported them empty:
	// once the Pod is gone nobody can be asked again. They are separated by commas.
	AnnotationWithout = AnnotationPrefix + "without"
)

// An announcement is acted on for a minute, and counts for another one: as long as Metacontroller may not have heard of
// what was done in the last second of the first.
const actsFor, countsFor = time.Minute, 2 * time.Minute

// Announcement are the annotations that announce now that a Pod goes.
func Announcement(pod *sync.Pod, without []string, now time.Time) map[string]string {
	annotations := map[string]string{AnnotationSuccessor: pod.UID, AnnotationSince: now.UTC().Format(time.RFC3339)}
	if len(without) > 0 {
		annotations[AnnotationWithout] = strings.Join(without, ",")
	}
	return annotations
}

// Announce is a ConfigMap with this announcement in the place of the one that it has; none takes that away.
func Announce(config *sync.ConfigMap, announcement map[string]string) *sync.ConfigMap {
	values := maps.Clone(config.Annotations.Values)
	if values == nil {
		values = make(map[string]string)
	}
	maps.DeleteFunc(values, func(name, _ string) bool { return strings.HasPrefix(name, AnnotationPrefix) })
	maps.Copy(values, announcement)
	announced := *config
	announced.Annotations = sync.Annotations{Values: values}
	return &announced
}

// Announces says that a ConfigMap announces a Pod's end, however long ago.
func Announces(config *sync.ConfigMap, pod *sync.Pod) bool {
	return pod != nil && !pod.Terminating() && pod.UID != "" && config != nil &&
		config.Annotations.Values[AnnotationSuccessor] == pod.UID
}

// Announced says that a Pod's end was announced, and not too long ago: the Pod may be gone already while it is still
// shown, since Metacontroller hears of each kind of object by itself. Acts says that it may be let go now.
func Announced(config *sync.ConfigMap, pod *sync.Pod, now time.Time) (counts, acts bool) {
	if !Announces(config, pod) {
		return false, false
	}
	since, err := time.Parse(time.RFC3339, config.Annotations.Values[AnnotationSince])
	if err != nil {
		return false, false
	}
	age := now.Sub(since).Abs() // clocks differ
	return age < countsFor, age < actsFor
}

// Without are the log directories that the next Pod was announced to do without.
func Without(config *sync.ConfigMap) []string {
	if config == nil || config.Annotations.Values[AnnotationWithout] == "" {
		return nil
	}
	return strings.Split(config.Annotations.Values[AnnotationWithout], ",")
}

// Before orders ConfigMaps by their last change, as their resource versions have it; those without come first. Source:
// KEP-5504: resource versions of one kind are whole numbers that grow.
func Before(a, b *sync.ConfigMap) int {
	return cmp.Or(
		cmp.Compare(len(a.ResourceVersion), len(b.ResourceVersion)), strings.Compare(a.ResourceVersion, b.ResourceVersion),
	)
}
