package simulator

import (
	"fmt"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/metacontroller"
)

// redrawn is what the next release draws otherwise than this one: first as this release has it, then as the next.
func redrawn() [][2]string {
	return [][2]string{
		{"kubernetes.mode=true", "kubernetes.mode=false"},               // in the configuration of every broker
		{"/opt/kafka/libs/extensions", "/opt/kafka/libs/later-release"}, // in its Pod
	}
}

// nextRelease is another release of the service: it decides as this one does, and draws Pods and their configuration
// otherwise. It takes what it draws itself for granted and what this release has drawn for different, as this release
// does the other way round: so one is played by the other, with the differences exchanged in all that it reads and
// says.
type nextRelease struct{ metacontroller.Hook }

func (r nextRelease) Call(hook, kind string, asked *metacontroller.Request) (int, []byte, error) {
	status, answer, err := r.Hook.Call(hook, kind, metacontroller.NewRequest([]byte(exchanged(string(asked.Whole())))))
	return status, []byte(exchanged(string(answer))), err
}

// exchanged puts what the next release draws in the place of what this one does, and the other way round.
func exchanged(text string) string {
	var pairs []string
	for _, pair := range redrawn() {
		pairs = append(pairs, pair[0], pair[1], pair[1], pair[0])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// inTurns are two replicas of the service behind one address. Which of them is reached changes with every second.
type inTurns struct {
	world    *World
	replicas []metacontroller.Hook
}

func (t inTurns) Call(hook, kind string, asked *metacontroller.Request) (int, []byte, error) {
	return t.replicas[t.world.tick%len(t.replicas)].Call(hook, kind, asked)
}

// release has the next release of the service answer from now on: alone, or in turns with this one.
func (w *World) release(which string) error {
	this := clusterHook(w)
	switch which {
	case "this":
		w.hook = this
	case "both":
		w.hook = inTurns{w, []metacontroller.Hook{this, nextRelease{this}}}
	case "next":
		w.hook = nextRelease{this}
	default:
		return fmt.Errorf("there is no release %q", which)
	}
	for _, m := range w.Metacontrollers {
		m.Force() // its watch of the service's Pods is not simulated: the resync period is
	}
	return nil
}

// drawnBy says which release each Pod and each broker's ConfigMap was drawn by.
func (w *World) drawnBy() string {
	var b strings.Builder
	for _, kind := range []string{podKind, "ConfigMap.v1"} {
		for _, o := range w.Server.List(kind) {
			if apiserver.Label(o, brokerLabel) == "" {
				continue
			}
			text := string(w.Server.Encode(o))
			for _, pair := range redrawn() {
				for i, release := range []string{"this", "the next"} {
					if strings.Contains(text, pair[i]) {
						fmt.Fprintf(&b, "%s: drawn by %s release\n", apiserver.KeyOf(o), release)
					}
				}
			}
		}
	}
	return b.String()
}
