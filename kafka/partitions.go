package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// partitions asks for every partition, with the min.insync.replicas in force for its topic.
func (c *client) partitions(ctx context.Context) ([]sync.Partition, error) {
	metadata, err := c.freshMetadata(ctx)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(metadata))
	topics := make(map[string]*kmsg.MetadataResponseTopic, len(metadata))
	count := 0
	for i := range metadata {
		topic := &metadata[i]
		name := *topic.Topic
		// A topic that is being deleted has no partitions and an error; any other error leaves us without the truth.
		if refused := unless(kerr.UnknownTopicOrPartition, refusalOf(topic.ErrorCode, nil)); refused != nil {
			return nil, fmt.Errorf("fetch metadata of topic %s: %w", name, refused)
		}
		if topics[name] != nil {
			return nil, fmt.Errorf("topic %s was just replaced by another one: the brokers do not agree yet", name)
		}
		names, topics[name] = append(names, name), topic
		count += len(topic.Partitions)
	}
	slices.Sort(names)
	minimum, err := c.minISR(ctx, names)
	if err != nil {
		return nil, err
	}
	partitions := make([]sync.Partition, 0, count)
	for _, name := range names {
		if least, known := minimum[name]; known { // else it was deleted between the two requests
			partitions = append(partitions, partitionsOf(topics[name], least)...)
		}
	}
	return partitions, nil
}

// metadata asks for these topics, none of them for all. librdkafka has the call, but chooses by itself whom it asks,
// and keeps asking a broker that hangs.
func (c *client) metadata(ctx context.Context, topics ...string) ([]kmsg.MetadataResponseTopic, error) {
	response, err := read[*kmsg.MetadataResponse](ctx, c, metadataOf(topics))
	if err != nil {
		return nil, fmt.Errorf("fetch metadata: %w", err)
	}
	return topicsOf(response)
}

func metadataOf(topics []string) func() kmsg.Request {
	return func() kmsg.Request {
		request := kmsg.NewPtrMetadataRequest()
		for i := range topics {
			topic := kmsg.NewMetadataRequestTopic()
			topic.Topic = &topics[i]
			request.Topics = append(request.Topics, topic)
		}
		return request
	}
}

func topicsOf(response *kmsg.MetadataResponse) ([]kmsg.MetadataResponseTopic, error) {
	if slices.ContainsFunc(response.Topics, func(t kmsg.MetadataResponseTopic) bool { return t.Topic == nil }) {
		return nil, errors.New("fetch metadata: a topic has no name")
	}
	return response.Topics, nil
}

// partitionsOf are sorted by their number.
func partitionsOf(topic *kmsg.MetadataResponseTopic, minISR int) []sync.Partition {
	partitions := make([]sync.Partition, 0, len(topic.Partitions))
	for i := range topic.Partitions {
		read := &topic.Partitions[i]
		partitions = append(partitions, sync.Partition{
			Topic: *topic.Topic, Partition: read.Partition, Leader: read.Leader, Replicas: read.Replicas, ISR: read.ISR,
			MinISR: minISR,
		})
	}
	slices.SortFunc(partitions, func(a, b sync.Partition) int { return cmp.Compare(a.Partition, b.Partition) })
	return partitions
}

const minISRKey = "min.insync.replicas"

// minISR asks for one key of each topic's configuration. A topic is left out when it is gone.
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
	var late []sync.ConfigQuestion
	for _, p := range parts {
		if p.err != nil {
			return nil, fmt.Errorf("describe %s: %w", minISRKey, p.err)
		}
		for i := range p.answers {
			if p.answers[i].ErrorCode == kerr.UnknownTopicOrPartition.Code {
				late = append(late, p.questions[i])
			} else if err := addMinISR(minimum, &p.answers[i]); err != nil {
				return nil, err
			}
		}
	}
	if len(late) == 0 {
		return minimum, nil
	}
	answers, err := c.freshConfigs(ctx, late)
	if err != nil {
		return nil, fmt.Errorf("describe %s: %w", minISRKey, err)
	}
	for _, answer := range answers {
		if err := addMinISR(minimum, &answer); err != nil {
			return nil, err
		}
	}
	return minimum, nil
}

func addMinISR(minimum map[string]int, answer *kmsg.DescribeConfigsResponseResource) error {
	topic := answer.ResourceName
	if refused := refusalOf(answer.ErrorCode, answer.ErrorMessage); refused != nil {
		return fmt.Errorf("describe %s of topic %s: %w", minISRKey, topic, refused)
	}
	least, err := minISRIn(entries(answer.Configs))
	if err != nil {
		return fmt.Errorf("describe topic %s: %w", topic, err)
	}
	minimum[topic] = least
	return nil
}

// minISRIn reads the number that is in force.
func minISRIn(config []sync.ConfigEntry) (int, error) {
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
