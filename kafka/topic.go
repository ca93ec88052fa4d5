package kafka

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// topic asks for one topic with its whole configuration. A topic that does not exist is an answer too: whoever asks
// takes it for leave to make the topic, and to call it his own. So one broker is believed that a topic exists, and two
// that keep up are asked before it does not.
func (c *client) topic(ctx context.Context, name string) (sync.Topic, error) {
	topics, err := c.metadata(ctx, name)
	if err == nil && len(topics) == 0 {
		err = fmt.Errorf("fetch metadata: the answer lacks topic %s", name)
	}
	if topics = existing(topics); err == nil && len(topics) == 0 {
		topics, err = c.freshTopics(ctx, name)
	}
	if err != nil || len(topics) == 0 {
		return sync.Topic{}, err
	}
	for i := range topics {
		if refused := refusalOf(topics[i].ErrorCode, nil); refused != nil {
			return sync.Topic{}, fmt.Errorf("fetch metadata of topic %s: %w", name, refused)
		}
	}
	if len(topics) > 1 {
		return sync.Topic{}, fmt.Errorf("topic %s was just replaced by another one: the brokers do not agree yet", name)
	}
	answer, err := c.topicConfig(ctx, name)
	if errors.Is(err, kerr.UnknownTopicOrPartition) {
		return sync.Topic{}, nil // it was deleted between the requests
	}
	if err != nil {
		return sync.Topic{}, fmt.Errorf("describe the configuration of topic %s: %w", name, err)
	}
	config := entries(answer.Configs)
	least, err := minISRIn(config)
	if err != nil {
		return sync.Topic{}, fmt.Errorf("describe topic %s: %w", name, err)
	}
	return sync.Topic{
		Exists: true, ID: uuidText(topics[0].TopicID), Internal: topics[0].IsInternal,
		Partitions: partitionsOf(&topics[0], least), Config: config,
	}, nil
}

// topicConfig fails with UnknownTopicOrPartition when the topic is gone.
func (c *client) topicConfig(ctx context.Context, name string) (kmsg.DescribeConfigsResponseResource, error) {
	question := []sync.ConfigQuestion{{Resource: sync.ConfigResource{Type: sync.TopicConfig, Name: name}}}
	answers, err := c.describe(ctx, anyBroker, question)
	if err != nil {
		return kmsg.DescribeConfigsResponseResource{}, err
	}
	answer := answers[0]
	if answer.ErrorCode == kerr.UnknownTopicOrPartition.Code {
		fresh, err := c.freshConfigs(ctx, question)
		if err != nil {
			return answer, err
		}
		if knows, known := fresh[name]; known {
			answer = knows
		}
	}
	return answer, refusalOf(answer.ErrorCode, answer.ErrorMessage)
}
