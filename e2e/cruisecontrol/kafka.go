package cruisecontrol

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// partition is where the replicas of a partition are, or are to be.
type partition struct {
	topic    string
	number   int32
	replicas []int32
}

// kafka is the cluster that is looked at and moved in.
type kafka struct{ client *kgo.Client }

// kafkaTimeout bounds one request: a broker that has just left is asked in vain at first.
const kafkaTimeout = 10 * time.Second

func newKafka(bootstrap string) (*kafka, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(bootstrap), kgo.DialTimeout(2*time.Second),
		kgo.RetryTimeout(kafkaTimeout), kgo.DisableClientMetrics())
	return &kafka{client: client}, err
}

// partitions are all partitions and all brokers, in order.
func (k *kafka) partitions(ctx context.Context) (partitions []partition, brokers []int32, err error) {
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	response, err := kmsg.NewPtrMetadataRequest().RequestWith(ctx, k.client)
	if err != nil {
		return nil, nil, err
	}
	for i := range response.Brokers {
		brokers = append(brokers, response.Brokers[i].NodeID)
	}
	for _, topic := range response.Topics {
		if err := kerr.ErrorForCode(topic.ErrorCode); err != nil {
			return nil, nil, err
		}
		for _, described := range topic.Partitions {
			partitions = append(partitions, partition{*topic.Topic, described.Partition, described.Replicas})
		}
	}
	slices.Sort(brokers)
	slices.SortFunc(partitions, func(a, b partition) int {
		if order := strings.Compare(a.topic, b.topic); order != 0 {
			return order
		}
		return int(a.number - b.number)
	})
	return partitions, brokers, nil
}

// reassigning are the partitions of which Kafka says that they are being moved.
func (k *kafka) reassigning(ctx context.Context) ([]partition, error) {
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	response, err := kmsg.NewPtrListPartitionReassignmentsRequest().RequestWith(ctx, k.client)
	if err == nil {
		err = kerr.ErrorForCode(response.ErrorCode)
	}
	if err != nil {
		return nil, fmt.Errorf("list what is being reassigned: %w", err)
	}
	var moving []partition
	for _, topic := range response.Topics {
		for i := range topic.Partitions {
			moving = append(moving, partition{topic.Topic, topic.Partitions[i].Partition, topic.Partitions[i].Replicas})
		}
	}
	return moving, nil
}

// reassign begins to move partitions; one without replicas is no longer moved.
func (k *kafka) reassign(ctx context.Context, moves []partition) error {
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	request := kmsg.NewPtrAlterPartitionAssignmentsRequest()
	for _, move := range moves {
		one := kmsg.NewAlterPartitionAssignmentsRequestTopicPartition()
		one.Partition, one.Replicas = move.number, move.replicas
		topic := kmsg.NewAlterPartitionAssignmentsRequestTopic()
		topic.Topic = move.topic
		topic.Partitions = append(topic.Partitions, one)
		request.Topics = append(request.Topics, topic)
	}
	response, err := request.RequestWith(ctx, k.client)
	if err == nil {
		err = kerr.ErrorForCode(response.ErrorCode)
	}
	if err != nil {
		return fmt.Errorf("reassign: %w", err)
	}
	var errs []error
	for _, topic := range response.Topics {
		for _, answered := range topic.Partitions {
			if err := kerr.ErrorForCode(answered.ErrorCode); err != nil && !errors.Is(err, kerr.NoReassignmentInProgress) {
				errs = append(errs, fmt.Errorf("reassign %s-%d: %w", topic.Topic, answered.Partition, err))
			}
		}
	}
	return errors.Join(errs...)
}

// The settings that bound what the moves of replicas take of the network. Source: KIP-73.
const (
	leaderRate       = "leader.replication.throttled.rate"
	followerRate     = "follower.replication.throttled.rate"
	leaderReplicas   = "leader.replication.throttled.replicas"
	followerReplicas = "follower.replication.throttled.replicas"
)

// throttle bounds the moves of all partitions of some topics to a rate, in bytes a second, at each broker.
func (k *kafka) throttle(ctx context.Context, brokers []int32, topics []string, rate string) error {
	all := "*"
	return k.configure(ctx, brokers, topics, setting{op: kmsg.IncrementalAlterConfigOpSet, rate: &rate, replicas: &all})
}

// unthrottle takes all bounds away.
func (k *kafka) unthrottle(ctx context.Context, brokers []int32, topics []string) error {
	return k.configure(ctx, brokers, topics, setting{op: kmsg.IncrementalAlterConfigOpDelete})
}

type setting struct {
	op             kmsg.IncrementalAlterConfigOp
	rate, replicas *string
}

func (k *kafka) configure(ctx context.Context, brokers []int32, topics []string, to setting) error {
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	request := kmsg.NewPtrIncrementalAlterConfigsRequest()
	add := func(kind kmsg.ConfigResourceType, name string, value *string, keys ...string) {
		resource := kmsg.NewIncrementalAlterConfigsRequestResource()
		resource.ResourceType, resource.ResourceName = kind, name
		for _, key := range keys {
			config := kmsg.NewIncrementalAlterConfigsRequestResourceConfig()
			config.Name, config.Op, config.Value = key, to.op, value
			resource.Configs = append(resource.Configs, config)
		}
		request.Resources = append(request.Resources, resource)
	}
	for _, broker := range brokers {
		add(kmsg.ConfigResourceTypeBroker, fmt.Sprint(broker), to.rate, leaderRate, followerRate)
	}
	for _, topic := range topics {
		add(kmsg.ConfigResourceTypeTopic, topic, to.replicas, leaderReplicas, followerReplicas)
	}
	var errs []error
	for _, shard := range k.client.RequestSharded(ctx, request) {
		errs = append(errs, shard.Err)
		if response, ok := shard.Resp.(*kmsg.IncrementalAlterConfigsResponse); ok && shard.Err == nil {
			for _, resource := range response.Resources {
				errs = append(errs, kerr.ErrorForCode(resource.ErrorCode))
			}
		}
	}
	return errors.Join(errs...)
}
