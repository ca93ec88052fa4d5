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

// freshMetadata asks for these topics, none of them for all. A broker that is cut off from the controller, or wakes up
// after a pause, goes on to answer with what it knew, and would have replicas in sync that are not. So those are asked
// that keep up with the metadata log, and two of them: what a broker has read from the log it makes its own a little
// later.
func (c *client) freshMetadata(ctx context.Context, names ...string) ([]kmsg.MetadataResponseTopic, error) {
	brokers, err := c.upToDate(ctx)
	if errors.Is(err, kerr.UnsupportedVersion) { // there is no quorum before KRaft
		return c.metadata(ctx, names...)
	}
	if err != nil {
		return nil, err
	}
	const witnesses = 2
	responses, err := contest[int32, *kmsg.MetadataResponse]{
		candidates: brokers, after: answerAfter,
		try: func(ctx context.Context, broker int32) (*kmsg.MetadataResponse, error) {
			return call[*kmsg.MetadataResponse](ctx, c, broker, metadataOf(names)())
		},
	}.some(ctx, min(witnesses, len(brokers)))
	if err != nil {
		return nil, fmt.Errorf("fetch metadata: %w", err)
	}
	topics, err := topicsOf(responses[0])
	if err != nil || len(responses) == 1 {
		return topics, err
	}
	second, err := topicsOf(responses[1])
	return agree(topics, second), err
}

// freshConfigs is describe of topics that the broker which was asked first does not know.
func (c *client) freshConfigs(
	ctx context.Context, questions []sync.ConfigQuestion,
) ([]kmsg.DescribeConfigsResponseResource, error) {
	brokers, err := c.upToDate(ctx)
	if errors.Is(err, kerr.UnsupportedVersion) {
		return c.describe(ctx, anyBroker, questions)
	}
	if err != nil {
		return nil, err
	}
	return contest[int32, []kmsg.DescribeConfigsResponseResource]{
		candidates: brokers, after: answerAfter,
		try: func(ctx context.Context, broker int32) ([]kmsg.DescribeConfigsResponseResource, error) {
			return c.describe(ctx, broker, questions)
		},
	}.run(ctx)
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

// gone fails unless these topics are: a broker that does not know them may only be the last one to hear of them.
func (c *client) gone(ctx context.Context, names ...string) error {
	if len(names) == 0 {
		return nil
	}
	topics, err := c.freshMetadata(ctx, names...)
	if err != nil {
		return err
	}
	if topics = existing(topics); len(topics) > 0 {
		return fmt.Errorf("a broker does not know topic %s, and others do", *topics[0].Topic)
	}
	return nil
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
