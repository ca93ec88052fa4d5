package server

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"
)

// A file can be there and not be readable for a moment, as when the process has too many files open. The renewal that
// it brought must not be forgotten: the next look would find nothing new.
func TestAFileThatCanNotBeReadIsReadLater(t *testing.T) {
	path, log := filepath.Join(t.TempDir(), "token"), &lines{}
	put(t, path, []byte("old"))
	w, err := watch(zerolog.New(log), func(contents [][]byte) (string, error) { return string(contents[0]), nil }, path)
	if err != nil {
		t.Fatal(err)
	}
	w.readFile = func(string) ([]byte, error) { return nil, os.ErrPermission }
	put(t, path, []byte("new"))
	if got := w.get(); got != "old" {
		t.Errorf("got %q while the file can not be read", got)
	}
	log.last(t, "changed files are not usable; the last good ones stay in use")
	w.readFile = os.ReadFile
	if got := w.get(); got != "new" {
		t.Errorf("got %q once the file can be read", got)
	}
}
