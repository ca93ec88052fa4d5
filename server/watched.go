package server

import (
	"fmt"
	"os"
	gosync "sync"

	"github.com/rs/zerolog"
)

// watched is a value read from files that are replaced while the server runs, as a mounted Secret's are. The files
// are looked at whenever the value is wanted, which costs one stat each; what can not be read leaves the last good
// value.
type watched[T any] struct {
	paths  []string
	read   func(contents [][]byte) (T, error)
	logger zerolog.Logger
	// readFile is os.ReadFile, but in tests.
	readFile func(path string) ([]byte, error)

	mu      gosync.Mutex
	seen    []os.FileInfo
	current T
}

// watch reads the files for the first time.
func watch[T any](logger zerolog.Logger, read func([][]byte) (T, error), paths ...string) (*watched[T], error) {
	w := &watched[T]{paths: paths, read: read, logger: logger, readFile: os.ReadFile}
	seen, err := w.look()
	if err != nil {
		return nil, err
	}
	contents, err := w.load()
	if err != nil {
		return nil, err
	}
	if w.current, err = read(contents); err != nil {
		return nil, fmt.Errorf("%v: %w", paths, err)
	}
	w.seen = seen
	return w, nil
}

// get returns the value as the files have it now.
func (w *watched[T]) get() T {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen, err := w.look()
	if err != nil || w.unchanged(seen) {
		return w.current // a file that is missing is being replaced
	}
	contents, err := w.load()
	if err != nil {
		return w.keep(err) // and looks again the next time
	}
	w.seen = seen
	value, err := w.read(contents)
	if err != nil {
		return w.keep(err)
	}
	w.current = value
	w.logger.Info().Strs("files", w.paths).Msg("changed files are in use")
	return value
}

// keep says why the value stays what it is.
func (w *watched[T]) keep(because error) T {
	w.logger.Error().Err(because).Strs("files", w.paths).
		Msg("changed files are not usable; the last good ones stay in use")
	return w.current
}

func (w *watched[T]) look() ([]os.FileInfo, error) {
	seen := make([]os.FileInfo, 0, len(w.paths))
	for _, path := range w.paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		seen = append(seen, info)
	}
	return seen, nil
}

func (w *watched[T]) unchanged(seen []os.FileInfo) bool {
	for i, now := range seen {
		before := w.seen[i]
		if !os.SameFile(before, now) || before.Size() != now.Size() || !before.ModTime().Equal(now.ModTime()) {
			return false
		}
	}
	return true
}

func (w *watched[T]) load() ([][]byte, error) {
	contents := make([][]byte, 0, len(w.paths))
	for _, path := range w.paths {
		content, err := w.readFile(path)
		if err != nil {
			return nil, err
		}
		contents = append(contents, content)
	}
	return contents, nil
}
