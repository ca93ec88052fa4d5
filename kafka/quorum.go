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
	response, err := forwarded[*kmsg.DescribeQuorumResponse](ctx, c, func() kmsg.Request {
		request := kmsg.NewPtrDescribeQuorumRequest()
		topic := kmsg.NewDescribeQuorumRequestTopic()
		topic.Topic = metadataTopic
		topic.Partitions = []kmsg.DescribeQuorumRequestTopicPartition{kmsg.NewDescribeQuorumRequestTopicPartition()}
		request.Topics = append(request.Topics, topic)
		return request
	})
	if err != nil {
		return sync.Quorum{}, fmt.Errorf("describe the quorum: %w", err)
	}
	quorum, err := readQuorum(response)
	if err == nil {
		quorum.FetchTimeoutMillis = c.fetchTimeout(ctx)
	}
	return quorum, err
}

// fetchTimeout asks some broker how long the quorum waits for its leader, milliseconds; 0 if none says. All nodes of a
// cluster are to have the same value, and controllers do not tell clients theirs.
func (c *client) fetchTimeout(ctx context.Context) int64 {
	cluster, err := c.cluster(ctx)
	if err != nil {
		return 0
	}
	const enough = 3
	millis, _ := contest[int32, int64]{
		candidates: cluster.Brokers[:min(enough, len(cluster.Brokers))],
		try: func(ctx context.Context, broker int32) (int64, error) {
			answers, err := c.describe(ctx, broker, []sync.ConfigQuestion{{
				Resource: sync.ConfigResource{Type: sync.BrokerConfig, Name: strconv.Itoa(int(broker))},
				Keys:     []string{"controller.quorum.fetch.timeout.ms"},
			}})
			if err != nil {
				return 0, err
			}
			config := entries(answers[0].Configs)
			if len(config) != 1 {
				return 0, errors.New("the answer lacks it")
			}
			return strconv.ParseInt(config[0].Value, 10, 64)
		},
	}.run(ctx)
	return millis
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
