package simulator

import (
	"context"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/sync"
)

// Adapter is one of the world's doors for the service: it has the shape of the adapters that stand before the real
// Kafka, Cruise Control and API server.
type Adapter struct {
	world *World
	name  sync.Adapter
}

// Adapters returns all doors of the world.
func (w *World) Adapters() []Adapter {
	var all []Adapter
	for _, name := range sync.Adapters() {
		all = append(all, Adapter{w, name})
	}
	return all
}

// Name is the adapter that commands are addressed to.
func (a Adapter) Name() sync.Adapter { return a.name }

// Answer reads the world. It is called while the world stands still.
func (a Adapter) Answer(_ context.Context, questions sync.Questions) sync.Facts {
	return a.world.answered(a.name, questions)
}

// answer reads everything that is asked of the world.
func (w *World) answer(questions sync.Questions) sync.Facts {
	facts := sync.Facts{Now: w.Now()}
	for _, name := range sync.Adapters() {
		facts.Take(name, w.answered(name, questions))
	}
	return facts
}

// truth reads what is asked of one adapter, as it is.
func (w *World) truth(name sync.Adapter, questions sync.Questions) sync.Facts {
	switch name {
	case sync.AdapterKafka:
		questions.CruiseControl = nil
		return w.Kafka.Answer(questions)
	case sync.AdapterCruiseControl:
		if !w.again { // each question takes a place: what is asked again was answered
			w.heard = w.controls.Answer(questions)
		}
		return sync.Facts{Now: w.Now(), CruiseControl: w.heard}
	case sync.AdapterKubernetes:
		return w.answerKubernetes(questions.Kubernetes)
	case sync.AdapterPKI:
		return w.answerPKI(questions.PKI)
	}
	return sync.Facts{Now: w.Now()}
}

// answerKubernetes reads the labels of Nodes, and StorageClasses.
func (w *World) answerKubernetes(asked *sync.KubernetesQuestions) sync.Facts {
	facts := sync.Facts{Now: w.Now()}
	if asked == nil {
		return facts
	}
	var nodes []sync.NodeLabels
	for _, name := range asked.Nodes {
		labels := sync.NodeLabels{Name: name, Labels: map[string]string{}}
		if node, ok := w.Server.Get(apiserver.Key{Kind: "Node.v1", Name: name}); ok {
			for _, key := range asked.Labels {
				if value := apiserver.Label(node, key); value != "" {
					labels.Labels[key] = value
				}
			}
		}
		nodes = append(nodes, labels)
	}
	facts.Kubernetes.Nodes = sync.Known(nodes)
	var classes []sync.StorageClass
	for _, name := range asked.StorageClasses {
		class, _ := w.Server.Get(apiserver.Key{Kind: "StorageClass.storage.k8s.io/v1", Name: name})
		classes = append(classes, sync.StorageClass{Name: name, Expands: apiserver.Bool(class, "allowVolumeExpansion")})
	}
	facts.Kubernetes.StorageClasses = sync.Known(classes)
	return facts
}

// Perform changes the world.
func (a Adapter) Perform(_ context.Context, commands []sync.Command) sync.Outcomes {
	outcomes := make(sync.Outcomes, 0, len(commands))
	for _, command := range commands {
		outcomes = append(outcomes, sync.Outcome{Command: command, Err: a.world.perform(command)})
	}
	return outcomes
}

// carryOut carries out one command.
func (w *World) carryOut(command sync.Command) error {
	w.commands = append(w.commands, command.String())
	if ours, err := w.Kafka.PerformTopic(command); ours {
		return err
	}
	if ours, err := w.Kafka.PerformUser(command); ours {
		return err
	}
	if ours, err := w.performControl(command); ours {
		return err
	}
	switch command := command.(type) {
	case sync.OrphanClaim:
		return w.orphan(command)
	case sync.AlterConfigs:
		return w.Kafka.Alter(&command)
	case sync.ElectPreferredLeaders:
		return w.Kafka.ElectPreferred(command.Connection, command.Partitions)
	default:
		return w.Kafka.Perform(command)
	}
}

// orphan parts a claim from its owner. A claim that is gone, or is another one by now, is left alone.
func (w *World) orphan(command sync.OrphanClaim) error {
	claim, ok := w.Server.Get(apiserver.Key{Kind: claimKind, Namespace: command.Namespace, Name: command.Name})
	if !ok || apiserver.UID(claim) != command.UID {
		return nil
	}
	updated := apiserver.Copy(claim)
	var kept []any
	for _, owner := range apiserver.List(updated, "metadata", "ownerReferences") {
		if apiserver.String(owner, "uid") != command.Owner {
			kept = append(kept, owner)
		}
	}
	apiserver.Set(updated, kept, "metadata", "ownerReferences")
	_, err := w.Server.As("kompositor").Update(updated)
	return err
}
