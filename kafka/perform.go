package kafka

import (
	"context"
	"fmt"

	"github.com/kompositor/kompositor/sync"
)

// Perform carries commands out in their order. No decision asks for a write to Kafka yet, so a command is a mistake.
func (a *Adapter) Perform(_ context.Context, commands []sync.Command) sync.Outcomes {
	outcomes := make(sync.Outcomes, 0, len(commands))
	for _, command := range commands {
		outcomes = append(outcomes, sync.Outcome{Command: command, Err: fmt.Errorf("%s is no command for Kafka", command)})
	}
	return outcomes
}
