package live

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	gosync "sync"
	"testing"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

// The topic that is written to.
const (
	Topic      = "records"
	Partitions = 6
	replicas   = 3
	minISR     = 2
)

// Load is how much is written: so many records of so many bytes each time.
type Load struct {
	Every time.Duration
	// Records is at least one.
	Records int
	// Size of a record's value in bytes; it is never shorter than its name.
	Size int
}

// Traffic is a producer with acks=all and a consumer that run all the time, and what was acknowledged and read. Records
// are known by their number, from 0 on.
type Traffic struct {
	t         *testing.T
	bootstrap string
	load      Load
	stop      context.CancelFunc
	workers   gosync.WaitGroup

	mu          gosync.Mutex
	acked       []place // by record; nowhere until it is acknowledged
	answered    int
	read        map[place]int // which record lies there
	copies      []int         // at how many places a record lies
	duplicates  int
	longestWait time.Duration
	waited      string // which record waited so long, and when
}

type place struct {
	partition int32
	offset    confluent.Offset
}

// nowhere is the place of a record that is not acknowledged.
func nowhere() place { return place{partition: -1} }

// newTraffic creates the topic and starts: whatever is measured from then on meets records on their way. It ends with
// the test, if not before.
func newTraffic(t *testing.T, bootstrap string, load Load) *Traffic {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	tr := &Traffic{t: t, bootstrap: bootstrap, load: load, stop: stop, read: map[place]int{}}
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
	if err := consumer.Subscribe(Topic, nil); err != nil {
		t.Fatal(err)
	}
	tr.workers.Go(func() { tr.produce(ctx, producer) })
	tr.workers.Go(func() { tr.consume(ctx, consumer) })
	t.Cleanup(func() {
		tr.stop()
		tr.workers.Wait()
	})
	Until(t, "the first record to be acknowledged", func() string {
		tr.mu.Lock()
		defer tr.mu.Unlock()
		return MissingUnless(tr.answered > 0, "none is")
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
func (tr *Traffic) createTopic() {
	tr.t.Helper()
	admin, err := confluent.NewAdminClient(&confluent.ConfigMap{"bootstrap.servers": tr.bootstrap, "log_level": 2})
	if err != nil {
		tr.t.Fatal(err)
	}
	defer admin.Close()
	specification := []confluent.TopicSpecification{{
		Topic: Topic, NumPartitions: Partitions, ReplicationFactor: replicas,
		Config: map[string]string{"min.insync.replicas": strconv.Itoa(minISR)},
	}}
	Until(tr.t, "the topic to be created", func() string {
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

// produce sends the load again and again, and ends when every record is answered for.
func (tr *Traffic) produce(ctx context.Context, producer *confluent.Producer) {
	defer producer.Close()
	reports := make(chan confluent.Event, 1000)
	open := 0
	tick := time.NewTicker(tr.load.Every)
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
			for range tr.load.Records {
				if err := tr.send(producer, reports); err != nil {
					tr.t.Errorf("a record can not be sent: %v", err)
					return
				}
				open++
			}
		}
	}
}

func (tr *Traffic) send(producer *confluent.Producer, reports chan confluent.Event) error {
	tr.mu.Lock()
	number := len(tr.acked)
	tr.acked, tr.copies = append(tr.acked, nowhere()), append(tr.copies, 0)
	tr.mu.Unlock()
	name, key := Topic, []byte(strconv.Itoa(number))
	value := make([]byte, max(tr.load.Size, len(key)))
	for i := copy(value, key); i < len(value); i++ {
		value[i] = ' '
	}
	return producer.Produce(&confluent.Message{
		TopicPartition: confluent.TopicPartition{Topic: &name, Partition: confluent.PartitionAny},
		Key:            key, Value: value, Opaque: time.Now(),
	}, reports)
}

// numberOf finds out which record it is; -1 for none of ours.
func numberOf(message *confluent.Message) int {
	number, err := strconv.Atoi(strings.TrimRight(string(message.Value), " "))
	if err != nil {
		return -1
	}
	return number
}

func (tr *Traffic) delivered(message *confluent.Message) {
	at, number := message.TopicPartition, numberOf(message)
	if at.Error != nil {
		tr.t.Errorf("record %d is not acknowledged: %v", number, at.Error)
		return
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.acked[number] = place{at.Partition, at.Offset}
	tr.answered++
	if wait := time.Since(message.Opaque.(time.Time)); wait > tr.longestWait {
		tr.longestWait = wait
		tr.waited = fmt.Sprintf("record %d, to partition %d, until %s", number, at.Partition, time.Now().Format("15:04:05.0"))
	}
}

func (tr *Traffic) consume(ctx context.Context, consumer *confluent.Consumer) {
	defer func() { _ = consumer.Close() }()
	for ctx.Err() == nil {
		if message, isMessage := consumer.Poll(100).(*confluent.Message); isMessage {
			tr.got(message)
		}
	}
}

func (tr *Traffic) got(message *confluent.Message) {
	at, number := place{message.TopicPartition.Partition, message.TopicPartition.Offset}, numberOf(message)
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if number < 0 || number >= len(tr.acked) {
		tr.t.Errorf("%+v holds %q, which was never sent", at, message.Value)
		return
	}
	before, known := tr.read[at]
	if known && before != number {
		tr.t.Errorf("%+v held record %d and holds record %d", at, before, number)
	}
	if known {
		return // a consumer that was reassigned reads some records again
	}
	tr.read[at] = number
	if tr.copies[number]++; tr.copies[number] > 1 {
		tr.duplicates++
	}
}

// count is what happened since the last count.
type count struct {
	Acked, Lost, Duplicates int
	LongestWait             time.Duration
	waited                  string
}

// begin starts a count.
func (tr *Traffic) begin() (ackedBefore, duplicatesBefore int) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.longestWait = 0
	return tr.answered, tr.duplicates
}

// settle waits until the consumer has read all that is acknowledged by now; what it can not read is lost.
func (tr *Traffic) settle(ackedBefore, duplicatesBefore int) count {
	tr.t.Helper()
	tr.mu.Lock()
	acked := slices.Clone(tr.acked)
	c := count{Acked: tr.answered - ackedBefore, LongestWait: tr.longestWait, waited: tr.waited}
	tr.mu.Unlock()
	last := attempt(func() string {
		var one string
		c.Lost, one = tr.unread(acked)
		return MissingUnless(c.Lost == 0, fmt.Sprintf("%d records are not read: %s", c.Lost, one))
	})
	if last != "" {
		tr.t.Error(last)
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	c.Duplicates = tr.duplicates - duplicatesBefore
	return c
}

// unread counts those of the acknowledged records that the consumer has not read, and names one.
func (tr *Traffic) unread(acked []place) (unread int, one string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for number, at := range acked {
		if at != nowhere() && !at.holds(number, tr.read, tr.copies) {
			unread++
			one = fmt.Sprintf("record %d was acknowledged at %+v", number, at)
		}
	}
	return unread, one
}

// holds says that a record is where it was acknowledged. A producer that sends a record again, and hears that it is
// there already, knows that it is, and not at which offset.
func (p place) holds(number int, read map[place]int, copies []int) bool {
	if p.offset < 0 {
		return copies[number] > 0
	}
	found, there := read[p]
	return there && found == number
}

// End stops the traffic and reads the whole topic once more: all that was ever acknowledged is still where it was said
// to be.
func (tr *Traffic) End() {
	tr.t.Helper()
	tr.stop()
	tr.workers.Wait()
	if tr.answered != len(tr.acked) {
		tr.t.Errorf("%d of %d records are acknowledged", tr.answered, len(tr.acked))
	}
	read, copies := tr.readAll(), make([]int, len(tr.acked))
	for _, number := range read {
		copies[number]++
	}
	lost, one := 0, ""
	for number, at := range tr.acked {
		if at != nowhere() && !at.holds(number, read, copies) {
			lost++
			one = fmt.Sprintf("record %d was acknowledged at %+v", number, at)
		}
	}
	if lost > 0 {
		tr.t.Errorf("%d acknowledged records are not where they were: %s", lost, one)
	}
	tr.t.Logf("%d records went in with acks=all; %d are there at the end", tr.answered, len(read))
}

func (tr *Traffic) readAll() map[place]int {
	tr.t.Helper()
	consumer, err := confluent.NewConsumer(&confluent.ConfigMap{
		"bootstrap.servers": tr.bootstrap, "group.id": "auditor", "enable.auto.commit": false,
		"enable.partition.eof": true, "log_level": 2,
	})
	if err != nil {
		tr.t.Fatal(err)
	}
	defer func() { _ = consumer.Close() }()
	name := Topic
	var all []confluent.TopicPartition
	for partition := range int32(Partitions) {
		all = append(all, confluent.TopicPartition{Topic: &name, Partition: partition, Offset: confluent.OffsetBeginning})
	}
	if err := consumer.Assign(all); err != nil {
		tr.t.Fatal(err)
	}
	read := map[place]int{}
	for ends, deadline := 0, time.Now().Add(Patience); ends < Partitions; {
		if time.Now().After(deadline) {
			tr.t.Fatalf("%d records are read after %s", len(read), Patience)
		}
		switch event := consumer.Poll(100).(type) {
		case *confluent.Message:
			number := numberOf(event)
			if number < 0 || number >= len(tr.acked) {
				tr.t.Fatalf("%q was never sent", event.Value)
			}
			read[place{event.TopicPartition.Partition, event.TopicPartition.Offset}] = number
		case confluent.PartitionEOF:
			ends++
		}
	}
	return read
}
