package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kompositor/kompositor/sync"
)

// Perform carries commands out in their order. Each is safe to repeat: what is done already is a success. What Kafka
// refuses, or did not confirm in time, is an error in words that a user can act on.
func (a *Adapter) Perform(ctx context.Context, commands []sync.Command) sync.Outcomes {
	ctx, cancel := bounded(ctx)
	defer cancel()
	outcomes := make(sync.Outcomes, 0, len(commands))
	for _, command := range commands {
		begin := time.Now()
		err := a.perform(ctx, command)
		a.metrics.performed(command, time.Since(begin), err)
		outcomes = append(outcomes, sync.Outcome{Command: command, Err: err})
	}
	return outcomes
}

var (
	// errUnreached is the error of a command that was not sent.
	errUnreached = errors.New("not sent")
	// errUnconfirmed is the error of a command that may or may not have taken effect.
	errUnconfirmed = errors.New("not confirmed")
)

func (a *Adapter) perform(ctx context.Context, command sync.Command) error {
	write, ok := command.(sync.KafkaCommand)
	if !ok {
		return unfit("%s is no command for Kafka", command)
	}
	connection := write.Cluster()
	client, err := a.pool.get(&connection)
	if err != nil {
		return fmt.Errorf("%s: %w: %w", command, errUnreached, err)
	}
	defer client.release()
	client.narrow = client.forward // of this call's copy: writes are the controller's
	if err := client.reach(ctx); err != nil {
		return fmt.Errorf("%s: %w: %s", command, errUnreached, client.reasonAt(ctx, anyBroker, err))
	}
	err = client.perform(ctx, write)
	var refused *refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return fmt.Errorf("%s: %w", command, err)
	}
	return fmt.Errorf("%s: %w: %s", command, errUnconfirmed, client.reasonAt(ctx, anyBroker, err))
}

// perform gives a command to who performs it.
func (c *client) perform(ctx context.Context, command sync.KafkaCommand) error {
	switch command := command.(type) {
	case sync.AlterConfigs:
		return c.alterConfigs(ctx, &command)
	case sync.CreateTopic:
		return c.createTopic(ctx, &command)
	case sync.CreatePartitions:
		return c.createPartitions(ctx, &command)
	case sync.DeleteTopic:
		return c.deleteTopic(ctx, &command)
	case sync.ElectPreferredLeaders:
		return c.electPreferredLeaders(ctx, &command)
	case sync.UpdateFeature:
		return c.updateFeature(ctx, &command)
	case sync.AddVoter:
		return c.addVoter(ctx, &command)
	case sync.RemoveVoter:
		return c.removeVoter(ctx, &command)
	case sync.UnregisterBroker:
		return c.unregisterBroker(ctx, &command)
	case sync.CreateACLs:
		return c.createACLs(ctx, &command)
	case sync.DeleteACLs:
		return c.deleteACLs(ctx, &command)
	case sync.SetSCRAM:
		return c.setSCRAM(ctx, &command)
	case sync.DeleteSCRAM:
		return c.deleteSCRAM(ctx, &command)
	case sync.AlterQuotas:
		return c.alterQuotas(ctx, &command)
	default:
		return unfit("%T is not known", command)
	}
}
