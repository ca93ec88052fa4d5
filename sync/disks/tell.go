package disks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/claims"
	"github.com/kompositor/kompositor/sync/parent"
)

// Stand is where the disks of one broker stand.
type Stand struct {
	// Name is the broker in messages.
	Name string
	// Claims is what is decided for its claims, Settled for the disks that leave, nil when none does.
	Claims  claims.Settled
	Settled *Settled
	// Moves says in a clause what Cruise Control does for its disks.
	Moves string
	// Making says that a claim is being made.
	Making bool
}

// Waits says in a clause what the broker's disks wait for, and the reason for it; AsExpected when for nothing.
func (s *Stand) Waits() (sync.Reason, string) {
	switch {
	case s.Claims.Unclear != "":
		return sync.VolumeHeld, s.Claims.Unclear
	case len(s.Claims.Refused) > 0:
		return sync.VolumeHeld, s.Claims.Refused[0]
	case s.Settled != nil && s.Settled.Deleted != "":
		return sync.VolumeHeld, s.Settled.Deleted
	case s.Settled != nil && s.Settled.Waits != "":
		return sync.VolumeLeaving, "a disk that has left the spec is kept: " + s.Settled.Waits +
			strings.TrimSuffix("; "+s.Moves, "; ")
	case s.Settled != nil && len(s.Settled.Empty) > 0:
		return sync.VolumeLeaving, s.Settled.Because + ": its broker restarts without it"
	case s.Settled != nil && len(s.Settled.Back) > 0:
		return sync.VolumePending, s.Settled.Because + ": its broker restarts with it, at once where you delete its Pod"
	case s.Settled != nil:
		return sync.VolumeLeaving, "a disk that has left the spec is removed"
	case s.Making:
		return sync.VolumePending, "its volume claims are being made"
	case len(s.Claims.Growing) > 0:
		return sync.VolumePending, s.Claims.Growing[0]
	case s.Moves != "":
		return sync.VolumePending, s.Moves
	case len(s.Claims.Larger) > 0:
		return sync.VolumeLarger, s.Claims.Larger[0]
	}
	return sync.AsExpected, ""
}

// AsSpecified says whether every broker has the disks that the spec asks for: of several that have not, the one that
// somebody must do something about.
func AsSpecified(stands []Stand) parent.Verdict {
	order := []sync.Reason{sync.AsExpected, sync.VolumeLarger, sync.VolumePending, sync.VolumeLeaving, sync.VolumeHeld}
	told, message, brokers := sync.AsExpected, "", 0
	for i := range stands {
		reason, why := stands[i].Waits()
		if reason == sync.AsExpected {
			continue
		}
		if brokers++; slices.Index(order, reason) > slices.Index(order, told) {
			told, message = reason, fmt.Sprintf("%s: %s", stands[i].Name, why)
		}
	}
	switch {
	case brokers == 0:
		return parent.Is(sync.VolumesAsSpecified, "Every broker has the disks that the spec asks for.")
	case brokers > 1:
		message += fmt.Sprintf("; and so it is with %d more", brokers-1)
	}
	return parent.IsNot(sync.VolumesAsSpecified, told, parent.Sentence(message))
}
