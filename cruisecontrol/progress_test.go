package cruisecontrol_test

import (
	"testing"

	"github.com/kompositor/kompositor/sync"
)

// Each phase of an execution tells how far it is in fields of its own.
func TestProgress(t *testing.T) {
	for _, test := range []struct {
		endpoint    string
		parameters  map[string]string
		mb, leaders int64
	}{
		{"remove_broker", emptying("0"), 3, 0},
		{"rebalance", map[string]string{"dryrun": "false", "rebalance_disk": "true", "destination_broker_ids": "0"}, 3, 0},
		{"demote_broker", emptying("0"), 0, 3},
	} {
		p := play(t)
		if err := p.start(test.endpoint, "uid-1/1", test.parameters); err != nil {
			t.Fatal(err)
		}
		p.model.Step()
		state, known := p.ask(sync.CruiseControlQuestions{State: true}).State.Get()
		if !known || state.TotalMB != test.mb || state.TotalLeaders != test.leaders {
			t.Errorf("%s: got %+v", test.endpoint, state)
		}
	}
}
