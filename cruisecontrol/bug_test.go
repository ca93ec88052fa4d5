package cruisecontrol

import (
	"testing"

	"github.com/kompositor/kompositor/sync"
)

// A bug in what runs beside the call must end there as one in the call itself does, not the process.
func TestABugBesideTheCallReachesTheCaller(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("nothing reached the caller")
		}
	}()
	adapter := &Adapter{} // without metrics it can not count anything
	adapter.Answer(t.Context(), sync.Questions{CruiseControl: &sync.CruiseControlQuestions{
		Connection: sync.CruiseControlConnection{URL: "http://127.0.0.1:1"}, State: true,
	}})
}
