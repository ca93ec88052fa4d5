package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// two are asked, because what a broker has read from the metadata log it makes its own a little later.
const two = 2

// freshMetadata asks for all topics. A broker that is cut off from the controller, or wakes up after a pause, goes on
// to answer with what it knew, and would have replicas in sync that are not. So two of those are asked that keep up
// with the metadata log.
func (c *client) freshMetadata(ctx context.Context) ([]kmsg.MetadataResponseTopic, error) {
	brokers, err := c.upToDate(ctx)
	if errors.Is(err, kerr.UnsupportedVersion) { // there is no quorum before KRaft
		return c.metadata(ctx)
	}
	if err != nil {
		return nil, err
	}
	responses, err := c.metadataOfTwo(ctx, brokers, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch metadata: %w", err)
	}
	return agreed(responses)
}

// freshTopics asks for topics that a broker does not know: that one may only be the last to hear of them. Those that
// are not there are left out. Where only one broker can be reached, its word counts.
func (c *client) freshTopics(ctx context.Context, names ...string) ([]kmsg.MetadataResponseTopic, error) {
	brokers, err := c.witnesses(ctx)
	if err != nil {
		return nil, err
	}
	responses, err := c.metadataOfTwo(ctx, brokers, names)
	if len(responses) == 0 {
		return nil, fmt.Errorf("fetch metadata: %w", err)
	}
	topics, err := agreed(responses)
	return existing(topics), err
}

func (c *client) metadataOfTwo(
	ctx context.Context, brokers []int32, names []string,
) ([]*kmsg.MetadataResponse, error) {
	return contest[int32, *kmsg.MetadataResponse]{
		candidates: brokers, after: answerAfter,
		try: func(ctx context.Context, broker int32) (*kmsg.MetadataResponse, error) {
			return call[*kmsg.MetadataResponse](ctx, c, broker, metadataOf(names)())
		},
	}.some(ctx, min(two, len(brokers)))
}

func agreed(responses []*kmsg.MetadataResponse) ([]kmsg.MetadataResponseTopic, error) {
	topics, err := topicsOf(responses[0])
	if err != nil || len(responses) == 1 {
		return topics, err
	}
	second, err := topicsOf(responses[1])
	return agree(topics, second), err
}

// freshConfigs asks for the configuration of topics that a broker does not know. Those that are gone are left out.
func (c *client) freshConfigs(
	ctx context.Context, questions []sync.ConfigQuestion,
) (map[string]kmsg.DescribeConfigsResponseResource, error) {
	brokers, err := c.witnesses(ctx)
	if err != nil {
		return nil, err
	}
	answers, err := contest[int32, []kmsg.DescribeConfigsResponseResource]{
		candidates: brokers, after: answerAfter,
		try: func(ctx context.Context, broker int32) ([]kmsg.DescribeConfigsResponseResource, error) {
			return c.describe(ctx, broker, questions)
		},
	}.some(ctx, min(two, len(brokers)))
	if len(answers) == 0 {
		return nil, err
	}
	known := make(map[string]kmsg.DescribeConfigsResponseResource, len(questions))
	for _, answer := range slices.Concat(answers...) {
		if answer.ErrorCode != kerr.UnknownTopicOrPartition.Code {
			known[answer.ResourceName] = answer
		}
	}
	var denied []string
	for i := range questions {
		if _, tells := known[questions[i].Resource.Name]; !tells {
			denied = append(denied, questions[i].Resource.Name)
		}
	}
	if len(denied) == 0 {
		return known, nil
	}
	topics, err := c.freshTopics(ctx, denied...)
	if err != nil {
		return nil, err
	}
	if len(topics) > 0 {
		return nil, fmt.Errorf("brokers do not know topic %s, and others do", *topics[0].Topic)
	}
	return known, nil
}

// witnesses are those that are up to date, or, for whoever may not ask that and before KRaft, the live brokers. The
// last come first: the one that was asked already is mostly the first.
func (c *client) witnesses(ctx context.Context) ([]int32, error) {
	brokers, err := c.upToDate(ctx)
	if errors.Is(err, kerr.UnsupportedVersion) || errors.Is(err, kerr.ClusterAuthorizationFailed) {
		var cluster sync.KafkaCluster
		cluster, err = c.cluster(ctx)
		brokers = slices.Clone(cluster.Brokers)
	}
	slices.Reverse(brokers)
	return brokers, err
}

// upToDate are the live brokers that keep up with the metadata log, at least one.
func (c *client) upToDate(ctx context.Context) ([]int32, error) {
	quorum, err := c.describeQuorum(ctx)
	if err != nil {
		return nil, fmt.Errorf("see which brokers are up to date: %w", err)
	}
	cluster, err := c.cluster(ctx)
	if err != nil {
		return nil, err
	}
	brokers := keepingUp(&quorum, cluster.Brokers)
	if len(brokers) == 0 {
		return nil, errors.New("no live broker keeps up with the controller")
	}
	return brokers, nil
}

// existing leaves out those of which a broker says that there is no such topic.
func existing(topics []kmsg.MetadataResponseTopic) []kmsg.MetadataResponseTopic {
	return slices.DeleteFunc(slices.Clone(topics), func(t kmsg.MetadataResponseTopic) bool {
		return t.ErrorCode == kerr.UnknownTopicOrPartition.Code
	})
}

// agree changes what one broker says to what it and another one can both stand for. Of a partition that only one of
// them knows, that one is right; who has the later leader is right; and if they are of one mind about the leader, those
// replicas are in sync that both say are, and those are replicas that either says are.
func agree(topics, second []kmsg.MetadataResponseTopic) []kmsg.MetadataResponseTopic {
	type identity struct { // a topic of the same name may be another one, and one that is refused has no id
		name    string
		id      [16]byte
		refused int16
	}
	of := func(t *kmsg.MetadataResponseTopic) identity { return identity{*t.Topic, t.TopicID, t.ErrorCode} }
	known := make(map[identity]int, len(topics))
	for i := range topics {
		known[of(&topics[i])] = i
	}
	for i := range second {
		if at, ok := known[of(&second[i])]; ok {
			agreeOnTopic(&topics[at], &second[i])
		} else {
			topics = append(topics, second[i])
		}
	}
	return topics
}

func agreeOnTopic(topic, second *kmsg.MetadataResponseTopic) {
	known := make(map[int32]int, len(topic.Partitions))
	for i := range topic.Partitions {
		known[topic.Partitions[i].Partition] = i
	}
	for i := range second.Partitions {
		other := &second.Partitions[i]
		at, ok := known[other.Partition]
		if !ok {
			topic.Partitions = append(topic.Partitions, *other)
			continue
		}
		one := &topic.Partitions[at]
		switch {
		case other.LeaderEpoch > one.LeaderEpoch:
			*one = *other
		case other.LeaderEpoch == one.LeaderEpoch:
			one.ISR = slices.DeleteFunc(one.ISR, func(id int32) bool { return !slices.Contains(other.ISR, id) })
			for _, id := range other.Replicas {
				if !slices.Contains(one.Replicas, id) {
					one.Replicas = append(one.Replicas, id)
				}
			}
		}
	}
}

// keepingUp are those of the brokers that have not fallen behind the metadata log. They fetch at least twice a second;
// the times are all of the leader's clock.
func keepingUp(quorum *sync.Quorum, live []int32) []int32 {
	const behind = 2000 // milliseconds
	replicas := slices.Concat(quorum.Voters, quorum.Observers)
	newest := int64(-1)
	for i := range replicas {
		newest = max(newest, replicas[i].LastCaughtUpMillis)
	}
	return slices.DeleteFunc(slices.Clone(live), func(broker int32) bool {
		return broker != quorum.Leader && !slices.ContainsFunc(replicas, func(r sync.QuorumReplica) bool {
			return r.ID == broker && r.LastCaughtUpMillis >= 0 && newest-r.LastCaughtUpMillis <= behind
		})
	})
}
