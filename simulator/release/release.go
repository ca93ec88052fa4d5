package release

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/kompositor/kompositor/simulator/metacontroller"
)

// Redrawn is what the next release draws otherwise than this one: first as this release has it, then as the next.
func Redrawn() [][2]string {
	return [][2]string{
		{"kubernetes.mode=true", "kubernetes.mode=false"},               // in the configuration of every broker
		{"/opt/kafka/libs/extensions", "/opt/kafka/libs/later-release"}, // in its Pod
	}
}

// Next is another release of the service. It takes what it draws itself for granted and what this release has drawn for
// different, as this release does the other way round: so one is played by the other, with the differences exchanged in
// all that it reads and says.
type Next struct {
	this metacontroller.Hook
	// known are the numbers of the exchanged texts, by those of the texts.
	known map[int]int
	// drawing finds the fingerprints of how a Pod is drawn, and hash one of them.
	drawing, hash *regexp.Regexp
}

// NextOf is the release after the one that answers through this hook.
func NextOf(this metacontroller.Hook) *Next {
	return &Next{
		this: this, known: map[int]int{}, drawing: regexp.MustCompile(`kompositor\.io/drawn[\\":]+[^"\\]*`),
		hash: regexp.MustCompile(`=[0-9a-f]+`),
	}
}

// Call answers one call.
func (n *Next) Call(hook, kind string, asked *metacontroller.Request) (int, []byte, error) {
	status, answer, err := n.this.Call(hook, kind, asked.Reworded(n.exchanged, n.known))
	return status, n.exchanged(answer), err
}

// exchanged puts what the next release draws in the place of what this one does, and the other way round.
func (n *Next) exchanged(text []byte) []byte {
	aside := []byte{0} // in no JSON text
	for _, pair := range Redrawn() {
		this, next := []byte(pair[0]), []byte(pair[1])
		if bytes.Contains(text, this) || bytes.Contains(text, next) {
			text = bytes.ReplaceAll(text, this, aside)
			text = bytes.ReplaceAll(text, next, this)
			text = bytes.ReplaceAll(text, aside, next)
		}
	}
	return n.drawing.ReplaceAllFunc(text, func(prints []byte) []byte {
		return n.hash.ReplaceAllFunc(prints, backwards)
	})
}

// backwards is a fingerprint as the other release has it: read from its end, behind the sign before it.
func backwards(hash []byte) []byte {
	hash = slices.Clone(hash)
	slices.Reverse(hash[1:])
	return hash
}

// InTurns are replicas of the service behind one address. Which of them is reached changes with every second.
type InTurns struct {
	// Second is the time of the world.
	Second   func() int
	Replicas []metacontroller.Hook
}

// Call answers one call.
func (t InTurns) Call(hook, kind string, asked *metacontroller.Request) (int, []byte, error) {
	return t.Replicas[t.Second()%len(t.Replicas)].Call(hook, kind, asked)
}
