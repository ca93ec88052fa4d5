package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync"
)

// Replay runs recorded calls again, each through the hook of its parent's kind and with the facts that it was decided
// on, and compares the answers byte for byte. It prints one line for each case, and a diff for each that differs. It
// returns how many differ; its error names a case that could not be run at all.
func Replay(hooks map[string]sync.Hook, dirs []string, out io.Writer) (different int, err error) {
	var found []string
	for _, dir := range dirs {
		below, err := cases.Walk(dir)
		if err != nil {
			return different, err
		}
		if len(below) == 0 {
			return different, fmt.Errorf("%s holds no case: a case is a folder with a %s", dir, cases.RequestFile)
		}
		found = append(found, below...)
	}
	for _, dir := range found {
		same, err := replayOne(hooks, dir, out)
		if err != nil {
			return different, err
		}
		if !same {
			different++
		}
	}
	_, err = fmt.Fprintf(out, "%d replayed, %d identical, %d different\n", len(found), len(found)-different, different)
	return different, err
}

func replayOne(hooks map[string]sync.Hook, dir string, out io.Writer) (bool, error) {
	c, err := cases.Load(dir)
	if err != nil {
		return false, err
	}
	failed, failedAt := failure(c)
	kind, err := c.Kind()
	if failed == notOurs && (err != nil || kind != failedAt) {
		_, err = fmt.Fprintf(out, "identical  %s\n  it is refused: it does not fit the path /%s/%s\n", dir, c.Hook, failedAt)
		return true, err
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", dir, err)
	}
	hook := hooks[kind]
	if hook == nil {
		return false, fmt.Errorf("%s: there is no hook for the kind %q", dir, kind)
	}
	answer, err := runCase(c, hook)
	switch {
	case err != nil && failed != "" && failed == refusedAs(err):
		_, err = fmt.Fprintf(out, "identical  %s\n  it is refused: %s\n", dir, err)
		return true, err
	case err != nil:
		_, err = fmt.Fprintf(out, "different  %s\n  it has no answer: %s\n", dir, err)
		return false, err
	case failed != "":
		_, err = fmt.Fprintf(out, "different  %s\n  it was not answered (%s), and is now\n", dir, failed)
		return false, err
	}
	got, err := redacted(c, answer)
	if err != nil {
		return false, fmt.Errorf("%s: %w", dir, err)
	}
	if bytes.Equal(got.Response, c.Response) && bytes.Equal(got.Commands, c.Commands) {
		_, err = fmt.Fprintf(out, "identical  %s\n", dir)
		return true, err
	}
	fmt.Fprintf(out, "different  %s\n", dir)
	if places := redactedPlaces(c); places > 0 {
		fmt.Fprintf(out, "  %d values were redacted; what is derived from them, such as a hash, differs for that\n", places)
	}
	_, err = io.WriteString(out, diff(cases.ResponseFile, c.Response, got.Response)+
		diff(cases.CommandsFile, c.Commands, got.Commands))
	return false, err
}

// failure is how a recorded call failed, and the kind of its path; empty when it was answered.
func failure(c *cases.Case) (how outcome, kind string) {
	for _, note := range c.Notes {
		if text, is := strings.CutPrefix(note, failedNote); is {
			word, _, _ := strings.Cut(text, ",")
			return outcome(word), text[strings.LastIndexByte(text, '/')+1:]
		}
	}
	return "", ""
}

// refusedAs is what the server calls the end of a case that has no answer; empty for a bug: one that is still there is
// not what anybody wants again.
func refusedAs(err error) outcome {
	switch {
	case errors.Is(err, cases.ErrUndecodable):
		return undecodable
	case errors.Is(err, cases.ErrRefused):
		return notOurs
	case errors.Is(err, cases.ErrGuarded):
		return guarded
	}
	return ""
}

// runCase turns a panic into an error, as the server does.
func runCase(c *cases.Case, hook sync.Hook) (answer cases.Answer, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return c.Run(hook)
}

// redacted redacts an answer as the recorder redacted the recorded one, unless the two are equal as they are.
func redacted(c *cases.Case, answer cases.Answer) (cases.Answer, error) {
	if bytes.Equal(answer.Response, c.Response) || redactedPlaces(c) == 0 {
		return answer, nil
	}
	redact := newRedactor()
	response, err := redactYAML(redact, answer.Response, "/response")
	if err != nil {
		return answer, err
	}
	commands, err := redactYAML(redact, answer.Commands, "/commands")
	return cases.Answer{Response: response, Commands: commands}, err
}

func redactedPlaces(c *cases.Case) int {
	places := 0
	for _, note := range c.Notes {
		if strings.HasPrefix(note, redactedNote) {
			places++
		}
	}
	return places
}

// longestDiff is the number of lines that a diff shows at most.
const longestDiff = 60

// diff shows the lines that differ between two texts, each with the number of its line.
func diff(name string, want, got []byte) string {
	if bytes.Equal(want, got) {
		return ""
	}
	before, after := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	start := 0
	for start < min(len(before), len(after)) && before[start] == after[start] {
		start++
	}
	end := 0
	for end < min(len(before), len(after))-start && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	lines := []string{fmt.Sprintf("  --- %s as recorded\n  +++ %s as answered now\n", name, name)}
	lines = append(lines, changes(before[start:len(before)-end], after[start:len(after)-end], start)...)
	if len(lines) > longestDiff {
		lines = append(lines[:longestDiff], fmt.Sprintf("  ... and %d more lines\n", len(lines)-longestDiff))
	}
	return strings.Join(lines, "")
}

// changes lists removed and added lines. It looks ahead only a little for where the two texts meet again: enough to
// show what changed, and linear in their length.
func changes(before, after []string, offset int) []string {
	const ahead = 200
	var lines []string
	i, j := 0, 0
	for i < len(before) || j < len(after) {
		if i < len(before) && j < len(after) && before[i] == after[j] {
			i++
			j++
			continue
		}
		skipped, added := meet(before[i:min(len(before), i+ahead)], after[j:min(len(after), j+ahead)])
		for range skipped {
			lines = append(lines, fmt.Sprintf("  -%d: %s\n", offset+i+1, before[i]))
			i++
		}
		for range added {
			lines = append(lines, fmt.Sprintf("  +%d: %s\n", offset+j+1, after[j]))
			j++
		}
	}
	return lines
}

// meet says how many lines to skip on each side until the two agree again; all of both when they do not.
func meet(before, after []string) (skipped, added int) {
	for distance := 1; distance < len(before)+len(after); distance++ {
		for skipped := max(0, distance-len(after)+1); skipped <= min(distance, len(before)-1); skipped++ {
			if before[skipped] == after[distance-skipped] {
				return skipped, distance - skipped
			}
		}
	}
	return len(before), len(after)
}
