package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// partitions asks for every partition, with the min.insync.replicas in force for its topic.
func (c *client) partitions(ctx context.Context) ([]sync.Partition, error) {
	metadata, err := c.metadata(ctx)
	if err != nil {
		return nil, fmt.Errorf("fetch metadata: %w", refusalBy(err))
	}
	topics := make([]string, 0, len(metadata.Topics))
	count := 0
	for name, topic := range metadata.Topics {
		// A topic that is being deleted has no partitions and an error; any other error leaves us without the truth.
		if code := topic.Error.Code(); code != confluent.ErrNoError && code != confluent.ErrUnknownTopicOrPart {
			return nil, fmt.Errorf("fetch metadata of topic %s: %w", name, refusalBy(topic.Error))
		}
		topics = append(topics, name)
		count += len(topic.Partitions)
	}
	slices.Sort(topics)
	minimum, err := c.minISR(ctx, topics)
	if err != nil {
		return nil, err
	}
	partitions := make([]sync.Partition, 0, count)
	for _, name := range topics {
		least, known := minimum[name]
		if !known {
			continue // deleted between the two requests
		}
		described := metadata.Topics[name].Partitions
		slices.SortFunc(described, func(a, b confluent.PartitionMetadata) int { return cmp.Compare(a.ID, b.ID) })
		for i := range described {
			partitions = append(partitions, sync.Partition{
				Topic: name, Partition: described[i].ID, Leader: described[i].Leader,
				Replicas: described[i].Replicas, ISR: described[i].Isrs, MinISR: least,
			})
		}
	}
	return partitions, nil
}

// metadata fetches the metadata of all topics. librdkafka takes a timeout where we have a context; a call that
// outlives its context is left to end by itself.
func (c *client) metadata(ctx context.Context) (*confluent.Metadata, error) {
	timeout := remaining(ctx)
	return within(ctx, func() (*confluent.Metadata, error) {
		return c.admin.GetMetadata(nil, true, int(timeout.Milliseconds()))
	})
}

const minISRKey = "min.insync.replicas"

// minISR asks for one key of each topic's configuration. A topic that is gone is left out.
func (c *client) minISR(ctx context.Context, topics []string) (map[string]int, error) {
	questions := make([]sync.ConfigQuestion, 0, len(topics))
	for _, topic := range topics {
		questions = append(questions, sync.ConfigQuestion{
			Resource: sync.ConfigResource{Type: sync.TopicConfig, Name: topic}, Keys: []string{minISRKey},
		})
	}
	type part struct {
		questions []sync.ConfigQuestion
		answers   []kmsg.DescribeConfigsResponseResource
		err       error
	}
	var parts []*part
	for chunk := range slices.Chunk(questions, chunkOfConfigs) {
		parts = append(parts, &part{questions: chunk})
	}
	abreast(parts, func(p *part) { p.answers, p.err = c.describe(ctx, anyBroker, p.questions) })
	minimum := make(map[string]int, len(topics))
	for _, p := range parts {
		if p.err != nil {
			return nil, fmt.Errorf("describe %s: %w", minISRKey, p.err)
		}
		for i := range p.answers {
			topic := p.answers[i].ResourceName
			refused := refusalOf(p.answers[i].ErrorCode, p.answers[i].ErrorMessage)
			if errors.Is(refused, kerr.UnknownTopicOrPartition) {
				continue
			}
			if refused != nil {
				return nil, fmt.Errorf("describe %s of topic %s: %w", minISRKey, topic, refused)
			}
			least, err := minISROf(entries(p.answers[i].Configs))
			if err != nil {
				return nil, fmt.Errorf("describe topic %s: %w", topic, err)
			}
			minimum[topic] = least
		}
	}
	return minimum, nil
}

// minISROf reads the number that is in force.
func minISROf(config []sync.ConfigEntry) (int, error) {
	at := slices.IndexFunc(config, func(e sync.ConfigEntry) bool { return e.Name == minISRKey })
	if at < 0 {
		return 0, errors.New("the answer lacks " + minISRKey)
	}
	least, err := strconv.Atoi(config[at].Value)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", minISRKey, err)
	}
	return least, nil
}
