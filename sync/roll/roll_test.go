package roll

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/availability"
)

// newCluster returns three controllers and six brokers in three racks, all ready and due, with partitions that are
// spread over the racks.
func newCluster(concurrent int) *Cluster {
	c := &Cluster{
		KRaft: true, Concurrent: concurrent, Kafka: &sync.KafkaFacts{}, Rules: availability.Rules{FailureThreshold: 1},
	}
	quorum := sync.Quorum{Leader: 1}
	for id := range int32(3) {
		c.Nodes = append(c.Nodes, Node{ID: id, Name: "controller " + string('0'+id), Group: "controllers", Controller: true})
		quorum.Voters = append(quorum.Voters, sync.QuorumReplica{ID: id, LastCaughtUpMillis: 1000})
	}
	live := sync.KafkaCluster{Controller: 3}
	for id := range int32(6) {
		c.Nodes = append(c.Nodes, Node{
			ID: 3 + id, Name: "broker " + string('3'+id), Group: "brokers", Rack: string('a' + id%3), Broker: true,
		})
		live.Brokers = append(live.Brokers, 3+id)
	}
	for i := range c.Nodes {
		c.Nodes[i].Ready, c.Nodes[i].Running, c.Nodes[i].Due = true, true, true
	}
	c.Kafka.Cluster, c.Kafka.Quorum = sync.Known(live), sync.Known(quorum)
	c.Kafka.Partitions = sync.Known([]sync.Partition{
		spread("orders", 3, 4, 5), spread("orders", 6, 7, 8), spread("clicks", 3, 7, 5),
	})
	return c
}

func spread(topic string, replicas ...int32) sync.Partition {
	return sync.Partition{Topic: topic, Leader: replicas[0], Replicas: replicas, ISR: replicas, MinISR: 2}
}

// done says that a node runs what is asked for.
func done(ids ...int32) func(*Cluster) {
	return func(c *Cluster) {
		for _, id := range ids {
			c.node(id).Due = false
		}
	}
}

// down says that a node is not ready.
func down(ids ...int32) func(*Cluster) {
	return func(c *Cluster) {
		for _, id := range ids {
			c.node(id).Ready = false
		}
	}
}

func TestOrder(t *testing.T) {
	c := newCluster(1)
	if diff := cmp.Diff([]int32{3, 6, 4, 7, 5, 8, 0, 2, 1}, c.Order()); diff != "" {
		t.Errorf("rack by rack, controllers after brokers, the leader last: -want +got\n%s", diff)
	}
	c.node(8).Ready, c.node(0).Running, c.node(0).Ready = false, false, false
	done(3)(c)
	if diff := cmp.Diff([]int32{0, 8, 6, 4, 7, 5, 2, 1}, c.Order()); diff != "" {
		t.Errorf("what does not run, then what is not ready: -want +got\n%s", diff)
	}
	c.node(2).Announced, c.node(2).Ready = true, false
	if diff := cmp.Diff([]int32{0, 2, 8, 6, 4, 7, 5, 1}, c.Order()); diff != "" {
		t.Errorf("the one that was announced before what is not ready: -want +got\n%s", diff)
	}
	c = newCluster(1)
	c.KRaft = false
	if order := c.Order(); order[len(order)-1] != 3 {
		t.Errorf("with ZooKeeper the active controller is a broker, and the last: %v", order)
	}
}

func TestNext(t *testing.T) {
	cases := map[string]struct {
		concurrent int
		given      []func(*Cluster)
		stop       []int32
		waits      string
	}{
		"one at a time":          {1, []func(*Cluster){done(3)}, []int32{6}, ""},
		"the first goes alone":   {2, nil, []int32{3}, ""},
		"then two of a rack":     {2, []func(*Cluster){done(3, 6)}, []int32{4, 7}, ""},
		"no more than two":       {2, []func(*Cluster){done(3, 6, 4)}, []int32{7}, ""},
		"the first is awaited":   {2, []func(*Cluster){done(3), down(3), allow(3)}, nil, "no other runs"},
		"one of the rack starts": {2, []func(*Cluster){done(3, 6, 4), down(4)}, []int32{7}, ""},
		"two of the rack start":  {2, []func(*Cluster){done(3, 6, 4), down(4, 3)}, nil, "different racks"},
		"a stuck one stops all":  {3, []func(*Cluster){done(3, 6, 4), down(4), stuck(4)}, nil, "ImagePullBackOff"},
		"a rack is not known":    {2, []func(*Cluster){done(3, 6), rack(8, "")}, []int32{8}, ""},
		"two on one partition":   {2, []func(*Cluster){done(3, 6), placed(spread("bad", 4, 7, 5))}, []int32{4}, ""},
		"one off that partition": {
			3, []func(*Cluster){done(3, 6), rack(8, "b"), placed(spread("bad", 4, 7, 5))}, []int32{4, 8}, "",
		},
		"controllers alone":            {3, []func(*Cluster){done(3, 4, 5, 6, 7, 8)}, []int32{0}, ""},
		"controllers wait for brokers": {3, []func(*Cluster){done(3, 4, 5, 6, 7, 8), down(4)}, nil, "alone"},
		"brokers wait for controllers": {3, []func(*Cluster){done(3, 2), down(2)}, nil, "alone"},
		"an unlisted broker":           {1, []func(*Cluster){live(3, 4, 5, 6, 7, 8, 9)}, nil, "broker 9"},
		"one that is not live":         {1, []func(*Cluster){live(3, 4, 5, 6, 7), done(8)}, nil, "the Pod of broker 8"},
		"one not live is the first":    {1, []func(*Cluster){live(3, 4, 5, 6, 7)}, []int32{8}, ""},
		"no leader of the quorum":      {1, []func(*Cluster){leaderless}, nil, "no leader"},
		"nothing is due":               {1, []func(*Cluster){done(0, 1, 2, 3, 4, 5, 6, 7, 8)}, nil, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			cluster := newCluster(c.concurrent)
			for _, change := range c.given {
				change(cluster)
			}
			wave := cluster.Next(cluster.Order())
			if diff := cmp.Diff(c.stop, wave.Stop); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if (wave.Waits == "") != (c.waits == "") || !strings.Contains(wave.Waits, c.waits) {
				t.Errorf("waits %q, want %q", wave.Waits, c.waits)
			}
			if len(wave.Stop) > 0 && cluster.Stop(wave.Stop...) != "" {
				t.Errorf("the law forbids what the plan does: %s", cluster.Stop(wave.Stop...))
			}
		})
	}
}

// The law alone, asked for what the plan would not choose.
func TestStop(t *testing.T) {
	c := newCluster(2)
	for want, ids := range map[string][]int32{
		"":                                      {3, 6},
		"different racks":                       {3, 4},
		"a controller restarts alone":           {0, 2},
		"at most 2 of a rack":                   {3, 6, 4},
		"node 17 is none of this cluster's":     {17},
		"would be stopped at once: brokers of ": {4, 5},
	} {
		if want == "at most 2 of a rack" {
			rack(4, "a")(c)
		}
		if got := c.Stop(ids...); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%v: got %q, want %q", ids, got, want)
		}
		rack(4, "b")(c)
	}
	c.Kafka.Cluster = sync.UnknownFact[sync.KafkaCluster]("it is late")
	if got := c.Stop(3); !strings.Contains(got, "it is late") {
		t.Errorf("without a word of Kafka: %q", got)
	}
}

func TestLeaders(t *testing.T) {
	c := newCluster(1)
	partitions, _ := c.Kafka.Partitions.Get()
	partitions[0].Leader = 4
	partitions[1].Leader, partitions[1].ISR = 7, []int32{7, 8}
	partitions[2].Leader = 5
	want := []sync.TopicPartition{{Topic: "clicks"}, {Topic: "orders"}}
	got, known := Leaders(c.Kafka)
	if diff := cmp.Diff(Misled{Elect: want, Lag: 1}, got); diff != "" || !known {
		t.Errorf("known %t, -want +got\n%s", known, diff)
	}
	left := "3 partitions led by another replica than the first, which is not in sync yet in 1 of them"
	if got.Left() != left {
		t.Errorf("left is %q, want %q", got.Left(), left)
	}
	many := Misled{Elect: make([]sync.TopicPartition, 501)}
	if diff := cmp.Diff(want, got.Batch()); diff != "" || len(many.Batch()) != 500 {
		t.Errorf("a batch has %d partitions; -want +got\n%s", len(many.Batch()), diff)
	}
	live(4, 5, 7, 8)(c)
	if got, _ := Leaders(c.Kafka); len(got.Elect) != 0 || got.Lag != 0 {
		t.Errorf("the preferred leaders are not live: %v", got)
	}
	c.Kafka.Partitions = sync.UnknownFact[[]sync.Partition]("it is late")
	if _, known := Leaders(c.Kafka); known {
		t.Error("known without a word of Kafka")
	}
}

func stuck(id int32) func(*Cluster) {
	return func(c *Cluster) { c.node(id).Stuck = "ImagePullBackOff" }
}

func rack(id int32, rack string) func(*Cluster) {
	return func(c *Cluster) { c.node(id).Rack = rack }
}

func allow(failures int) func(*Cluster) {
	return func(c *Cluster) { c.Rules.FailureThreshold = failures }
}

func placed(p sync.Partition) func(*Cluster) {
	return func(c *Cluster) {
		partitions, _ := c.Kafka.Partitions.Get()
		c.Kafka.Partitions = sync.Known(append(slices.Clone(partitions), p))
	}
}

func live(ids ...int32) func(*Cluster) {
	return func(c *Cluster) { c.Kafka.Cluster = sync.Known(sync.KafkaCluster{Brokers: ids}) }
}

func leaderless(c *Cluster) {
	quorum, _ := c.Kafka.Quorum.Get()
	quorum.Leader = -1
	c.Kafka.Quorum = sync.Known(quorum)
}
