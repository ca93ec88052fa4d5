package kafka_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

const (
	topic      = "records"
	partitions = 6
	// records is how many go in at once.
	records = 10_000
)

// ledger is a client of a cluster that remembers what was acknowledged, and where.
type ledger struct {
	t      *testing.T
	config confluent.ConfigMap
	told   map[place]string
	count  int
}

type place struct {
	partition int32
	offset    confluent.Offset
}

// newLedger creates the topic. security are settings over those of a plain client.
func newLedger(c *cluster, security confluent.ConfigMap) *ledger {
	c.t.Helper()
	config := confluent.ConfigMap{"bootstrap.servers": c.bootstrap}
	maps.Copy(config, security)
	l := &ledger{t: c.t, config: config, told: map[place]string{}}
	l.createTopic()
	return l
}

// with is the client's configuration with more in it.
func (l *ledger) with(more confluent.ConfigMap) *confluent.ConfigMap {
	config := confluent.ConfigMap{}
	for _, part := range []confluent.ConfigMap{l.config, more} {
		maps.Copy(config, part)
	}
	return &config
}

func (l *ledger) admin() *confluent.AdminClient {
	l.t.Helper()
	admin, err := confluent.NewAdminClient(l.with(nil))
	if err != nil {
		l.t.Fatal(err)
	}
	return admin
}

// createTopic asks again until Kafka has the topic: soon after its start a quorum may still change its leader, and the
// request that is with the old one then is answered late or never.
func (l *ledger) createTopic() {
	l.t.Helper()
	admin := l.admin()
	defer admin.Close()
	specification := []confluent.TopicSpecification{{
		Topic: topic, NumPartitions: partitions, ReplicationFactor: 3,
		Config: map[string]string{"min.insync.replicas": "2"},
	}}
	until(l.t, "the topic to be created", func() bool {
		results, err := admin.CreateTopics(l.t.Context(), specification,
			confluent.SetAdminRequestTimeout(10*time.Second), confluent.SetAdminOperationTimeout(10*time.Second))
		if err != nil {
			return false
		}
		code := results[0].Error.Code()
		return code == confluent.ErrNoError || code == confluent.ErrTopicAlreadyExists
	})
	l.inSync(3)
}

// inSync waits until every partition has that many replicas in sync.
func (l *ledger) inSync(replicas int) {
	l.t.Helper()
	admin := l.admin()
	defer admin.Close()
	until(l.t, fmt.Sprintf("%d replicas in sync of every partition", replicas), func() bool {
		name := topic
		metadata, err := admin.GetMetadata(&name, false, 5000)
		if err != nil || len(metadata.Topics[topic].Partitions) != partitions {
			return false
		}
		for _, partition := range metadata.Topics[topic].Partitions {
			if len(partition.Isrs) < replicas || partition.Leader < 0 {
				return false
			}
		}
		return true
	})
}

// produce sends records with acks=all, calls between when half of them are sent, and fails if one is not acknowledged.
func (l *ledger) produce(count int, between func()) {
	l.t.Helper()
	producer, err := confluent.NewProducer(l.with(confluent.ConfigMap{
		"acks": "all", "enable.idempotence": true, "linger.ms": 5, "delivery.timeout.ms": int(patience.Milliseconds()),
	}))
	if err != nil {
		l.t.Fatal(err)
	}
	defer producer.Close()
	reports := make(chan confluent.Event, count)
	for i := range count {
		if i == count/2 && between != nil {
			between()
		}
		text := fmt.Sprintf("record %d", l.count)
		l.count++
		name := topic
		if err := producer.Produce(&confluent.Message{
			TopicPartition: confluent.TopicPartition{Topic: &name, Partition: confluent.PartitionAny},
			Key:            []byte(text), Value: []byte(text),
		}, reports); err != nil {
			l.t.Fatal(err)
		}
	}
	for range count {
		message := (<-reports).(*confluent.Message)
		at := message.TopicPartition
		if at.Error != nil {
			l.t.Fatalf("%s is not acknowledged: %v", message.Value, at.Error)
		}
		l.told[place{at.Partition, at.Offset}] = string(message.Value)
	}
}

// check reads the whole topic and compares it with what was acknowledged: nothing is lost, nothing is there twice, and
// everything is where it was said to be.
func (l *ledger) check() {
	l.t.Helper()
	consumer, err := confluent.NewConsumer(l.with(confluent.ConfigMap{
		"group.id": "check", "enable.auto.commit": false, "enable.partition.eof": true,
	}))
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = consumer.Close() }()
	name := topic
	var all []confluent.TopicPartition
	for partition := range int32(partitions) {
		all = append(all, confluent.TopicPartition{Topic: &name, Partition: partition, Offset: confluent.OffsetBeginning})
	}
	if err := consumer.Assign(all); err != nil {
		l.t.Fatal(err)
	}
	read := map[place]string{}
	for ends, deadline := 0, time.Now().Add(patience); ends < partitions; {
		if time.Now().After(deadline) {
			l.t.Fatalf("read %d of %d records in %s", len(read), len(l.told), patience)
		}
		switch event := consumer.Poll(100).(type) {
		case *confluent.Message:
			read[place{event.TopicPartition.Partition, event.TopicPartition.Offset}] = string(event.Value)
		case confluent.PartitionEOF:
			ends++
		}
	}
	l.compare(read)
}

func (l *ledger) compare(read map[place]string) {
	l.t.Helper()
	wrong := 0
	for at, want := range l.told {
		if got := read[at]; got != want {
			if wrong++; wrong < 5 {
				l.t.Errorf("%q was acknowledged at %+v, where now is %q", want, at, got)
			}
		}
	}
	if wrong > 0 || len(read) != len(l.told) || len(l.told) != l.count {
		l.t.Fatalf("%d sent, %d acknowledged, %d read, %d lost or changed", l.count, len(l.told), len(read), wrong)
	}
	l.t.Logf("%d records went in with acks=all and came out", len(read))
}
