package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/kompositor/kompositor/simulator"
)

// screen shows a simulated world: a table that redraws in place on a terminal, one line a change anywhere else.
type screen struct {
	world    *simulator.World
	out      io.Writer
	live     bool
	pace     time.Duration
	title    string
	recent   []string
	finished []string
}

// recentLines is how much of the story stays below the table.
const recentLines = 10

// ANSI sequences: the other screen, no wrapping, and back.
const (
	enterScreen = "\x1b[?1049h\x1b[?7l\x1b[?25l"
	leaveScreen = "\x1b[?7h\x1b[?25h\x1b[?1049l"
	redraw      = "\x1b[H\x1b[J"
	bold        = "\x1b[1m"
	green       = "\x1b[32m"
	yellow      = "\x1b[33m"
	plain       = "\x1b[0m"
)

func newScreen(world *simulator.World, config simulateConfig, out io.Writer) *screen {
	live := !config.plain && os.Getenv("NO_COLOR") == "" && terminal(out)
	s := &screen{world: world, out: out, pace: config.pace, live: live}
	world.Tell(s.sentence)
	if s.live {
		fmt.Fprint(out, enterScreen)
	}
	return s
}

// terminal says that somebody watches.
func terminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	about, err := file.Stat()
	return err == nil && about.Mode()&os.ModeCharDevice != 0
}

// chapter begins a chapter.
func (s *screen) chapter(title, what string) {
	s.title = title + ": " + what
	s.finished = append(s.finished, s.title)
	if !s.live {
		fmt.Fprintf(s.out, "\n%s\n", s.title)
	}
}

// sentence takes one sentence of the world's story.
func (s *screen) sentence(sentence simulator.Sentence) {
	if !s.live {
		fmt.Fprintln(s.out, sentence)
		return
	}
	s.recent = append(s.recent, sentence.String())
	if len(s.recent) > recentLines {
		s.recent = s.recent[1:]
	}
}

// step draws the world as it is now and waits for the eye.
func (s *screen) step(ctx context.Context) {
	if !s.live {
		return
	}
	fmt.Fprint(s.out, redraw, bold, s.title, plain, "\n\n", colored(s.world.Table()), "\n", strings.Join(s.recent, "\n"))
	select {
	case <-ctx.Done():
	case <-time.After(s.pace):
	}
}

// colored colours the words that tell good from bad.
func colored(table string) string {
	return strings.NewReplacer(
		" True ", green+" True "+plain, " Ready ", green+" Ready "+plain,
		" False ", yellow+" False "+plain, "Terminating", yellow+"Terminating"+plain,
		"CrashLoopBackOff", yellow+"CrashLoopBackOff"+plain,
	).Replace(table)
}

// close leaves the last table, and what was lived through, on the terminal.
func (s *screen) close() {
	if s.live {
		fmt.Fprint(s.out, leaveScreen)
		for _, title := range s.finished {
			fmt.Fprintln(s.out, title)
		}
	}
	fmt.Fprintf(s.out, "\n%s", s.world.Table())
}
