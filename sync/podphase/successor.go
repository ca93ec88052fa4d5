package podphase

import (
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
)

// An announcement is acted on for a minute, and counts for another one: as long as Metacontroller may not have heard of
// what was done in the last second of the first.
const actsFor, countsFor = time.Minute, 2 * time.Minute

// Announcement are the annotations that announce now that a Pod goes.
func Announcement(pod *sync.Pod, now time.Time) map[string]string {
	return map[string]string{AnnotationSuccessor: pod.UID, AnnotationSince: now.UTC().Format(time.RFC3339)}
}

// AnnouncementOf are the annotations that announce something, whatever that is worth; none where nothing does.
func AnnouncementOf(config *sync.ConfigMap) map[string]string {
	values := maps.Clone(config.Annotations.Values)
	maps.DeleteFunc(values, func(name, _ string) bool { return !strings.HasPrefix(name, AnnotationPrefix) })
	return values
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

// Announced says that a Pod's end was announced, and not too long ago: the Pod may be gone already while it is still
// shown, since Metacontroller hears of each kind of object by itself. So it counts as down; acts says that it may go
// now.
func Announced(config *sync.ConfigMap, pod *sync.Pod, now time.Time) (counts, acts bool) {
	if config == nil || pod == nil || pod.Terminating() || config.Annotations.Values[AnnotationSuccessor] != pod.UID {
		return false, false
	}
	since, err := time.Parse(time.RFC3339, config.Annotations.Values[AnnotationSince])
	if err != nil {
		return false, false
	}
	age := now.Sub(since).Abs() // clocks differ
	return age < countsFor, age < actsFor
}
