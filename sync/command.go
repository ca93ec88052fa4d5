package sync

import (
	"slices"
	"strings"
)

// Adapter names the room that performs a command.
type Adapter string

// The rooms that perform commands.
const (
	AdapterKafka         Adapter = "kafka"
	AdapterCruiseControl Adapter = "cruisecontrol"
	AdapterKubernetes    Adapter = "kubernetes"
	AdapterPKI           Adapter = "pki"
)

// Adapters are all rooms that stand before the world.
func Adapters() []Adapter {
	return []Adapter{AdapterKafka, AdapterCruiseControl, AdapterKubernetes, AdapterPKI}
}

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

// Err joins what the commands failed with, each cause once; nil when none did.
func (o Outcomes) Err() error {
	var all failures
	for _, outcome := range o {
		same := func(err error) bool { return err.Error() == outcome.Err.Error() }
		if outcome.Err != nil && !slices.ContainsFunc(all, same) {
			all = append(all, outcome.Err)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// failures are several errors in one line: it ends up in a condition.
type failures []error

func (f failures) Error() string {
	texts := make([]string, len(f))
	for i, err := range f {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "; ")
}

func (f failures) Unwrap() []error { return f }

// OrphanClaim parts a PersistentVolumeClaim from the parent that owns it, so that it outlives the parent. Kubernetes'
// garbage collection, and Metacontroller, delete or adopt by owner references alone, and a hook's answer can not
// change them.
type OrphanClaim struct {
	Namespace, Name string
	// UID is the claim's own: a claim of the same name made later is left alone.
	UID string
	// Owner is the UID of the parent whose reference is removed.
	Owner string
}

// To says that the API server performs it.
func (OrphanClaim) To() Adapter { return AdapterKubernetes }

// String says what it does.
func (c OrphanClaim) String() string {
	return "part claim " + c.Namespace + "/" + c.Name + " from its owner " + c.Owner
}

// DeleteOperation deletes a CruiseControlOperation whose time after its end is over. No answer of a hook can delete its
// own parent.
type DeleteOperation struct {
	Namespace, Name string
	// UID is the operation's own: one of the same name made later is left alone.
	UID string
}

// To says that the API server performs it.
func (DeleteOperation) To() Adapter { return AdapterKubernetes }

// String says what it does.
func (c DeleteOperation) String() string { return "delete operation " + c.Namespace + "/" + c.Name }

// Commands are one of each kind of command that there is.
func Commands() []Command {
	return []Command{
		OrphanClaim{},
		DeleteOperation{},
		AlterConfigs{},
		ElectPreferredLeaders{},
		UpdateFeature{},
		AddVoter{},
		RemoveVoter{},
		UnregisterBroker{},
		CreateTopic{},
		CreatePartitions{},
		DeleteTopic{},
		CreateACLs{},
		DeleteACLs{},
		SetSCRAM{},
		DeleteSCRAM{},
		AlterQuotas{},
		StartTask{},
		StopExecution{},
		DropRecentlyRemoved{},
		Sampling{},
	}
}
