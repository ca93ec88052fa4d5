package kafka

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kompositor/kompositor/sync"
)

// topic asks for one topic with its whole configuration. A topic that does not exist is an answer too: whoever asks
// takes it for leave to make the topic, and to call it his own. So one broker is believed that a topic exists, and two
// that keep up are asked before it does not.
func (c *client) topic(ctx context.Context, name string) (sync.Topic, error) {
	topics, err := c.metadata(ctx, name)
	if err == nil && len(existing(topics)) == 0 {
		topics, err = c.freshMetadata(ctx, name)
	}
	if err != nil {
		return sync.Topic{}, err
	}
	if len(topics) == 0 {
		return sync.Topic{}, fmt.Errorf("fetch metadata: the answer lacks topic %s", name)
	}
	if topics = existing(topics); len(topics) == 0 {
		return sync.Topic{}, nil
	}
	for i := range topics {
		if refused := refusalOf(topics[i].ErrorCode, nil); refused != nil {
			return sync.Topic{}, fmt.Errorf("fetch metadata of topic %s: %w", name, refused)
		}
	}
	if len(topics) > 1 {
		return sync.Topic{}, fmt.Errorf("topic %s was just replaced by another one: the brokers do not agree yet", name)
	}
	questions := []sync.ConfigQuestion{{Resource: sync.ConfigResource{Type: sync.TopicConfig, Name: name}}}
	answers, err := c.describe(ctx, anyBroker, questions)
	if err == nil && answers[0].ErrorCode == kerr.UnknownTopicOrPartition.Code {
		answers, err = c.freshConfigs(ctx, questions)
	}
	if err == nil {
		err = refusalOf(answers[0].ErrorCode, answers[0].ErrorMessage)
	}
	if errors.Is(err, kerr.UnknownTopicOrPartition) { // it was deleted between the requests
		return sync.Topic{}, c.gone(ctx, name)
	}
	if err != nil {
		return sync.Topic{}, fmt.Errorf("describe the configuration of topic %s: %w", name, err)
	}
	config := entries(answers[0].Configs)
	least, err := minISRIn(config)
	if err != nil {
		return sync.Topic{}, fmt.Errorf("describe topic %s: %w", name, err)
	}
	return sync.Topic{
		Exists: true, ID: uuidText(topics[0].TopicID), Internal: topics[0].IsInternal,
		Partitions: partitionsOf(&topics[0], least), Config: config,
	}, nil
}
