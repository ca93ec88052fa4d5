package properties

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// Properties are keys with their values, ordered by key. The zero value is empty and ready. A copy shares memory with
// its original: Clone before changing one of them.
type Properties struct {
	entries []entry
}

type entry struct{ key, value string }

// Len is the number of keys.
func (p Properties) Len() int { return len(p.entries) }

// Get returns the value of a key and whether it is set.
func (p Properties) Get(key string) (string, bool) {
	i, found := p.find(key)
	if !found {
		return "", false
	}
	return p.entries[i].value, true
}

// Value returns the value of a key, empty when it is not set.
func (p Properties) Value(key string) string {
	value, _ := p.Get(key)
	return value
}

// Has says that a key is set, even to nothing.
func (p Properties) Has(key string) bool {
	_, found := p.find(key)
	return found
}

// Set sets a key, in place of the value it may have. Bytes that are not UTF-8 become U+FFFD, which is all that a file
// can hold.
func (p *Properties) Set(key, value string) {
	p.set(strings.ToValidUTF8(key, replacement), strings.ToValidUTF8(value, replacement))
}

func (p *Properties) set(key, value string) {
	i, found := p.find(key)
	if found {
		p.entries[i].value = value
		return
	}
	p.entries = slices.Insert(p.entries, i, entry{key, value})
}

const replacement = "\uFFFD"

// Delete removes a key, if it is set.
func (p *Properties) Delete(key string) {
	if i, found := p.find(key); found {
		p.entries = slices.Delete(p.entries, i, i+1)
	}
}

// Clone returns properties that share no memory with these, with room for some more keys.
func (p Properties) Clone() Properties {
	const room = 16
	return Properties{entries: append(make([]entry, 0, len(p.entries)+room), p.entries...)}
}

// Merge returns the union of both; where both have a key, the value of over wins. Neither is changed.
func (p Properties) Merge(over Properties) Properties {
	merged := make([]entry, 0, len(p.entries)+len(over.entries))
	below, above := p.entries, over.entries
	for len(below) > 0 && len(above) > 0 {
		switch order := strings.Compare(below[0].key, above[0].key); {
		case order < 0:
			merged, below = append(merged, below[0]), below[1:]
		case order > 0:
			merged, above = append(merged, above[0]), above[1:]
		default:
			merged, below, above = append(merged, above[0]), below[1:], above[1:]
		}
	}
	return Properties{entries: append(append(merged, below...), above...)}
}

// Equal says that both have the same keys with the same values.
func (p Properties) Equal(other Properties) bool { return slices.Equal(p.entries, other.entries) }

// All iterates over keys and values in the order of the keys.
func (p Properties) All() iter.Seq2[string, string] {
	return func(yield func(key, value string) bool) {
		for _, e := range p.entries {
			if !yield(e.key, e.value) {
				return
			}
		}
	}
}

func (p Properties) find(key string) (int, bool) {
	if last := len(p.entries) - 1; last < 0 || p.entries[last].key < key {
		return last + 1, false // as when a sorted text is read, which most are
	}
	return slices.BinarySearchFunc(p.entries, key, func(e entry, key string) int { return strings.Compare(e.key, key) })
}

// Differences are the keys whose values differ, those in one of both included, sorted.
func Differences(a, b Properties) []string {
	var keys []string
	for key, value := range a.All() {
		if other, ok := b.Get(key); !ok || other != value {
			keys = append(keys, key)
		}
	}
	for key := range b.All() {
		if !a.Has(key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// Map is the properties as a map; nil when there are none.
func (p Properties) Map() map[string]string {
	if p.Len() == 0 {
		return nil
	}
	return maps.Collect(p.All())
}
