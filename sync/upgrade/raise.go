package upgrade

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// Pending says that the policy lets the level rise, now or later.
func Pending(policy *v1beta1.MetadataVersionPolicy, read *v1beta1.MetadataVersionStatus) bool {
	target, _ := target(policy, read.Supported)
	return target > read.Finalized && (policy.Raise != v1beta1.RaiseManual || policy.UpTo != "")
}

// Whole is what is known of all nodes when every one of them is ready and runs what is asked for.
type Whole struct {
	// Images are the images that they run, as MetadataVersionStatus.ReadWith has them.
	Images string
	Now    time.Time
}

// Learn is the status with what Kafka answered. What all nodes support counts only once they are whole, nil before
// that: who answers while nodes restart does not speak for those that do not.
func Learn(
	was v1beta1.MetadataVersionStatus, features *sync.Features, whole *Whole,
) v1beta1.MetadataVersionStatus {
	if level := features.Finalized[Feature]; level > 0 {
		if level != was.Finalized {
			was.Refusal, was.RefusedAt = "", nil
		}
		was.Finalized, was.Name = level, NameOf(level)
	}
	if whole == nil {
		return was
	}
	if supported := features.Supported[Feature].Max; supported != was.Supported || was.SupportedSince == nil {
		since := metav1.NewTime(whole.Now.UTC().Truncate(time.Second))
		was.Supported, was.SupportedSince = supported, &since
	}
	was.ReadWith = whole.Images
	return was
}

// Tried is the status after commands were carried out: it remembers why Kafka did not raise the level.
func Tried(was v1beta1.MetadataVersionStatus, outcomes sync.Outcomes, now time.Time) v1beta1.MetadataVersionStatus {
	for _, outcome := range outcomes {
		if _, ours := outcome.Command.(sync.UpdateFeature); ours && outcome.Err != nil {
			at := metav1.NewTime(now.UTC().Truncate(time.Second))
			was.Refusal, was.RefusedAt = outcome.Err.Error(), &at
		}
	}
	return was
}

// retryAfter is how long a refused raise waits: what Kafka refuses now it mostly refuses until somebody acts.
const retryAfter = time.Minute

// Forbids says why nodes do not change to an image now; empty when they may. It does not run with the level that is
// finalized, or might not in a moment: Kafka was just told to raise the level, and may still do what it did not answer
// in time.
func Forbids(read *v1beta1.MetadataVersionStatus, features *sync.Features, image string, now time.Time) string {
	version := v1beta1.KafkaVersionOfImage(image)
	if why := Refuses(version, features.Finalized[Feature]); why != "" {
		return why
	}
	if read.RefusedAt == nil || !now.Before(read.RefusedAt.Add(retryAfter)) || Refuses(version, read.Supported) == "" {
		return ""
	}
	return fmt.Sprintf("Kafka was just told to raise the %s, which Kafka %s may not read then, and may still do that: "+
		"whether it has is seen at %s", Feature, version, read.RefusedAt.Add(retryAfter).UTC().Format(time.RFC3339))
}

// Verdict is what becomes of the level.
type Verdict struct {
	// RaiseTo is the level to raise to now; 0 for none.
	RaiseTo int16
	// At is when it rises by itself; zero when it does not.
	At time.Time
	// Waits says what a raise waits for and how to have it sooner, or not at all; empty when none is due.
	Waits string
}

// Tell says it in a sentence, and whether anything is awaited.
func (v *Verdict) Tell(status *v1beta1.MetadataVersionStatus, nodes []Node) (sync.Reason, string) {
	now := "the " + Feature + " is " + Text(status.Finalized)
	switch {
	case v.RaiseTo > 0:
		return sync.VersionRising, now + ", and it is raised to " + Text(v.RaiseTo)
	case v.Waits != "":
		return sync.VersionWaits, now + "; " + v.Waits
	case status.ReadWith != Images(nodes) || !RunAsked(nodes):
		return sync.VersionWaits, now + "; whether it may rise is seen once every node is ready with its new image"
	}
	return sync.AsExpected, now + ", and every node runs the image that the spec asks for"
}

// Next says whether the level may rise now.
func Next(policy *v1beta1.MetadataVersionPolicy, read *v1beta1.MetadataVersionStatus, now time.Time) Verdict {
	target, mistake := target(policy, read.Supported)
	manual := policy.Raise == v1beta1.RaiseManual
	switch {
	case mistake != "":
		return Verdict{Waits: mistake}
	case target <= read.Finalized || read.SupportedSince == nil:
		return Verdict{}
	case read.RefusedAt != nil && now.Before(read.RefusedAt.Add(retryAfter)):
		return Verdict{Waits: fmt.Sprintf("Kafka did not raise it to %s: %s", Text(target), read.Refusal)}
	case manual && policy.UpTo == "":
		return Verdict{Waits: fmt.Sprintf("all nodes support %s: set spec.metadataVersion.upTo to raise it", Text(target))}
	case manual:
		return Verdict{RaiseTo: target}
	}
	at := read.SupportedSince.Add(policy.DelayOrDefault())
	if now.Before(at) {
		return Verdict{At: at, Waits: fmt.Sprintf(
			"all nodes support %s, and it is raised to that at %s; until then the image before can be gone back to "+
				"(spec.metadataVersion says when, and whether)", Text(target), at.UTC().Format(time.RFC3339))}
	}
	return Verdict{RaiseTo: target}
}

// target is the level that the policy aims at, of what is supported.
func target(policy *v1beta1.MetadataVersionPolicy, supported int16) (level int16, mistake string) {
	if policy.UpTo == "" {
		return supported, ""
	}
	upTo, known := Level(policy.UpTo)
	if !known {
		return 0, fmt.Sprintf(
			"spec.metadataVersion.upTo %q is no metadata.version that this release knows: write its number", policy.UpTo)
	}
	return min(supported, upTo), ""
}
