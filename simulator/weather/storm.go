package weather

import "math/rand/v2"

// Storm draws whether faults strike, and counts those that do.
type Storm struct {
	weather Weather
	seed    uint64
	chances map[Kind]*rand.Rand
	// Struck counts the faults by kind.
	Struck map[Kind]int
	// Over says that nothing strikes any more.
	Over bool
}

// New begins a weather. The same weather and seed draw the same faults.
func New(weather Weather, seed uint64) *Storm {
	return &Storm{weather: weather, seed: seed, chances: map[Kind]*rand.Rand{}, Struck: map[Kind]int{}}
}

// Has says that a kind can strike at that tick.
func (s *Storm) Has(kind Kind, tick int) bool {
	return !s.Over && s.weather.Rates[kind] > 0 && (s.weather.Until == 0 || tick < s.weather.Until)
}

// Strikes says that a fault of that kind happens now.
func (s *Storm) Strikes(kind Kind, tick int) bool {
	if !s.Has(kind, tick) || s.chance(kind).Float64() >= s.weather.Rates[kind] {
		return false
	}
	s.Struck[kind]++
	return true
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
