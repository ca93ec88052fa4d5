package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// cluster asks who is there: cluster id, active controller, and the brokers that are registered and not fenced.
func (c *client) cluster(ctx context.Context) (sync.KafkaCluster, error) {
	described, err := c.admin.DescribeCluster(ctx)
	if err != nil {
		return sync.KafkaCluster{}, fmt.Errorf("describe the cluster: %w", err)
	}
	cluster := sync.KafkaCluster{Controller: -1, Brokers: make([]int32, 0, len(described.Nodes))}
	if described.ClusterID != nil {
		cluster.ID = *described.ClusterID
	}
	if described.Controller != nil {
		cluster.Controller = int32(described.Controller.ID)
	}
	for _, node := range described.Nodes {
		cluster.Brokers = append(cluster.Brokers, int32(node.ID))
	}
	slices.Sort(cluster.Brokers)
	return cluster, nil
}

// metadataTopic is the single partition of the KRaft metadata log (KIP-595).
const metadataTopic = "__cluster_metadata"

// quorum asks for the KRaft quorum (KIP-836). librdkafka has no call for it.
func (c *client) quorum(ctx context.Context) (sync.Quorum, error) {
	request := kmsg.NewDescribeQuorumRequest()
	topic := kmsg.NewDescribeQuorumRequestTopic()
	topic.Topic = metadataTopic
	topic.Partitions = []kmsg.DescribeQuorumRequestTopicPartition{kmsg.NewDescribeQuorumRequestTopicPartition()}
	request.Topics = append(request.Topics, topic)
	response, err := request.RequestWith(ctx, c.narrow)
	if err != nil {
		return sync.Quorum{}, fmt.Errorf("describe the quorum: %w", err)
	}
	return readQuorum(response)
}

func readQuorum(response *kmsg.DescribeQuorumResponse) (sync.Quorum, error) {
	if err := kerr.ErrorForCode(response.ErrorCode); err != nil {
		return sync.Quorum{}, fmt.Errorf("describe the quorum: %w", err)
	}
	if len(response.Topics) != 1 || len(response.Topics[0].Partitions) != 1 {
		return sync.Quorum{}, errors.New("describe the quorum: Kafka answered without the metadata partition")
	}
	partition := response.Topics[0].Partitions[0]
	if err := kerr.ErrorForCode(partition.ErrorCode); err != nil {
		return sync.Quorum{}, fmt.Errorf("describe the quorum: %w", err)
	}
	return sync.Quorum{
		Leader: partition.LeaderID, Voters: replicas(partition.CurrentVoters), Observers: replicas(partition.Observers),
	}, nil
}

func replicas(states []kmsg.DescribeQuorumResponseTopicPartitionReplicaState) []sync.QuorumReplica {
	replicas := make([]sync.QuorumReplica, 0, len(states))
	for i := range states {
		replicas = append(replicas, sync.QuorumReplica{
			ID: states[i].ReplicaID, LogEndOffset: states[i].LogEndOffset, LastCaughtUpMillis: states[i].LastCaughtUpTimestamp,
		})
	}
	slices.SortFunc(replicas, func(a, b sync.QuorumReplica) int { return cmp.Compare(a.ID, b.ID) })
	return replicas
}

// partitions asks for every partition, with the min.insync.replicas in force for its topic.
func (c *client) partitions(ctx context.Context) ([]sync.Partition, error) {
	metadata, err := c.metadata(ctx)
	if err != nil {
		return nil, fmt.Errorf("fetch metadata: %w", err)
	}
	topics := make([]string, 0, len(metadata.Topics))
	count := 0
	for name, topic := range metadata.Topics {
		// A topic that is being deleted has no partitions and an error; any other error leaves us without the truth.
		if code := topic.Error.Code(); code != confluent.ErrNoError && code != confluent.ErrUnknownTopicOrPart {
			return nil, fmt.Errorf("fetch metadata of topic %s: %w", name, topic.Error)
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
	timeout := requestTimeout
	if deadline, ok := ctx.Deadline(); ok {
		timeout = min(timeout, max(time.Until(deadline), time.Millisecond))
	}
	return within(ctx, func() (*confluent.Metadata, error) {
		return c.admin.GetMetadata(nil, true, int(timeout.Milliseconds()))
	})
}

const minISRKey = "min.insync.replicas"

// minISR asks for one key of each topic's configuration. librdkafka can only ask for all keys, some forty of them for
// each topic. A topic that is gone is left out.
func (c *client) minISR(ctx context.Context, topics []string) (map[string]int, error) {
	minimum := make(map[string]int, len(topics))
	if len(topics) == 0 {
		return minimum, nil
	}
	request := kmsg.NewDescribeConfigsRequest()
	for _, topic := range topics {
		resource := kmsg.NewDescribeConfigsRequestResource()
		resource.ResourceType, resource.ResourceName = kmsg.ConfigResourceTypeTopic, topic
		resource.ConfigNames = []string{minISRKey}
		request.Resources = append(request.Resources, resource)
	}
	response, err := request.RequestWith(ctx, c.narrow)
	if err != nil {
		return nil, fmt.Errorf("describe %s: %w", minISRKey, err)
	}
	for i := range response.Resources {
		resource := &response.Resources[i]
		switch err := kerr.ErrorForCode(resource.ErrorCode); {
		case errors.Is(err, kerr.UnknownTopicOrPartition):
			continue
		case err != nil:
			return nil, fmt.Errorf("describe %s of topic %s: %w", minISRKey, resource.ResourceName, err)
		case len(resource.Configs) != 1 || resource.Configs[0].Value == nil:
			return nil, fmt.Errorf("describe %s of topic %s: Kafka answered without it", minISRKey, resource.ResourceName)
		}
		value, err := strconv.Atoi(*resource.Configs[0].Value)
		if err != nil {
			return nil, fmt.Errorf("describe %s of topic %s: %w", minISRKey, resource.ResourceName, err)
		}
		minimum[resource.ResourceName] = value
	}
	return minimum, nil
}
