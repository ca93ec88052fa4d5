package scale

import (
	"fmt"
	"strings"
	"time"
)

// mark is when something was reached, from the edit on.
type mark struct {
	what  string
	after time.Duration
}

// times are the marks of runs that reach the same.
type times struct {
	runs []string
	each [][]mark
}

func (x *times) add(run string, marks []mark) {
	x.runs, x.each = append(x.runs, run), append(x.each, marks)
}

// String is a table for docs, a row for each thing that was reached, a column for each run.
func (x *times) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "| Seconds from the edit until | %s |\n", strings.Join(x.runs, " | "))
	fmt.Fprintf(&text, "| ---%s |\n", strings.Repeat(" | ---", len(x.runs)))
	for row := range x.each[0] {
		fmt.Fprintf(&text, "| %s", x.each[0][row].what)
		for _, marks := range x.each {
			fmt.Fprintf(&text, " | %.1f", marks[row].after.Seconds())
		}
		text.WriteString(" |\n")
	}
	return text.String()
}
