package seeds

import (
	"math/rand/v2"
	"slices"

	"github.com/kompositor/kompositor/simulator"
)

// drawDeletions lets somebody delete the operations that are executed, in half of the worlds that start a Cruise
// Control: some seconds after a deed that asks it to move something, while it may do so. By a chance of its own, and
// between the deeds of the script, whose seconds stay what they were.
func drawDeletions(seed uint64, script []simulator.Deed) []simulator.Deed {
	chance := rand.New(rand.NewPCG(seed, 16))
	starts := slices.ContainsFunc(script, func(d simulator.Deed) bool { return d.Command == "cruise-control" })
	if !starts || chance.IntN(2) == 0 {
		return script
	}
	moves := []string{"add-broker", "remove-broker", "add-disk", "remove-disk", "cruise-control"}
	const soon = 60 // seconds
	at := 0
	for _, asks := range slices.Clone(script) {
		at += asks.After
		if slices.Contains(moves, asks.Command) && chance.IntN(2) == 0 {
			script = insert(script, deed("cruise-control", "do", "delete-operations"), at+5+chance.IntN(soon))
		}
	}
	return script
}
