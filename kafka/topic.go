package kafka

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kompositor/kompositor/sync"
)

// topic asks for one topic with its whole configuration. A topic that does not exist is an answer too.
func (c *client) topic(ctx context.Context, name string) (sync.Topic, error) {
	topics, err := c.metadata(ctx, []string{name})
	if err != nil {
		return sync.Topic{}, err
	}
	if len(topics) != 1 {
		return sync.Topic{}, fmt.Errorf("fetch metadata: the answer lacks topic %s", name)
	}
	switch refused := refusalOf(topics[0].ErrorCode, nil); {
	case errors.Is(refused, kerr.UnknownTopicOrPartition):
		return sync.Topic{}, nil
	case refused != nil:
		return sync.Topic{}, fmt.Errorf("fetch metadata of topic %s: %w", name, refused)
	}
	answers, err := c.describe(ctx, anyBroker, []sync.ConfigQuestion{{
		Resource: sync.ConfigResource{Type: sync.TopicConfig, Name: name},
	}})
	if err == nil {
		err = refusalOf(answers[0].ErrorCode, answers[0].ErrorMessage)
	}
	if errors.Is(err, kerr.UnknownTopicOrPartition) {
		return sync.Topic{}, nil // it was deleted between the two requests
	}
	if err != nil {
		return sync.Topic{}, fmt.Errorf("describe the configuration of topic %s: %w", name, err)
	}
	config := entries(answers[0].Configs)
	least, err := minISROf(config)
	if err != nil {
		return sync.Topic{}, fmt.Errorf("describe topic %s: %w", name, err)
	}
	return sync.Topic{
		Exists: true, ID: uuidText(topics[0].TopicID), Internal: topics[0].IsInternal,
		Partitions: partitionsOf(&topics[0], least), Config: config,
	}, nil
}
