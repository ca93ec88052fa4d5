package weather

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Weather is what can go wrong in a world. The zero Weather is fair.
type Weather struct {
	// Rates are the chances of the kinds, 0 to 1, each time that one could strike.
	Rates map[Kind]float64
	// Until is the tick from which on nothing strikes any more; 0 stands for never.
	Until int
}

// String is one line: until=400 lost-answer=0.05.
func (w Weather) String() string {
	var words []string
	if w.Until > 0 {
		words = append(words, "until="+strconv.Itoa(w.Until))
	}
	for _, kind := range slices.Sorted(maps.Keys(w.Rates)) {
		words = append(words, string(kind)+"="+strconv.FormatFloat(w.Rates[kind], 'g', -1, 64))
	}
	return strings.Join(words, " ")
}

// Parse reads what String writes.
func Parse(line string) (Weather, error) {
	w := Weather{Rates: map[Kind]float64{}}
	for word := range strings.FieldsSeq(line) {
		name, text, _ := strings.Cut(word, "=")
		if name == "until" {
			until, err := strconv.Atoi(text)
			if err != nil {
				return Weather{}, fmt.Errorf("until: %w", err)
			}
			w.Until = until
			continue
		}
		rate, err := strconv.ParseFloat(text, 64)
		if err != nil || rate < 0 || rate > 1 {
			return Weather{}, fmt.Errorf("%s=%s: a rate is a number from 0 to 1", name, text)
		}
		if !slices.Contains(Kinds(), Kind(name)) {
			return Weather{}, fmt.Errorf("there is no fault %q", name)
		}
		w.Rates[Kind(name)] = rate
	}
	return w, nil
}

// Without is the same weather but for one kind.
func (w Weather) Without(kind Kind) Weather {
	w.Rates = maps.Clone(w.Rates)
	delete(w.Rates, kind)
	return w
}

// Drawn is a weather of chance: a few of all kinds, each with a rate of its own. A world with all of them at once gets
// nowhere and shows little.
func Drawn(chance *rand.Rand, until int) Weather {
	const one = 4 // of so many kinds is in the weather
	w := Weather{Rates: map[Kind]float64{}, Until: until}
	for _, kind := range Kinds() {
		in, high := chance.IntN(one) == 0, chance.IntN(3)
		if !in {
			continue
		}
		w.Rates[kind] = []float64{0.02, 0.05, 0.2}[high]
		if kind.often() {
			w.Rates[kind] = []float64{0.002, 0.005, 0.02}[high]
		}
	}
	return w
}
