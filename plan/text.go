package plan

import (
	"fmt"
	"slices"
	"strings"
)

// Text writes a plan for people.
func (p *Plan) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "KafkaCluster %s: %s\n", p.Cluster, p.summary())
	number := 0
	for _, line := range lines(p.Steps) {
		if number == 0 {
			b.WriteString("\n")
		}
		number++
		fmt.Fprintf(&b, "%3d. %s\n", number, line.head)
		for _, more := range line.more {
			fmt.Fprintf(&b, "     %s\n", wrapped(more, "       "))
		}
	}
	for _, part := range []struct {
		title   string
		matters []Matter
	}{{"Refused", p.Refused}, {"Waits at the end", p.Waits}} {
		if len(part.matters) > 0 {
			fmt.Fprintf(&b, "\n%s:\n", part.title)
		}
		for _, matter := range part.matters {
			fmt.Fprintf(&b, "  - %s\n", wrapped(matter.String(), "    "))
		}
	}
	b.WriteString("\nAssumed:\n")
	for _, sentence := range p.Assumed {
		fmt.Fprintf(&b, "  - %s\n", wrapped(sentence, "    "))
	}
	return b.String()
}

// String is one sentence about it.
func (m Matter) String() string {
	if m.Reason == "" {
		return m.About + ": " + m.Why
	}
	return fmt.Sprintf("%s (%s): %s", m.About, m.Reason, m.Why)
}

// summary is the plan in one line.
func (p *Plan) summary() string {
	if p.Verdict == NoChange {
		return "nothing changes."
	}
	counts := map[Action]int{}
	for _, step := range p.Steps {
		counts[step.Action]++
	}
	parts := []string{counted(counts[Restart], "broker restarts", "brokers restart")}
	for _, of := range []struct {
		action    Action
		one, many string
	}{
		{Start, "broker starts", "brokers start"},
		{Stop, "broker stops for good", "brokers stop for good"},
		{Grow, "volume grows", "volumes grow"},
		{Command, "command is given", "commands are given"},
		{Label, "object is to be labelled by you", "objects are to be labelled by you"},
		{Adopt, "object is adopted", "objects are adopted"},
		{Create, "object is made", "objects are made"},
		{Update, "object changes", "objects change"},
		{Delete, "object is deleted", "objects are deleted"},
	} {
		if counts[of.action] > 0 {
			parts = append(parts, counted(counts[of.action], of.one, of.many))
		}
	}
	if len(p.Waits) > 0 {
		parts = append(parts, fmt.Sprintf("%d awaited", len(p.Waits)))
	}
	if len(p.Refused) > 0 {
		parts = append(parts, fmt.Sprintf("%d refused", len(p.Refused)))
	}
	return strings.Join(parts, ", ") + "."
}

func counted(n int, one, many string) string {
	switch n {
	case 0:
		return "no " + one
	case 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// line is one numbered line, with what stands below it.
type line struct {
	head string
	more []string
}

// lines writes the steps. Equal steps that follow each other become one line.
func lines(steps []Step) []line {
	var all []line
	for at := 0; at < len(steps); {
		next := at + 1
		for next < len(steps) && alike(steps[at], steps[next]) {
			next++
		}
		all = append(all, lineOf(steps[at:next]))
		at = next
	}
	return all
}

// alike says that two steps differ in their objects only, and that nothing is lost when these stand together.
func alike(a, b Step) bool {
	return a.Action == b.Action && a.Why == b.Why && slices.Equal(a.Fields, b.Fields) && slices.Equal(a.Keys, b.Keys) &&
		a.Action != Restart && a.Action != Stop && a.Action != Command
}

func lineOf(steps []Step) line {
	step := steps[0]
	objects := make([]string, 0, len(steps))
	for _, step := range steps {
		objects = append(objects, step.Object)
	}
	slices.Sort(objects)
	l := line{head: fmt.Sprintf("%-8s %s", step.Action, wrapped(strings.Join(objects, ", "), "              "))}
	switch step.Action {
	case Command:
		l.head = fmt.Sprintf("%-8s %s", step.Action, wrapped(step.Why, "              "))
		if len(step.Dynamic) > 0 {
			l.more = append(l.more, "dynamic keys, no restart: "+strings.Join(step.Dynamic, ", "))
		}
		return l
	case Restart, Stop:
		l.head = fmt.Sprintf("%-8s broker %s", step.Action, step.Broker)
		if len(step.Waited) > 0 {
			l.more = append(l.more, "waits: "+strings.Join(step.Waited, "; "))
		}
	case Start:
		brokers := make([]string, 0, len(steps))
		for _, step := range steps {
			brokers = append(brokers, step.Broker)
		}
		slices.SortFunc(brokers, byNumber)
		l.head = fmt.Sprintf("%-8s broker %s", step.Action, strings.Join(brokers, ", "))
	case Label, Adopt, Create, Update, Delete, Grow:
	}
	if step.Why != "" {
		l.more = append(l.more, "because: "+step.Why)
	}
	switch {
	case len(step.Keys) > 0:
		l.more = append(l.more, "read-only keys: "+strings.Join(step.Keys, ", "))
	case len(step.Fields) > 0 && step.Action == Update:
		l.more = append(l.more, "fields: "+strings.Join(step.Fields, ", "))
	}
	return l
}

// width is how wide a line of text may be.
const width = 120

// wrapped breaks a text at blanks; what follows the first line is indented.
func wrapped(text, indent string) string {
	var b strings.Builder
	column := len(indent)
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case column+1+len(word) > width:
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}
