package roll

import (
	"context"
	"fmt"
	"maps"
	gosync "sync"
	"testing"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

const (
	topic      = "records"
	partitions = 6
	replicas   = 3
	minISR     = 2
	// recordPause is between two records: a hundred a second show every gap, and leave the machine to the brokers.
	recordPause = 10 * time.Millisecond
)

// traffic is a producer with acks=all and a consumer that run all the time, and what was acknowledged and read.
type traffic struct {
	t         *testing.T
	bootstrap string
	stop      context.CancelFunc
	workers   gosync.WaitGroup

	mu          gosync.Mutex
	sent        int
	acked       map[string]place // by record
	read        map[place]string
	places      map[string]int // at how many places a record lies
	duplicates  int
	longestWait time.Duration
	waited      string // which record waited so long, and when
}

type place struct {
	partition int32
	offset    confluent.Offset
}

// newTraffic creates the topic and starts. It ends with the test, if not before.
func newTraffic(t *testing.T, bootstrap string) *traffic {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	tr := &traffic{
		t: t, bootstrap: bootstrap, stop: stop,
		acked: map[string]place{}, read: map[place]string{}, places: map[string]int{},
	}
	tr.createTopic()
	producer, err := confluent.NewProducer(wellConfigured(bootstrap, confluent.ConfigMap{
		"acks": "all", "enable.idempotence": true, "linger.ms": 5,
		// With more requests under way, librdkafka takes a failed one for done when a later one succeeds. A broker that has
		// heard nothing of this producer yet accepts the later one alone, and the records of the first are nowhere
		// (https://github.com/confluentinc/librdkafka/pull/2081).
		"max.in.flight.requests.per.connection": 1,
		"delivery.timeout.ms":                   int((10 * time.Minute).Milliseconds()),
	}))
	if err != nil {
		t.Fatal(err)
	}
	consumer, err := confluent.NewConsumer(wellConfigured(bootstrap, confluent.ConfigMap{
		"group.id": "readers", "auto.offset.reset": "earliest",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if err := consumer.Subscribe(topic, nil); err != nil {
		t.Fatal(err)
	}
	tr.workers.Go(func() { tr.produce(ctx, producer) })
	tr.workers.Go(func() { tr.consume(ctx, consumer) })
	t.Cleanup(func() {
		tr.stop()
		tr.workers.Wait()
	})
	return tr
}

// wellConfigured is a client as docs/rolling.md advises: a broker that comes back has another address, and
// librdkafka's own defaults wait 30 s for the old one to answer and up to 10 s before the next attempt.
func wellConfigured(bootstrap string, client confluent.ConfigMap) *confluent.ConfigMap {
	client["bootstrap.servers"], client["log_level"] = bootstrap, 2
	client["socket.connection.setup.timeout.ms"], client["reconnect.backoff.max.ms"] = 3000, 1000
	return &client
}

// createTopic asks again until Kafka has it: right after its start, a quorum may still change its leader.
func (tr *traffic) createTopic() {
	tr.t.Helper()
	admin, err := confluent.NewAdminClient(&confluent.ConfigMap{"bootstrap.servers": tr.bootstrap, "log_level": 2})
	if err != nil {
		tr.t.Fatal(err)
	}
	defer admin.Close()
	specification := []confluent.TopicSpecification{{
		Topic: topic, NumPartitions: partitions, ReplicationFactor: replicas,
		Config: map[string]string{"min.insync.replicas": fmt.Sprint(minISR)},
	}}
	until(tr.t, "the topic to be created", func() string {
		results, err := admin.CreateTopics(tr.t.Context(), specification,
			confluent.SetAdminRequestTimeout(5*time.Second), confluent.SetAdminOperationTimeout(5*time.Second))
		if err != nil {
			return err.Error()
		}
		if code := results[0].Error.Code(); code != confluent.ErrNoError && code != confluent.ErrTopicAlreadyExists {
			return results[0].Error.String()
		}
		return ""
	})
}

// produce sends a record at a time, and ends when every one is answered for.
func (tr *traffic) produce(ctx context.Context, producer *confluent.Producer) {
	defer producer.Close()
	reports := make(chan confluent.Event, 1000)
	open := 0
	tick := time.NewTicker(recordPause)
	defer tick.Stop()
	for ctx.Err() == nil || open > 0 {
		select {
		case event := <-reports:
			open--
			tr.delivered(event.(*confluent.Message))
		case <-tick.C:
			if ctx.Err() != nil {
				continue
			}
			if err := tr.send(producer, reports); err != nil {
				tr.t.Errorf("a record can not be sent: %v", err)
				return
			}
			open++
		}
	}
}

func (tr *traffic) send(producer *confluent.Producer, reports chan confluent.Event) error {
	tr.mu.Lock()
	tr.sent++
	text, name := fmt.Sprintf("record %d", tr.sent), topic
	tr.mu.Unlock()
	return producer.Produce(&confluent.Message{
		TopicPartition: confluent.TopicPartition{Topic: &name, Partition: confluent.PartitionAny},
		Key:            []byte(text), Value: []byte(text), Opaque: time.Now(),
	}, reports)
}

func (tr *traffic) delivered(message *confluent.Message) {
	at := message.TopicPartition
	if at.Error != nil {
		tr.t.Errorf("%s is not acknowledged: %v", message.Value, at.Error)
		return
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.acked[string(message.Value)] = place{at.Partition, at.Offset}
	if wait := time.Since(message.Opaque.(time.Time)); wait > tr.longestWait {
		tr.longestWait = wait
		tr.waited = fmt.Sprintf("%s, to partition %d, until %s", message.Value, at.Partition, time.Now().Format("15:04:05.0"))
	}
}

func (tr *traffic) consume(ctx context.Context, consumer *confluent.Consumer) {
	defer func() { _ = consumer.Close() }()
	for ctx.Err() == nil {
		if message, isMessage := consumer.Poll(100).(*confluent.Message); isMessage {
			tr.got(message)
		}
	}
}

func (tr *traffic) got(message *confluent.Message) {
	at, text := place{message.TopicPartition.Partition, message.TopicPartition.Offset}, string(message.Value)
	tr.mu.Lock()
	defer tr.mu.Unlock()
	before, known := tr.read[at]
	if known && before != text {
		tr.t.Errorf("%+v held %q and holds %q", at, before, text)
	}
	if known {
		return // a consumer that was reassigned reads some records again
	}
	tr.read[at] = text
	if tr.places[text]++; tr.places[text] > 1 {
		tr.duplicates++
	}
}

// count is what happened since the last count.
type count struct {
	acked, lost, duplicates int
	longestWait             time.Duration
	waited                  string
}

// begin starts a count.
func (tr *traffic) begin() (ackedBefore, duplicatesBefore int) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.longestWait = 0
	return len(tr.acked), tr.duplicates
}

// settle waits until the consumer has read all that is acknowledged by now; what it can not read is lost.
func (tr *traffic) settle(ackedBefore, duplicatesBefore int) count {
	tr.t.Helper()
	tr.mu.Lock()
	acked := maps.Clone(tr.acked)
	c := count{acked: len(acked) - ackedBefore, longestWait: tr.longestWait, waited: tr.waited}
	tr.mu.Unlock()
	last := attempt(tr.t, func() string {
		var one string
		c.lost, one = tr.unread(acked)
		return missingUnless(c.lost == 0, fmt.Sprintf("%d records are not read: %s", c.lost, one))
	})
	if last != "" {
		tr.t.Error(last)
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	c.duplicates = tr.duplicates - duplicatesBefore
	return c
}

// unread counts those of the acknowledged records that the consumer has not read, and names one.
func (tr *traffic) unread(acked map[string]place) (unread int, one string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for text, at := range acked {
		if !at.holds(text, tr.read, tr.places) {
			unread++
			one = fmt.Sprintf("%q was acknowledged at %+v", text, at)
		}
	}
	return unread, one
}

// holds says that a record is where it was acknowledged. A producer that sends a record again, and hears that it is
// there already, knows that it is, and not at which offset.
func (p place) holds(text string, read map[place]string, places map[string]int) bool {
	if p.offset < 0 {
		return places[text] > 0
	}
	return read[p] == text
}

// end stops the traffic and reads the whole topic once more: all that was ever acknowledged is still where it was said
// to be.
func (tr *traffic) end() {
	tr.t.Helper()
	tr.stop()
	tr.workers.Wait()
	if len(tr.acked) != tr.sent {
		tr.t.Errorf("%d of %d records are acknowledged", len(tr.acked), tr.sent)
	}
	read, places := tr.readAll(), map[string]int{}
	for _, text := range read {
		places[text]++
	}
	for text, at := range tr.acked {
		if !at.holds(text, read, places) {
			tr.t.Errorf("%q was acknowledged at %+v, where now is %q", text, at, read[at])
		}
	}
	tr.t.Logf("%d records went in with acks=all; %d are there at the end", len(tr.acked), len(read))
}

func (tr *traffic) readAll() map[place]string {
	tr.t.Helper()
	consumer, err := confluent.NewConsumer(&confluent.ConfigMap{
		"bootstrap.servers": tr.bootstrap, "group.id": "auditor", "enable.auto.commit": false,
		"enable.partition.eof": true, "log_level": 2,
	})
	if err != nil {
		tr.t.Fatal(err)
	}
	defer func() { _ = consumer.Close() }()
	name := topic
	var all []confluent.TopicPartition
	for partition := range int32(partitions) {
		all = append(all, confluent.TopicPartition{Topic: &name, Partition: partition, Offset: confluent.OffsetBeginning})
	}
	if err := consumer.Assign(all); err != nil {
		tr.t.Fatal(err)
	}
	read := map[place]string{}
	for ends, deadline := 0, time.Now().Add(patience); ends < partitions; {
		if time.Now().After(deadline) {
			tr.t.Fatalf("%d records are read after %s", len(read), patience)
		}
		switch event := consumer.Poll(100).(type) {
		case *confluent.Message:
			read[place{event.TopicPartition.Partition, event.TopicPartition.Offset}] = string(event.Value)
		case confluent.PartitionEOF:
			ends++
		}
	}
	return read
}
