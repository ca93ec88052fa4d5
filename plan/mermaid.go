package plan

import (
	"fmt"
	"strings"
)

// Mermaid writes the timeline as a Gantt chart of Mermaid: a section for each broker and one for all else. Its seconds
// are the simulated ones.
func (p *Plan) Mermaid() string {
	var b strings.Builder
	fmt.Fprintf(&b, "gantt\n    title KafkaCluster %s, in simulated seconds\n", p.Cluster)
	b.WriteString("    dateFormat X\n    axisFormat %s\n")
	sections := map[string][]string{}
	var order []string
	end := 0
	for i, step := range p.Steps {
		section := "cluster"
		if step.Broker != "" {
			section = "broker " + step.Broker
		}
		if _, known := sections[section]; !known {
			order = append(order, section)
		}
		until := max(step.ReadySecond, step.Second+1)
		end = max(end, until)
		sections[section] = append(sections[section], fmt.Sprintf("%d %s :%s%d, %d", i+1, chartText(step.title()),
			map[bool]string{true: "crit, "}[step.Action == Restart || step.Action == Stop], step.Second, until))
	}
	milestones := func(section string, matters []Matter) {
		for _, matter := range matters {
			at := fmt.Sprintf("%s :milestone, %d, %d", chartText(matter.String()), end, end)
			sections[section] = append(sections[section], at)
		}
	}
	milestones("refused", p.Refused)
	milestones("waits", p.Waits)
	for _, section := range append(order, "refused", "waits") {
		if len(sections[section]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "    section %s\n", section)
		for _, task := range sections[section] {
			fmt.Fprintf(&b, "    %s\n", task)
		}
	}
	return b.String()
}

// title is a step in a few words.
func (s *Step) title() string {
	switch {
	case s.Action == Command:
		return s.Why
	case s.Action == Grow:
		return fmt.Sprintf("%s %s %s", s.Action, s.Object, s.Why)
	case len(s.Keys) > 0:
		return fmt.Sprintf("%s (%s)", s.Action, strings.Join(s.Keys, ", "))
	case s.Action == Restart || s.Action == Stop || s.Action == Start:
		why, _, _ := strings.Cut(s.Why, ";")
		if why == "" {
			return string(s.Action)
		}
		return fmt.Sprintf("%s (%s)", s.Action, why)
	}
	return fmt.Sprintf("%s %s", s.Action, s.Object)
}

// longestTitle is the length from which a title is cut.
const longestTitle = 100

// chartText is a text without the characters that Mermaid reads as its own.
func chartText(text string) string {
	text = strings.NewReplacer(":", " -", ";", ",", "#", "", "\n", " ").Replace(text)
	if runes := []rune(text); len(runes) > longestTitle {
		return string(runes[:longestTitle]) + "..."
	}
	return text
}
