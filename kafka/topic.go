package kafka

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kompositor/kompositor/sync"
)

// topic asks for one topic with its whole configuration. A topic that does not exist is an answer too.
func (c *client) topic(ctx context.Context, name string) (sync.Topic, error) {
	topic, err := c.describeTopic(ctx, name)
	if err != nil || !topic.Exists {
		return topic, err
	}
	answers, err := c.describe(ctx, anyBroker, []sync.ConfigQuestion{{
		Resource: sync.ConfigResource{Type: sync.TopicConfig, Name: name},
	}})
	if err == nil {
		err = refusalOf(answers[0].ErrorCode, answers[0].ErrorMessage)
	}
	if errors.Is(err, kerr.UnknownTopicOrPartition) {
		return sync.Topic{}, fmt.Errorf("topic %s is being created or deleted: one broker knows it, another does not", name)
	}
	if err != nil {
		return sync.Topic{}, fmt.Errorf("describe the configuration of topic %s: %w", name, err)
	}
	topic.Config = entries(answers[0].Configs)
	least, err := minISROf(topic.Config)
	if err != nil {
		return sync.Topic{}, fmt.Errorf("describe topic %s: %w", name, err)
	}
	for i := range topic.Partitions {
		topic.Partitions[i].MinISR = least
	}
	return topic, nil
}

// describeTopic asks for a topic's id and partitions.
func (c *client) describeTopic(ctx context.Context, name string) (sync.Topic, error) {
	described, err := c.admin.DescribeTopics(ctx, confluent.NewTopicCollectionOfTopicNames([]string{name}),
		confluent.SetAdminRequestTimeout(remaining(ctx)))
	if err == nil && len(described.TopicDescriptions) != 1 {
		err = errors.New("the answer lacks it")
	}
	if err != nil {
		return sync.Topic{}, fmt.Errorf("describe topic %s: %w", name, refusalBy(err))
	}
	answer := &described.TopicDescriptions[0]
	switch refused := refusalBy(answer.Error); {
	case errors.Is(refused, kerr.UnknownTopicOrPartition):
		return sync.Topic{}, nil
	case refused != nil:
		return sync.Topic{}, fmt.Errorf("describe topic %s: %w", name, refused)
	}
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], uint64(answer.TopicID.GetMostSignificantBits()))
	binary.BigEndian.PutUint64(id[8:], uint64(answer.TopicID.GetLeastSignificantBits()))
	topic := sync.Topic{Exists: true, ID: uuidText(id), Partitions: make([]sync.Partition, 0, len(answer.Partitions))}
	for i := range answer.Partitions {
		read := &answer.Partitions[i]
		partition := sync.Partition{
			Topic: name, Partition: int32(read.Partition), Leader: -1, Replicas: ids(read.Replicas), ISR: ids(read.Isr),
		}
		if read.Leader != nil {
			partition.Leader = int32(read.Leader.ID)
		}
		topic.Partitions = append(topic.Partitions, partition)
	}
	slices.SortFunc(topic.Partitions, func(a, b sync.Partition) int { return cmp.Compare(a.Partition, b.Partition) })
	return topic, nil
}

func ids(nodes []confluent.Node) []int32 {
	ids := make([]int32, 0, len(nodes))
	for _, node := range nodes {
		ids = append(ids, int32(node.ID))
	}
	return ids
}
