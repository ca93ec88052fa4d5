package scale

import (
	"testing"

	"github.com/kompositor/kompositor/e2e/live"
)

// run is what the tests share.
var run live.Run

func TestMain(m *testing.M) { run.Main(m, "scale") }
