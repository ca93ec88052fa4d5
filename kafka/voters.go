package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// addVoter makes an observer a voter (KIP-853). Kafka knows a voter by its id alone when it refuses to add it twice, so
// then it is looked at: with another directory it is a voter that lost its disk, and has to be removed first.
// librdkafka has no call for this, nor for the two below.
func (c *client) addVoter(ctx context.Context, command *sync.AddVoter) error {
	directory, err := uuidOf(command.Directory)
	if err != nil {
		return err
	}
	request := kmsg.NewPtrAddRaftVoterRequest()
	request.TimeoutMillis = int32(remaining(ctx).Milliseconds())
	request.VoterID, request.VoterDirectoryID = command.ID, directory
	listener := kmsg.NewAddRaftVoterRequestListener()
	listener.Name, listener.Host, listener.Port = command.Listener, command.Host, uint16(command.Port)
	request.Listeners = append(request.Listeners, listener)
	response, err := call[*kmsg.AddRaftVoterResponse](ctx, c, anyBroker, request)
	if err != nil {
		return err
	}
	err = refusalOf(response.ErrorCode, response.ErrorMessage)
	if !errors.Is(err, kerr.DuplicateVoter) {
		return err
	}
	quorum, failure := c.describeQuorum(ctx)
	if failure != nil {
		return fmt.Errorf("%w, and its directory is not known: %w", err, failure)
	}
	if slices.ContainsFunc(quorum.Voters, func(v sync.QuorumReplica) bool {
		return v.ID == command.ID && v.Directory == command.Directory
	}) {
		return nil
	}
	return fmt.Errorf("it is a voter with another directory, which has to be removed first: %w", err)
}

// removeVoter takes a voter out. One that is none, or none with this directory, is gone already.
func (c *client) removeVoter(ctx context.Context, command *sync.RemoveVoter) error {
	directory, err := uuidOf(command.Directory)
	if err != nil {
		return err
	}
	request := kmsg.NewPtrRemoveRaftVoterRequest()
	request.VoterID, request.VoterDirectoryID = command.ID, directory
	response, err := call[*kmsg.RemoveRaftVoterResponse](ctx, c, anyBroker, request)
	if err != nil {
		return err
	}
	return unless(kerr.VoterNotFound, refusalOf(response.ErrorCode, response.ErrorMessage))
}

// unregisterBroker makes the controller forget a broker (KIP-631); one that it does not know is forgotten.
func (c *client) unregisterBroker(ctx context.Context, command *sync.UnregisterBroker) error {
	request := kmsg.NewPtrUnregisterBrokerRequest()
	request.BrokerID = command.ID
	response, err := call[*kmsg.UnregisterBrokerResponse](ctx, c, anyBroker, request)
	if err != nil {
		return err
	}
	return unless(kerr.BrokerIDNotRegistered, refusalOf(response.ErrorCode, response.ErrorMessage))
}
