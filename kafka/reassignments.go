package kafka

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// reassignments asks for the partitions that are being moved (KIP-455), in order. librdkafka has no call for it.
func (c *client) reassignments(ctx context.Context) ([]sync.Reassignment, error) {
	response, err := forwarded[*kmsg.ListPartitionReassignmentsResponse](ctx, c, func() kmsg.Request {
		request := kmsg.NewPtrListPartitionReassignmentsRequest()
		request.TimeoutMillis = int32(requestTimeout.Milliseconds())
		return request
	})
	if err == nil {
		err = refusalOf(response.ErrorCode, response.ErrorMessage)
	}
	if err != nil {
		return nil, fmt.Errorf("list reassignments: %w", err)
	}
	moving := []sync.Reassignment{}
	for _, topic := range response.Topics {
		for _, partition := range topic.Partitions {
			moving = append(moving, sync.Reassignment{
				Topic: topic.Topic, Partition: partition.Partition, Replicas: partition.Replicas,
				Adding: partition.AddingReplicas, Removing: partition.RemovingReplicas,
			})
		}
	}
	slices.SortFunc(moving, func(a, b sync.Reassignment) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	return moving, nil
}
