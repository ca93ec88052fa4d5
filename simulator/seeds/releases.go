package seeds

import (
	"math/rand/v2"
	"slices"

	"github.com/kompositor/kompositor/simulator"
)

// drawReleases lets the service be upgraded in some lives, and go back in some of those: from a drawn second on its
// next release answers, mostly in turns with this one at first. What is drawn has a chance of its own and comes between
// the deeds of the script, whose seconds stay what they were.
func drawReleases(seed uint64, script []simulator.Deed) []simulator.Deed {
	chance := rand.New(rand.NewPCG(seed, 13))
	const one = 4 // of so many services is upgraded
	if chance.IntN(one) > 0 {
		return script
	}
	last := seconds(script)
	answers := [][]string{
		{"next"}, {"both", "next"}, {"both", "this"}, {"next", "this"}, {"both", "next", "both", "this"},
	}[chance.IntN(5)]
	from := 0
	for _, which := range answers {
		from += chance.IntN(max(1, last-from))
		script = insert(script, deed("release", "answers", which), from)
	}
	return script
}

// alone says that one release answers alone in the end. Two that answer in turns tell their own stories for ever.
func alone(script []simulator.Deed) bool {
	answers := "this"
	for _, deed := range script {
		if deed.Command == "release" {
			answers = deed.Arguments["answers"]
		}
	}
	return answers != "both"
}

// seconds is how long a script takes.
func seconds(script []simulator.Deed) (all int) {
	for _, deed := range script {
		all += deed.After
	}
	return all
}

// insert puts a deed into a script at a second, counted from the script's begin. The other deeds keep theirs.
func insert(script []simulator.Deed, added simulator.Deed, second int) []simulator.Deed {
	script = slices.Clone(script)
	for i := range script {
		if second < script[i].After {
			added.After = second
			script[i].After -= second
			return slices.Insert(script, i, added)
		}
		second -= script[i].After
	}
	added.After = second
	return append(script, added)
}
