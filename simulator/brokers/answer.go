package brokers

import (
	"errors"
	"slices"

	"github.com/kompositor/kompositor/sync"
)

// Answer answers Kompositor's questions, as an adapter over a real Kafka would.
func (k *Kafka) Answer(questions sync.Questions) sync.Facts {
	facts := sync.Facts{Now: k.Now()}
	ask := questions.Kafka
	if ask == nil {
		return facts
	}
	broker, why := k.connect(ask.Connection)
	if broker == nil {
		facts.Kafka = questions.Unanswered(sync.AdapterKafka, why).Kafka
		return facts
	}
	cluster := broker.cluster
	if ask.Cluster {
		facts.Kafka.Cluster = sync.Known(sync.KafkaCluster{
			ID: cluster.ID, Controller: cluster.leader, Brokers: cluster.Live(), Racks: cluster.racksOfLive(),
		})
	}
	if ask.Quorum {
		facts.Kafka.Quorum = k.quorum(cluster)
	}
	if ask.Features {
		facts.Kafka.Features = k.features(cluster)
	}
	if ask.Partitions {
		facts.Kafka.Partitions = sync.Known(cluster.Describe())
	}
	if len(ask.LogDirs) > 0 {
		facts.Kafka.LogDirs = k.logDirs(cluster, ask.LogDirs)
	}
	if ask.Topic != "" {
		facts.Kafka.Topic = sync.Known(cluster.describeTopic(ask.Topic))
	}
	if ask.User != nil {
		facts.Kafka.User = sync.Known(cluster.describeUser(ask.User, broker.values[authorizerKey] != ""))
	}
	if len(ask.Configs) > 0 {
		facts.Kafka.Configs = k.configs(cluster, ask.Configs)
	}
	return facts
}

// ElectPreferred gives partitions back to the first of their replicas where that one is live and in sync, as
// ElectLeaders does.
func (k *Kafka) ElectPreferred(connection sync.KafkaConnection, partitions []sync.TopicPartition) error {
	broker, why := k.connect(connection)
	if broker == nil {
		return errors.New(why)
	}
	cluster := broker.cluster
	for _, p := range cluster.partitions {
		preferred := p.Replicas[0]
		asked := slices.Contains(partitions, sync.TopicPartition{Topic: p.Topic, Partition: p.Number})
		if asked && cluster.serves(p, preferred) && slices.Contains(p.ISR, preferred) {
			p.Leader = preferred
		}
	}
	return nil
}

// connect returns a live broker that answers at one of the addresses, or why none does.
func (k *Kafka) connect(connection sync.KafkaConnection) (*process, string) {
	why := "no bootstrap address is known"
	for _, address := range connection.Bootstrap {
		for _, p := range k.dial(address) {
			if p.broker && !p.fenced {
				return p, ""
			}
		}
		why = address + " does not answer"
	}
	return nil, why
}

// quorum is the answer to DescribeQuorum.
func (k *Kafka) quorum(cluster *Cluster) sync.Fact[sync.Quorum] {
	if cluster.zooKeeper {
		return sync.UnknownFact[sync.Quorum]("the cluster runs with ZooKeeper and has no quorum of its own")
	}
	if cluster.leader < 0 {
		return sync.UnknownFact[sync.Quorum]("the quorum has no leader")
	}
	end, now := int64(1000), sinceEpoch(k.Now())
	quorum := sync.Quorum{Leader: cluster.leader}
	for _, id := range cluster.Voters() {
		voter := sync.QuorumReplica{ID: id, Directory: cluster.voters[id], LastCaughtUpMillis: -1}
		for _, p := range k.sorted() {
			if p.cluster == cluster && !p.other && votes(cluster.voters, p) && p.id == id && k.up(p) && p.stopping.IsZero() {
				voter.LogEndOffset, voter.LastCaughtUpMillis = end, now
			}
		}
		quorum.Voters = append(quorum.Voters, voter)
	}
	for _, p := range k.sorted() {
		if p.cluster == cluster && !p.other && !votes(cluster.voters, p) && k.up(p) && p.stopping.IsZero() {
			observer := sync.QuorumReplica{ID: p.id, Directory: p.directory, LogEndOffset: end, LastCaughtUpMillis: now}
			if k.Now().Sub(p.started) < startTime+catchUpTime {
				observer.LogEndOffset, observer.LastCaughtUpMillis = 0, -1
			}
			quorum.Observers = append(quorum.Observers, observer)
		}
	}
	slices.SortFunc(quorum.Observers, func(a, b sync.QuorumReplica) int { return int(a.ID - b.ID) })
	return sync.Known(quorum)
}

// Describe is the answer to DescribeTopics.
func (c *Cluster) Describe() []sync.Partition {
	result := make([]sync.Partition, 0, len(c.partitions))
	for _, p := range c.partitions {
		result = append(result, p.shown())
	}
	return result
}

// shown is a partition as Kafka describes it.
func (p *Partition) shown() sync.Partition {
	return sync.Partition{
		Topic: p.Topic, Partition: p.Number, Leader: p.Leader, MinISR: p.MinISR,
		Replicas: slices.Clone(p.Replicas), ISR: slices.Clone(p.ISR),
	}
}
