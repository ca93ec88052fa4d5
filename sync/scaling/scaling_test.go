package scaling_test

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/graceful"
	"github.com/kompositor/kompositor/sync/scaling"
)

// settle decides for brokers 1 and 2, which are listed, and broker 3, which leaves.
func settle(held string, partitions sync.Fact[[]sync.Partition]) (scaling.Settled, *graceful.Set) {
	parent := &v1beta1.KafkaCluster{ObjectMeta: metav1.ObjectMeta{Name: "demo", Namespace: "kafka"}}
	set := graceful.NewSet(children.NewCluster(parent, "", children.Quorum{}, nil), nil, "")
	known := v1beta1.GracefulActionState{CruiseControlState: v1beta1.GracefulUpscaleSucceeded}
	known.VolumeStates = map[string]v1beta1.VolumeState{"/data": {}}
	return scaling.Settle(&scaling.Situation{
		Brokers: []scaling.Broker{
			{ID: 1, Listed: true, Ready: true, Known: true, State: known},
			{ID: 2, Listed: true, Ready: true, Known: true, State: known},
			{ID: 3, Ready: true, Known: true, State: known, Held: held},
		},
		Partitions: &partitions, Operations: set, Started: true, Now: time.Unix(0, 0),
	}), set
}

func partition(topic string, number int32, replicas ...int32) sync.Partition {
	return sync.Partition{Topic: topic, Partition: number, Replicas: replicas}
}

func TestRemoval(t *testing.T) {
	for _, test := range []struct {
		name       string
		held       string
		partitions sync.Fact[[]sync.Partition]
		operations int
		waits      string
	}{
		{
			name: "a broker with replicas is emptied", operations: 1, waits: "it holds 1 replica and is being emptied by",
			partitions: sync.Known([]sync.Partition{partition("a", 0, 2, 3)}),
		},
		{
			name: "three replicas have no room on two brokers", waits: "topic b has 3 replicas of each partition, and 2 " +
				"brokers would stay; list 1 broker again",
			partitions: sync.Known([]sync.Partition{partition("a", 0, 1), partition("b", 0, 1, 2, 3)}),
		},
		{
			// While its replica goes from 3 to 2, a partition has both.
			name: "a partition that is being moved", operations: 1, waits: "it holds 1 replica and is being emptied by",
			partitions: sync.Known([]sync.Partition{partition("a", 0, 1, 2, 3), partition("a", 1, 1, 2)}),
		},
		{name: "nobody knows", partitions: sync.UnknownFact[[]sync.Partition]("Kafka is away")},
		{name: "it holds nothing", partitions: sync.Known([]sync.Partition{partition("a", 0, 1, 2)})},
		{
			name: "it is to stay for another reason", held: "it is a voter of a static quorum",
			partitions: sync.Known([]sync.Partition{partition("a", 0, 2, 3)}),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			settled, set := settle(test.held, test.partitions)
			if got := len(set.Children()); got != test.operations {
				t.Errorf("%d operations, want %d", got, test.operations)
			}
			if got := settled.Waits[3]; !strings.Contains(got, test.waits) || (got == "") != (test.waits == "") {
				t.Errorf("it waits: %q, want %q", got, test.waits)
			}
			for id, state := range settled.States {
				if len(state.VolumeStates) != 1 {
					t.Errorf("broker %d has lost the states of its disks", id)
				}
			}
		})
	}
}
