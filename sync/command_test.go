package sync

import (
	"errors"
	"testing"
)

// What commands failed with ends up in a condition: one line, each cause once.
func TestFailuresAreOneLine(t *testing.T) {
	refused, late := errors.New("refused"), errors.New("late")
	outcomes := Outcomes{{Err: refused}, {}, {Err: errors.New("refused")}, {Err: late}, {Err: refused}}
	err := outcomes.Err()
	if got, want := err.Error(), "refused; late"; got != want || !errors.Is(err, late) {
		t.Errorf("it is %q, not %q", got, want)
	}
	if err := (Outcomes{{}, {}}).Err(); err != nil {
		t.Errorf("nothing failed, and it is %v", err)
	}
}
