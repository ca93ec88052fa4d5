package kafka

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// metadataTopic is the single partition of the KRaft metadata log (KIP-595).
const metadataTopic = "__cluster_metadata"

// quorum asks for the KRaft quorum (KIP-836). librdkafka has no call for it.
func (c *client) quorum(ctx context.Context) (sync.Quorum, error) {
	request := kmsg.NewDescribeQuorumRequest()
	topic := kmsg.NewDescribeQuorumRequestTopic()
	topic.Topic = metadataTopic
	topic.Partitions = []kmsg.DescribeQuorumRequestTopicPartition{kmsg.NewDescribeQuorumRequestTopicPartition()}
	request.Topics = append(request.Topics, topic)
	response, err := call[*kmsg.DescribeQuorumResponse](ctx, c, anyBroker, &request)
	if err != nil {
		return sync.Quorum{}, fmt.Errorf("describe the quorum: %w", err)
	}
	quorum, err := readQuorum(response)
	if err == nil {
		quorum.FetchTimeoutMillis = c.fetchTimeout(ctx)
	}
	return quorum, err
}

// fetchTimeout asks the broker that was reached how long a quorum waits for its leader, milliseconds; 0 if it does not
// say. Every node of a cluster has to have the same value, and controllers do not speak to clients.
func (c *client) fetchTimeout(ctx context.Context) int64 {
	const key = "controller.quorum.fetch.timeout.ms"
	brokers, err := c.cluster(ctx)
	if err != nil {
		return 0
	}
	for _, broker := range brokers.Brokers[:min(2, len(brokers.Brokers))] {
		answers, err := c.describe(ctx, broker, []sync.ConfigQuestion{{
			Resource: sync.ConfigResource{Type: sync.BrokerConfig, Name: strconv.Itoa(int(broker))}, Keys: []string{key},
		}})
		if err == nil && len(answers[0].Configs) == 1 && answers[0].Configs[0].Value != nil {
			if millis, err := strconv.ParseInt(*answers[0].Configs[0].Value, 10, 64); err == nil {
				return millis
			}
		}
	}
	return 0
}

func readQuorum(response *kmsg.DescribeQuorumResponse) (sync.Quorum, error) {
	if err := refusalOf(response.ErrorCode, response.ErrorMessage); err != nil {
		return sync.Quorum{}, fmt.Errorf("describe the quorum: %w", err)
	}
	if len(response.Topics) != 1 || len(response.Topics[0].Partitions) != 1 {
		return sync.Quorum{}, errors.New("describe the quorum: Kafka answered without the metadata partition")
	}
	partition := response.Topics[0].Partitions[0]
	if err := refusalOf(partition.ErrorCode, partition.ErrorMessage); err != nil {
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
			Directory: uuidText(states[i].ReplicaDirectoryID),
		})
	}
	slices.SortFunc(replicas, func(a, b sync.QuorumReplica) int { return cmp.Compare(a.ID, b.ID) })
	return replicas
}

// uuidText writes an id as Kafka does; the zero id is none.
func uuidText(id [16]byte) string {
	if id == ([16]byte{}) {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(id[:])
}

// uuidOf reads an id that Kafka wrote.
func uuidOf(text string) ([16]byte, error) {
	id, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(id) != len([16]byte{}) {
		return [16]byte{}, unfit("%q is no id of Kafka's", text)
	}
	return [16]byte(id), nil
}
