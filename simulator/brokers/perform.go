package brokers

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/sync"
)

// Perform carries out one command, as an adapter over a real Kafka would.
func (k *Kafka) Perform(command sync.Command) error {
	switch command := command.(type) {
	case sync.AddVoter:
		return k.at(command.Connection, func(c *Cluster) error { return k.addVoter(c, &command) })
	case sync.RemoveVoter:
		return k.at(command.Connection, func(c *Cluster) error { return k.removeVoter(c, &command) })
	case sync.UpdateFeature:
		return k.at(command.Connection, func(c *Cluster) error { return k.updateFeature(c, &command) })
	case sync.UnregisterBroker:
		return k.at(command.Connection, func(c *Cluster) error {
			if c.live[command.ID] {
				return fmt.Errorf("broker %d is live", command.ID)
			}
			delete(c.racks, command.ID)
			return nil
		})
	}
	return fmt.Errorf("nothing in this simulation can %s", command)
}

// at finds the cluster behind a connection. Without a leader of its quorum nothing can be written to it.
func (k *Kafka) at(connection sync.KafkaConnection, write func(*Cluster) error) error {
	broker, why := k.connect(connection)
	switch {
	case broker == nil:
		return errors.New(why)
	case broker.cluster.leader < 0:
		return errors.New("the quorum has no leader")
	}
	return write(broker.cluster)
}

// addVoter makes an observer a voter. Source: Kafka, AddVoterHandler.
func (k *Kafka) addVoter(c *Cluster, command *sync.AddVoter) error {
	if directory, votes := c.voters[command.ID]; votes {
		if directory == command.Directory {
			return nil
		}
		return fmt.Errorf("voter %d votes already, with directory %s", command.ID, directory)
	}
	at := k.dial(fmt.Sprintf("%s:%d", command.Host, command.Port))
	for _, p := range at {
		if p.cluster == c && p.id == command.ID && p.directory == command.Directory && p.controller {
			c.voters[command.ID] = command.Directory
			return nil
		}
	}
	return fmt.Errorf("no controller %d with directory %s answers at %s:%d",
		command.ID, command.Directory, command.Host, command.Port)
}

// removeVoter takes a voter out of the quorum. It takes the majority of those that stay to commit that: where they are
// not there, the quorum is lost, which is a breach of ours, unless that could not be known yet.
func (k *Kafka) removeVoter(c *Cluster, command *sync.RemoveVoter) error {
	if c.voters[command.ID] != command.Directory {
		return nil
	}
	delete(c.voters, command.ID)
	up, needed := k.Voting(c), len(c.voters)/2+1
	for id := range c.voters {
		if at, was := c.killed[id]; was && k.Now().Sub(at) <= untold && !slices.Contains(up, id) {
			up = append(up, id)
		}
	}
	if len(up) < needed {
		k.Endangered = append(k.Endangered, fmt.Sprintf("without voter %d only %d of the voters %s are up, %d are needed",
			command.ID, len(up), text(c.Voters()), needed))
	}
	return nil
}

// updateFeature raises the metadata.version. Source: Kafka, FeatureControlManager.
func (k *Kafka) updateFeature(c *Cluster, command *sync.UpdateFeature) error {
	if command.Feature != metadataVersion || command.Level < c.level {
		return fmt.Errorf("feature %s is not lowered to %d", command.Feature, command.Level)
	}
	for _, p := range k.sorted() {
		if p.cluster == c && !p.other && p.supported.Max < command.Level {
			return fmt.Errorf("node %d supports metadata.version up to %d", p.id, p.supported.Max)
		}
	}
	c.level = command.Level
	return nil
}
