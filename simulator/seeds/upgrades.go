package seeds

import (
	"math/rand/v2"

	"github.com/kompositor/kompositor/simulator"
)

// drawUpgrades lets the metadata.version rise in one life of eight: its user lets it rise soon, or says up to where,
// and asks for newer releases of Kafka, and for older ones while they may be gone back to, or no more. By a chance of
// its own, and between the deeds of the script, whose seconds stay what they were.
func drawUpgrades(seed uint64, script []simulator.Deed) []simulator.Deed {
	chance := rand.New(rand.NewPCG(seed, 17))
	const one = 8 // of so many clusters is upgraded
	if chance.IntN(one) > 0 {
		return script
	}
	d := &drawer{Rand: chance}
	last := seconds(script) + 60 // for an upgrade after the last deed
	policy := deed("set", "metadataVersion.delay", d.one("0s", "10s", "1m"))
	if d.IntN(3) == 0 {
		policy = deed("set", "metadataVersion.raise", "Manual", "metadataVersion.upTo", d.one("4.0", "4.1", "4.2"))
	}
	script = insert(script, policy, d.IntN(last))
	for range 1 + d.IntN(3) {
		script = insert(script, deed("set", "clusterImage", d.image()), d.IntN(last))
	}
	return script
}

// image is one of a release of Kafka.
func (d *drawer) image() string {
	return "ghcr.io/adobe/koperator/kafka:2.13-" + d.one("3.9.2", "4.0.0", "4.0.1", "4.1.0", "4.1.1", "4.2.0")
}
