package pki

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/kompositor/kompositor/sync"
)

// Passwords makes passwords when it is asked for one.
type Passwords struct{}

// Name says which commands this adapter performs.
func (Passwords) Name() sync.Adapter { return sync.AdapterPKI }

// Answer makes a new password at every call: 26 letters and digits, of which 128 bits are chance.
func (Passwords) Answer(_ context.Context, questions sync.Questions) sync.Facts {
	var facts sync.Facts
	if questions.PKI != nil && questions.PKI.Password {
		facts.PKI.Password = sync.Known(sync.Confidential(rand.Text()))
	}
	return facts
}

// Perform carries out nothing: what was made is kept in Secrets, by Metacontroller.
func (Passwords) Perform(_ context.Context, commands []sync.Command) sync.Outcomes {
	outcomes := make(sync.Outcomes, 0, len(commands))
	for _, command := range commands {
		outcomes = append(outcomes, sync.Outcome{
			Command: command, Err: fmt.Errorf("%s is nothing that is done with keys and passwords", command),
		})
	}
	return outcomes
}
