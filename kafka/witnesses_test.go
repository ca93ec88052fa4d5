package kafka

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// Who is behind is told by the quorum's leader, on its clock.
func TestKeepingUp(t *testing.T) {
	quorum := sync.Quorum{
		Leader: 100,
		Voters: []sync.QuorumReplica{{ID: 100, LastCaughtUpMillis: 90_000}, {ID: 101, LastCaughtUpMillis: 50_000}},
		Observers: []sync.QuorumReplica{
			{ID: 0, LastCaughtUpMillis: 89_500},
			{ID: 1, LastCaughtUpMillis: 60_000},
			{ID: 2, LastCaughtUpMillis: -1},
			{ID: 4, LastCaughtUpMillis: 88_000},
		},
	}
	if got := keepingUp(&quorum, []int32{0, 1, 2, 3, 4}); !cmp.Equal(got, []int32{0, 4}) {
		t.Errorf("got %v", got)
	}
	alone := sync.Quorum{Leader: 0, Voters: []sync.QuorumReplica{{ID: 0, LastCaughtUpMillis: -1}}}
	if got := keepingUp(&alone, []int32{0}); !cmp.Equal(got, []int32{0}) {
		t.Errorf("got %v of a cluster of one", got)
	}
}

// partitionSaid is one partition as a broker tells it.
func partitionSaid(number, epoch, leader int32, replicas, isr []int32) kmsg.MetadataResponseTopicPartition {
	partition := kmsg.NewMetadataResponseTopicPartition()
	partition.Partition, partition.LeaderEpoch, partition.Leader = number, epoch, leader
	partition.Replicas, partition.ISR = replicas, isr
	return partition
}

func topicSaid(name string, id byte, partitions ...kmsg.MetadataResponseTopicPartition) kmsg.MetadataResponseTopic {
	topic := kmsg.NewMetadataResponseTopic()
	topic.Topic, topic.TopicID, topic.Partitions = &name, [16]byte{id}, partitions
	return topic
}

// Whichever of two brokers knows less, what both stand for is the same.
func TestWitnessesAgree(t *testing.T) {
	says := func(which string) []kmsg.MetadataResponseTopic {
		if which == "awake" {
			return []kmsg.MetadataResponseTopic{
				topicSaid("orders", 1,
					partitionSaid(0, 5, 2, []int32{1, 2, 3}, []int32{2, 3}), // broker 1 was fenced, and led
					partitionSaid(1, 5, 2, []int32{1, 2, 3}, []int32{2, 3}), // it was fenced, and did not lead
					partitionSaid(2, 7, 3, []int32{3, 4}, []int32{3, 4}),    // a replica moves
					partitionSaid(3, 0, 3, []int32{3}, []int32{3})),         // is new
				topicSaid("new", 2, partitionSaid(0, 0, 1, []int32{1}, []int32{1})),
			}
		}
		return []kmsg.MetadataResponseTopic{topicSaid("orders", 1,
			partitionSaid(0, 4, 1, []int32{1, 2, 3}, []int32{1, 2, 3}),
			partitionSaid(1, 5, 2, []int32{1, 2, 3}, []int32{1, 2, 3}),
			partitionSaid(2, 7, 3, []int32{2, 3}, []int32{2, 3}))}
	}
	want := map[string][]sync.Partition{
		"orders": {
			{Topic: "orders", Partition: 0, Leader: 2, Replicas: []int32{1, 2, 3}, ISR: []int32{2, 3}, MinISR: 1},
			{Topic: "orders", Partition: 1, Leader: 2, Replicas: []int32{1, 2, 3}, ISR: []int32{2, 3}, MinISR: 1},
			{Topic: "orders", Partition: 2, Leader: 3, Replicas: []int32{2, 3, 4}, ISR: []int32{3}, MinISR: 1},
			{Topic: "orders", Partition: 3, Leader: 3, Replicas: []int32{3}, ISR: []int32{3}, MinISR: 1},
		},
		"new": {{Topic: "new", Partition: 0, Leader: 1, Replicas: []int32{1}, ISR: []int32{1}, MinISR: 1}},
	}
	for _, order := range [][2]string{{"awake", "asleep"}, {"asleep", "awake"}} {
		got := map[string][]sync.Partition{}
		topics := agree(says(order[0]), says(order[1]))
		for i := range topics {
			partitions := partitionsOf(&topics[i], 1)
			for j := range partitions {
				slices.Sort(partitions[j].Replicas)
			}
			got[*topics[i].Topic] = partitions
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", order, diff)
		}
	}
}

// The one broker that is asked first has not heard of a topic yet. Whoever is told that there is none makes it, and
// takes it for his own.
func TestOneBrokerAloneDoesNotDenyATopic(t *testing.T) {
	cluster := fake(t, kfake.SeedTopics(1, "orders"))
	u := newUser(t, plaintext(cluster.ListenAddrs()...))
	denied := false
	cluster.ControlKey(int16(kmsg.Metadata), func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		asked := request.(*kmsg.MetadataRequest)
		if denied || len(asked.Topics) != 1 {
			return nil, nil, false
		}
		denied = true
		response := request.ResponseKind().(*kmsg.MetadataResponse)
		topic := topicSaid(*asked.Topics[0].Topic, 0)
		topic.ErrorCode = kerr.UnknownTopicOrPartition.Code
		response.Topics = append(response.Topics, topic)
		return response, nil, true
	})
	if topic := known(t, u.ask(sync.KafkaQuestions{Topic: "orders"}).Topic); !denied || !topic.Exists {
		t.Errorf("denied: %t, got %+v", denied, topic)
	}
	if topic := known(t, u.ask(sync.KafkaQuestions{Topic: "payments"}).Topic); topic.Exists {
		t.Errorf("got %+v", topic)
	}
}

// A broker that does not know a topic's configuration yet does not hide the topic: others are asked, and if none of
// them tells, the topic is there all the same, and what it holds is not known.
func TestOneBrokerAloneDoesNotHideATopic(t *testing.T) {
	for name, c := range map[string]struct {
		denials int
		want    string
	}{
		"another one tells": {1, ""},
		"nobody tells":      {9, "brokers do not know topic orders, and others do"},
	} {
		for what, questions := range map[string]sync.KafkaQuestions{
			"partitions": {Partitions: true}, "topic": {Topic: "orders"},
		} {
			t.Run(name+", "+what, func(t *testing.T) {
				cluster := fake(t, kfake.SeedTopics(1, "orders"))
				denied := 0
				cluster.ControlKey(int16(kmsg.DescribeConfigs), func(request kmsg.Request) (kmsg.Response, error, bool) {
					cluster.KeepControl()
					if denied++; denied > c.denials {
						return nil, nil, false
					}
					response := request.ResponseKind().(*kmsg.DescribeConfigsResponse)
					resource := kmsg.NewDescribeConfigsResponseResource()
					resource.ResourceType, resource.ResourceName = kmsg.ConfigResourceTypeTopic, "orders"
					resource.ErrorCode = kerr.UnknownTopicOrPartition.Code
					response.Resources = append(response.Resources, resource)
					return response, nil, true
				})
				facts := newUser(t, plaintext(cluster.ListenAddrs()...)).ask(questions)
				why := facts.Partitions.Why()
				if questions.Topic != "" {
					why = facts.Topic.Why()
				}
				if (why == "") != (c.want == "") || !strings.Contains(why, c.want) {
					t.Errorf("got %q, want %q", why, c.want)
				}
			})
		}
	}
}
