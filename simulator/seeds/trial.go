package seeds

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/weather"
)

// Trial is all that a world's life follows from.
type Trial struct {
	Seed    uint64
	Cluster Shape
	Weather weather.Weather
	Script  []simulator.Deed
}

// Draw draws the trial of a seed.
func Draw(seed uint64) Trial {
	chance := rand.New(rand.NewPCG(seed, 11))
	t := Trial{Seed: seed, Cluster: drawShape(chance)}
	t.Cluster.drawAround(seed)
	t.Script = drawScript(chance, &t.Cluster)
	until := readyBound + seconds(t.Script)
	t.Weather = weather.Drawn(chance, until+chance.IntN(60))
	if slices.ContainsFunc(t.Script, func(d simulator.Deed) bool { return d.Command == "cruise-control" }) {
		// By a chance of its own, for the same reason as what the cluster runs under.
		t.Weather.DrawControl(rand.New(rand.NewPCG(seed, 14)))
	}
	t.Script = drawUpgrades(seed, drawDeletions(seed, drawLabels(seed, &t.Cluster, drawReleases(seed, t.Script))))
	return t
}

// String is the trial as a text that Parse reads.
func (t Trial) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d\ncluster %s\nweather %s\n", t.Seed, t.Cluster, t.Weather)
	for _, deed := range t.Script {
		fmt.Fprintln(&b, deed)
	}
	return b.String()
}

// Parse reads what String writes; lines that begin with # are for people.
func Parse(text string) (Trial, error) {
	var t Trial
	for number, line := range strings.Split(text, "\n") {
		what, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		var err error
		switch {
		case what == "" || strings.HasPrefix(what, "#"):
		case what == "seed":
			t.Seed, err = strconv.ParseUint(rest, 10, 64)
		case what == "cluster":
			err = read(rest, t.Cluster.words())
		case what == "weather":
			t.Weather, err = weather.Parse(rest)
		default:
			var deed simulator.Deed
			deed, err = simulator.ParseDeed(strings.TrimSpace(line))
			t.Script = append(t.Script, deed)
		}
		if err != nil {
			return Trial{}, fmt.Errorf("line %d: %w", number+1, err)
		}
	}
	if t.Cluster.Brokers < 1 {
		return Trial{}, fmt.Errorf("the trial has no line cluster with brokers of 1 or more")
	}
	return t, nil
}
