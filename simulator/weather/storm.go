package weather

import "math/rand/v2"

// Storm draws whether faults strike, and counts those that do.
type Storm struct {
	weather Weather
	seed    uint64
	chances map[Kind]*rand.Rand
	// Struck counts the faults by kind, Occasions how often one could have struck.
	Struck, Occasions map[Kind]int
	// Over says that nothing strikes any more.
	Over bool
}

// New begins a weather. The same weather and seed draw the same faults.
func New(weather Weather, seed uint64) *Storm {
	return &Storm{
		weather: weather, seed: seed, chances: map[Kind]*rand.Rand{}, Struck: map[Kind]int{}, Occasions: map[Kind]int{},
	}
}

// Has says that a kind can strike at that tick.
func (s *Storm) Has(kind Kind, tick int) bool {
	return !s.Over && (s.weather.Rates[kind] > 0 || s.weather.At[kind] > 0) &&
		(s.weather.Until == 0 || tick < s.weather.Until)
}

// Strikes says that a fault of that kind happens now.
func (s *Storm) Strikes(kind Kind, tick int) bool {
	s.Occasions[kind]++
	if !s.Has(kind, tick) {
		return false
	}
	strikes := s.Occasions[kind] == s.weather.At[kind]
	if rate := s.weather.Rates[kind]; rate > 0 && s.chance(kind).Float64() < rate {
		strikes = true
	}
	if strikes {
		s.Struck[kind]++
	}
	return strikes
}

// Pick draws a number from 0 to below n, as a part of a fault of that kind.
func (s *Storm) Pick(kind Kind, n int) int { return s.chance(kind).IntN(n) }

// chance is a kind's own, so that it does not depend on which others there are.
func (s *Storm) chance(kind Kind) *rand.Rand {
	known := s.chances[kind]
	if known == nil {
		name := uint64(14695981039346656037) // FNV-1a
		for _, letter := range []byte(kind) {
			name = (name ^ uint64(letter)) * 1099511628211
		}
		known = rand.New(rand.NewPCG(s.seed, name))
		s.chances[kind] = known
	}
	return known
}
