package cases

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/sync"
)

// Where a case ends that has no answer: it does not decode, its hook refuses it, or the guard refuses the decision.
var (
	ErrUndecodable = errors.New("decode")
	ErrRefused     = errors.New("observe")
	ErrGuarded     = errors.New("guard")
)

// Answer is what a hook answered to a case.
type Answer struct {
	// Response is canonical YAML.
	Response []byte
	// Commands is canonical YAML, nil when there were none.
	Commands []byte
	// Request and Decision are what sync.Guard and the laws look at; both are nil for customize.
	Request  *sync.Request
	Decision *sync.Decision
}

// performed is one entry of commands.yaml.
type performed struct {
	To   sync.Adapter `json:"to"`
	Does string       `json:"does"`
	// Failed says why the command is not known to have taken effect. It is an input: the answer asks for an earlier
	// resync.
	Failed string `json:"failed,omitzero"`
	// Failure and Status are those of a FailureError.
	Failure sync.Failure `json:"failure,omitzero"`
	Status  int          `json:"status,omitzero"`
}

// err is what the command failed with; nil when it did not.
func (p *performed) err() error {
	switch {
	case p.Failed == "":
		return nil
	case p.Failure == "":
		return errors.New(p.Failed)
	}
	return &sync.FailureError{Failure: p.Failure, Status: p.Status, Text: p.Failed}
}

// Run answers a case with the recorded facts, through the same pure steps as the server: observe, plan, respond, guard.
// The commands are not performed; their outcomes are taken from the case, by what they do.
func (c *Case) Run(hook sync.Hook) (Answer, error) {
	if c.Hook == HookCustomize {
		return c.runCustomize(hook)
	}
	var request sync.Request
	if err := json.Unmarshal(c.Request, &request); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrUndecodable, err)
	}
	observed, err := hook.Observe(request)
	if err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	observed.Ask()
	decision := observed.Plan(c.Facts)
	outcomes, err := c.outcomes(decision.Commands)
	if err != nil {
		return Answer{}, err
	}
	response := decision.Respond(outcomes)
	if err := sync.Guard(&request, response.Decision()); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrGuarded, err)
	}
	answer := Answer{Request: &request, Decision: response.Decision()}
	if answer.Response, err = Render(response); err != nil {
		return Answer{}, err
	}
	answer.Commands, err = RenderCommands(outcomes)
	return answer, err
}

func (c *Case) runCustomize(hook sync.Hook) (Answer, error) {
	var request sync.CustomizeRequest
	if err := json.Unmarshal(c.Request, &request); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrUndecodable, err)
	}
	response, err := hook.Customize(request)
	if err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	text, err := RenderCustomize(response)
	return Answer{Response: text}, err
}

// outcomes gives every command the outcome that commands.yaml records for it.
func (c *Case) outcomes(commands []sync.Command) (sync.Outcomes, error) {
	var recorded []performed
	if err := unmarshalStrict(c.Commands, &recorded); err != nil {
		return nil, fmt.Errorf("%s: %w", CommandsFile, err)
	}
	outcomes := make(sync.Outcomes, 0, len(commands))
	for _, command := range commands {
		outcome := sync.Outcome{Command: command}
		for _, entry := range recorded {
			if entry.To == command.To() && entry.Does == command.String() {
				outcome.Err = cmp.Or(entry.err(), outcome.Err)
			}
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes, nil
}

// Render writes a response as canonical YAML: the fields that Metacontroller is sent, keys sorted, lists in their
// order.
func Render(response sync.Response) ([]byte, error) { return canonical(response) }

// RenderCustomize writes the answer of a customize hook as canonical YAML.
func RenderCustomize(response sync.CustomizeResponse) ([]byte, error) { return canonical(response) }

// RenderCommands writes commands.yaml; nil when there are none.
func RenderCommands(outcomes sync.Outcomes) ([]byte, error) {
	if len(outcomes) == 0 {
		return nil, nil
	}
	list := make([]performed, 0, len(outcomes))
	for _, outcome := range outcomes {
		entry := performed{To: outcome.Command.To(), Does: outcome.Command.String()}
		if outcome.Err != nil {
			entry.Failed = outcome.Err.Error()
			if failed, ok := errors.AsType[*sync.FailureError](outcome.Err); ok {
				entry.Failure, entry.Status = failed.Failure, failed.Status
			}
		}
		list = append(list, entry)
	}
	return canonical(list)
}

// canonical writes a value as YAML with sorted keys. A value without content is no text.
func canonical(value any) ([]byte, error) {
	encoded, err := json.Marshal(value, sync.Encoding())
	if err != nil {
		return nil, err
	}
	if bytes.Equal(encoded, []byte("{}")) {
		return nil, nil
	}
	return yaml.JSONToYAML(encoded)
}
