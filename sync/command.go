package sync

// Adapter names the room that performs a command.
type Adapter string

// The rooms that perform commands.
const (
	AdapterKafka         Adapter = "kafka"
	AdapterCruiseControl Adapter = "cruisecontrol"
)

// Command is one write to the world. Commands are idempotent: performing one twice has the effect of once.
type Command interface {
	// To says which adapter performs it.
	To() Adapter
	// String says what it does, without secrets.
	String() string
}

// Outcomes are what became of the commands, in their order.
type Outcomes []Outcome

// Outcome is what became of one command.
type Outcome struct {
	Command Command
	// Err is nil when the command is known to have taken effect.
	Err error
}

// Failed says that at least one command is not known to have taken effect.
func (o Outcomes) Failed() bool {
	for _, outcome := range o {
		if outcome.Err != nil {
			return true
		}
	}
	return false
}
