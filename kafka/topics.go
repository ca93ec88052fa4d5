package kafka

import (
	"context"
	"errors"
	"fmt"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kompositor/kompositor/sync"
)

// createTopic makes a topic; one that exists is left alone.
func (c *client) createTopic(ctx context.Context, command *sync.CreateTopic) error {
	results, err := c.admin.CreateTopics(ctx, []confluent.TopicSpecification{{
		Topic: command.Topic, NumPartitions: int(command.Partitions), ReplicationFactor: int(command.ReplicationFactor),
		Config: command.Config,
	}}, confluent.SetAdminRequestTimeout(remaining(ctx)), confluent.SetAdminOperationTimeout(remaining(ctx)))
	return unless(kerr.TopicAlreadyExists, topicResult(results, err))
}

// deleteTopic deletes a topic; one that is gone is left alone.
func (c *client) deleteTopic(ctx context.Context, command *sync.DeleteTopic) error {
	results, err := c.admin.DeleteTopics(ctx, []string{command.Topic},
		confluent.SetAdminRequestTimeout(remaining(ctx)), confluent.SetAdminOperationTimeout(remaining(ctx)))
	return unless(kerr.UnknownTopicOrPartition, topicResult(results, err))
}

// createPartitions grows a topic. Kafka refuses to grow one that has as many partitions already with the same code as
// to shrink it, so the topic is looked at then.
func (c *client) createPartitions(ctx context.Context, command *sync.CreatePartitions) error {
	results, err := c.admin.CreatePartitions(ctx, []confluent.PartitionsSpecification{{
		Topic: command.Topic, IncreaseTo: int(command.Total),
	}}, confluent.SetAdminRequestTimeout(remaining(ctx)), confluent.SetAdminOperationTimeout(remaining(ctx)))
	err = topicResult(results, err)
	if !errors.Is(err, kerr.InvalidPartitions) {
		return err
	}
	topic, failure := c.describeTopic(ctx, command.Topic)
	switch {
	case failure != nil:
		return fmt.Errorf("%w, and the number of partitions is not known: %w", err, failure)
	case len(topic.Partitions) == int(command.Total):
		return nil
	}
	return err
}

func topicResult(results []confluent.TopicResult, err error) error {
	switch {
	case err != nil:
		return refusalBy(err)
	case len(results) != 1:
		return errors.New("the answer lacks the topic")
	}
	return refusalBy(results[0].Error)
}

// unless takes one refusal for a success: the one that says that there is nothing left to do.
func unless(done, err error) error {
	if errors.Is(err, done) {
		return nil
	}
	return err
}
