package upgrade

import (
	"fmt"
	"time"
)

// Policy is what the user allows.
type Policy struct {
	// Manual says that only UpTo raises the level; else it also rises by itself.
	Manual bool
	// Delay is how long all nodes must have supported a level before it rises by itself.
	Delay time.Duration
	// UpTo is the level that is asked for, and never exceeded, as Level reads it; empty for none.
	UpTo string
}

// State is where a cluster stands.
type State struct {
	// Finalized is the level in force, Supported the highest that every node supports.
	Finalized, Supported int16
	// Since is when every node was first seen to support it.
	Since time.Time
	Now   time.Time
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

// Next says whether the level may rise now.
func (p *Policy) Next(s State) Verdict {
	target := s.Supported
	if p.UpTo != "" {
		level, known := Level(p.UpTo)
		if !known {
			return Verdict{Waits: fmt.Sprintf(
				"spec.metadataVersion.upTo %q is no metadata.version that this release knows: write its number", p.UpTo)}
		}
		target = min(target, level)
	}
	switch {
	case target <= s.Finalized:
		return Verdict{}
	case p.Manual && p.UpTo == "":
		return Verdict{Waits: fmt.Sprintf("all nodes support %s: set spec.metadataVersion.upTo to raise it", Text(target))}
	case p.Manual:
		return Verdict{RaiseTo: target}
	}
	at := s.Since.Add(p.Delay)
	if s.Now.Before(at) {
		return Verdict{At: at, Waits: fmt.Sprintf(
			"all nodes support %s, and it is raised to that at %s; until then the image before can still be gone back to "+
				"(spec.metadataVersion says when, and whether)", Text(target), at.UTC().Format(time.RFC3339))}
	}
	return Verdict{RaiseTo: target}
}
