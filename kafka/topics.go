package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// createTopic makes a topic; one that exists is left alone.
func (c *client) createTopic(ctx context.Context, command *sync.CreateTopic) error {
	results, err := through(ctx, c, func(
		admin *confluent.AdminClient, timeout time.Duration,
	) ([]confluent.TopicResult, error) {
		return admin.CreateTopics(ctx, []confluent.TopicSpecification{{
			Topic: command.Topic, NumPartitions: int(command.Partitions), ReplicationFactor: int(command.ReplicationFactor),
			Config: command.Config,
		}}, confluent.SetAdminRequestTimeout(timeout), confluent.SetAdminOperationTimeout(timeout))
	})
	return unless(kerr.TopicAlreadyExists, topicResult(results, err))
}

// createPartitions grows a topic. Kafka refuses to grow one that has as many partitions already with the same code as
// to shrink it, so the topic is looked at then.
func (c *client) createPartitions(ctx context.Context, command *sync.CreatePartitions) error {
	results, err := through(ctx, c, func(
		admin *confluent.AdminClient, timeout time.Duration,
	) ([]confluent.TopicResult, error) {
		return admin.CreatePartitions(ctx, []confluent.PartitionsSpecification{{
			Topic: command.Topic, IncreaseTo: int(command.Total),
		}}, confluent.SetAdminRequestTimeout(timeout), confluent.SetAdminOperationTimeout(timeout))
	})
	err = topicResult(results, err)
	if !errors.Is(err, kerr.InvalidPartitions) {
		return err
	}
	// It is the controller that refuses, and brokers learn a little later what it knows.
	const looks = 6
	for range looks {
		topics, failure := c.metadata(ctx, []string{command.Topic})
		if failure != nil {
			return fmt.Errorf("%w, and the number of partitions is not known: %w", err, failure)
		}
		if len(topics) == 1 && len(topics[0].Partitions) == int(command.Total) {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryAfter):
		}
	}
	return err
}

func topicResult(results []confluent.TopicResult, err error) error {
	switch {
	case err != nil:
		return err
	case len(results) != 1:
		return errors.New("the answer lacks the topic")
	}
	return refusalBy(results[0].Error)
}

// deleteTopic deletes a topic; one that is gone is left alone. librdkafka speaks a version of the request whose answer
// does not say that brokers do not delete topics at all, nor anything else in words.
func (c *client) deleteTopic(ctx context.Context, command *sync.DeleteTopic) error {
	request := kmsg.NewPtrDeleteTopicsRequest()
	request.TimeoutMillis = int32(remaining(ctx).Milliseconds())
	request.TopicNames = []string{command.Topic} // until version 5
	topic := kmsg.NewDeleteTopicsRequestTopic()
	topic.Topic = &command.Topic
	request.Topics = append(request.Topics, topic)
	response, err := request.RequestWith(ctx, c.narrow)
	switch {
	case err != nil:
		return err
	case len(response.Topics) != 1:
		return errors.New("the answer lacks the topic")
	}
	return unless(kerr.UnknownTopicOrPartition, refusalOf(response.Topics[0].ErrorCode, response.Topics[0].ErrorMessage))
}

// unless takes one refusal for a success: the one that says that there is nothing left to do.
func unless(done, err error) error {
	if errors.Is(err, done) {
		return nil
	}
	return err
}
