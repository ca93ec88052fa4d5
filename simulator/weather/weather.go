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
	// At are the occasions, counted from 1, at which a kind strikes for certain.
	At map[Kind]int
	// Until is the tick from which on nothing strikes any more; 0 stands for never.
	Until int
}

// String is one line: until=400 lost-answer=0.05 control-restart@17.
func (w Weather) String() string {
	var words []string
	if w.Until > 0 {
		words = append(words, "until="+strconv.Itoa(w.Until))
	}
	for _, kind := range slices.Sorted(maps.Keys(w.Rates)) {
		words = append(words, string(kind)+"="+strconv.FormatFloat(w.Rates[kind], 'g', -1, 64))
	}
	for _, kind := range slices.Sorted(maps.Keys(w.At)) {
		words = append(words, string(kind)+"@"+strconv.Itoa(w.At[kind]))
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
		if err := w.parseKind(word); err != nil {
			return Weather{}, err
		}
	}
	return w, nil
}

// parseKind reads the rate of a kind, kind=0.05, or its occasion, kind@17.
func (w *Weather) parseKind(word string) error {
	at := strings.IndexAny(word, "=@")
	if at < 0 {
		return fmt.Errorf("%s: a fault has a rate, %[1]s=0.05, or an occasion, %[1]s@17", word)
	}
	kind, text := Kind(word[:at]), word[at+1:]
	if !slices.Contains(append(Kinds(), ControlKinds()...), kind) {
		return fmt.Errorf("there is no fault %q", kind)
	}
	if word[at] == '@' {
		occasion, err := strconv.Atoi(text)
		if err != nil || occasion < 1 {
			return fmt.Errorf("%s: an occasion is a number from 1 on", word)
		}
		if w.At == nil {
			w.At = map[Kind]int{}
		}
		w.At[kind] = occasion
		return nil
	}
	rate, err := strconv.ParseFloat(text, 64)
	if err != nil || rate < 0 || rate > 1 {
		return fmt.Errorf("%s: a rate is a number from 0 to 1", word)
	}
	w.Rates[kind] = rate
	return nil
}

// Without is the same weather but for one kind.
func (w Weather) Without(kind Kind) Weather {
	w.Rates, w.At = maps.Clone(w.Rates), maps.Clone(w.At)
	delete(w.Rates, kind)
	delete(w.At, kind)
	return w
}

// Drawn is a weather of chance: a few of all kinds but Cruise Control's, each with a rate of its own. A world with all
// of them at once gets nowhere and shows little.
func Drawn(chance *rand.Rand, until int) Weather {
	const one = 4 // of so many kinds is in the weather
	w := Weather{Rates: map[Kind]float64{}, Until: until}
	w.draw(chance, Kinds(), one)
	return w
}

// DrawControl adds a few of the kinds that strike where Cruise Control is asked. One Cruise Control in three is spared,
// so that some tasks come to their end at once.
func (w *Weather) DrawControl(chance *rand.Rand) {
	const one, spared = 3, 3
	if chance.IntN(spared) > 0 {
		w.draw(chance, ControlKinds(), one)
	}
}

// draw adds one kind of so many.
func (w *Weather) draw(chance *rand.Rand, kinds []Kind, one int) {
	for _, kind := range kinds {
		in, high := chance.IntN(one) == 0, chance.IntN(3)
		if in {
			w.Rates[kind] = kind.rates()[high]
		}
	}
}
