package kafka

import (
	"context"
	"fmt"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kompositor/kompositor/sync"
)

// electPreferredLeaders gives partitions back to their preferred leaders (KIP-460). Those that have theirs, or are
// gone, are done. A failure of one stops no other.
func (c *client) electPreferredLeaders(ctx context.Context, command *sync.ElectPreferredLeaders) error {
	if len(command.Partitions) == 0 {
		return nil // none would be all
	}
	asked := make([]confluent.TopicPartition, 0, len(command.Partitions))
	for i := range command.Partitions {
		asked = append(asked, confluent.TopicPartition{
			Topic: &command.Partitions[i].Topic, Partition: command.Partitions[i].Partition,
		})
	}
	result, err := through(ctx, c, func(
		admin *confluent.AdminClient, timeout time.Duration,
	) (confluent.ElectLeadersResult, error) {
		return admin.ElectLeaders(ctx, confluent.NewElectLeadersRequest(confluent.ElectionTypePreferred, asked),
			confluent.SetAdminRequestTimeout(timeout), confluent.SetAdminOperationTimeout(timeout))
	})
	if err != nil {
		return err
	}
	var first error
	failed := 0
	for _, partition := range result.TopicPartitions {
		refused := unless(kerr.UnknownTopicOrPartition, unless(kerr.ElectionNotNeeded, refusalBy(partition.Error)))
		if refused == nil {
			continue
		}
		if failed++; first == nil {
			first = fmt.Errorf("%s-%d: %w", *partition.Topic, partition.Partition, refused)
		}
	}
	if failed > 1 {
		return fmt.Errorf("%d of %d partitions, the first is %w", failed, len(asked), first)
	}
	return first
}
