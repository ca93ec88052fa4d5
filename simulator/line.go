package simulator

import (
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/sync"
)

// Line walks the service's line directly, without HTTP: decode, observe, ask, answer, plan, guard, respond, encode.
type Line struct {
	// Hooks by the kind of their parent in lower case, as the server has them.
	Hooks map[string]sync.Hook
	// World answers the questions and carries out the commands.
	World *World
	// Decided is shown every decision; nil for nobody.
	Decided func(*sync.Decision)
}

// Call answers one call, as the server does.
func (l Line) Call(hook, kind string, asked *metacontroller.Request) (int, []byte, error) {
	pure, known := l.Hooks[kind]
	if !known {
		return refused(http.StatusNotFound, fmt.Errorf("there is no kind %q", kind))
	}
	if hook == "customize" {
		var request sync.CustomizeRequest
		if err := json.Unmarshal(asked.Whole(), &request); err != nil {
			return refused(http.StatusBadRequest, err)
		}
		response, err := pure.Customize(request)
		if err != nil {
			return refused(http.StatusBadRequest, err)
		}
		return encoded(response)
	}
	seen, err := l.World.observed.Of(kind, asked, pure)
	if err != nil {
		return refused(http.StatusBadRequest, err)
	}
	decision := seen.Observed.Plan(l.World.answer(seen.Observed.Ask()))
	if err := sync.Guard(&seen.Request, &decision); err != nil {
		return refused(http.StatusInternalServerError, err)
	}
	if l.Decided != nil {
		l.Decided(&decision)
	}
	outcomes := make(sync.Outcomes, 0, len(decision.Commands))
	for _, command := range decision.Commands {
		outcomes = append(outcomes, sync.Outcome{Command: command, Err: l.World.perform(command)})
	}
	return encoded(decision.Respond(outcomes))
}

func encoded(response any) (int, []byte, error) {
	text, err := json.Marshal(response, sync.Encoding())
	if err != nil {
		return refused(http.StatusInternalServerError, err)
	}
	return http.StatusOK, text, nil
}

func refused(status int, err error) (int, []byte, error) {
	return status, fmt.Appendf(nil, "%v", err), nil
}
