package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Deed is one command of a script and when it is done.
type Deed struct {
	// After is how many ticks after the deed before.
	After     int
	Command   string
	Arguments map[string]string
}

// String is the deed as scripts write it: +12 kill broker=1.
func (d Deed) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "+%d %s", d.After, d.Command)
	for _, name := range slices.Sorted(maps.Keys(d.Arguments)) {
		text.WriteString(" " + name + "=" + d.Arguments[name])
	}
	return text.String()
}

// ParseDeed reads what String writes.
func ParseDeed(line string) (Deed, error) {
	words := strings.Fields(line)
	if len(words) < 2 || !strings.HasPrefix(words[0], "+") {
		return Deed{}, fmt.Errorf("%q is no deed: write +12 kill broker=1", line)
	}
	after, err := strconv.Atoi(words[0])
	if err != nil {
		return Deed{}, fmt.Errorf("%q is no deed: %w", line, err)
	}
	d := Deed{After: after, Command: words[1], Arguments: map[string]string{}}
	for _, word := range words[2:] {
		name, value, _ := strings.Cut(word, "=")
		d.Arguments[name] = value
	}
	return d, nil
}
