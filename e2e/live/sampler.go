package live

import (
	"context"
	"fmt"
	"slices"
	gosync "sync"
	"testing"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

// samplePause is between two questions to Kafka.
const samplePause = 100 * time.Millisecond

// Sampler asks Kafka all the time how many replicas of each partition are in sync.
type Sampler struct {
	t  *testing.T
	mu gosync.Mutex
	s  Samples
	// leaderless is since when a partition has no leader.
	leaderless map[string]time.Time
	last       time.Time     // of the last answer
	lowest     int           // in the last answer
	on         map[int32]int // replicas on each broker, in the last answer
	complete   bool          // the last answer had every replica of every partition of our topic in sync
}

// Samples are what was seen since the last count.
type Samples struct {
	Answers, Refusals int
	LongestGap        time.Duration // between two answers
	LowestISR         int
	LongestLeaderless time.Duration // of any partition
}

func newSampler(t *testing.T, bootstrap string) *Sampler {
	t.Helper()
	admin, err := confluent.NewAdminClient(&confluent.ConfigMap{"bootstrap.servers": bootstrap, "log_level": 2})
	if err != nil {
		t.Fatal(err)
	}
	s := &Sampler{t: t, leaderless: map[string]time.Time{}, last: time.Now(), s: Samples{LowestISR: replicas}}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var worker gosync.WaitGroup
	worker.Go(func() {
		defer admin.Close()
		tick := time.NewTicker(samplePause)
		defer tick.Stop()
		for ctx.Err() == nil {
			metadata, err := admin.GetMetadata(nil, true, 1000)
			s.take(metadata, err)
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
		}
	})
	t.Cleanup(func() {
		stop()
		worker.Wait()
	})
	return s
}

// take notes one answer. Every topic has three replicas of which two must be in sync, Kafka's own topics too.
func (s *Sampler) take(metadata *confluent.Metadata, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.s.Refusals++
		return
	}
	now := time.Now()
	s.s.Answers++
	s.s.LongestGap = max(s.s.LongestGap, now.Sub(s.last))
	s.on = map[int32]int{}
	s.last, s.lowest, s.complete = now, replicas, len(metadata.Topics[Topic].Partitions) == Partitions
	for name, described := range metadata.Topics {
		for _, partition := range described.Partitions {
			for _, id := range partition.Replicas {
				s.on[id]++
			}
			s.partition(now, fmt.Sprintf("%s-%d", name, partition.ID), &partition)
			s.complete = s.complete && len(partition.Isrs) == replicas
		}
	}
	s.s.LowestISR = min(s.s.LowestISR, s.lowest)
}

func (s *Sampler) partition(now time.Time, name string, partition *confluent.PartitionMetadata) {
	s.lowest = min(s.lowest, len(partition.Isrs))
	if len(partition.Isrs) < minISR {
		s.t.Errorf("partition %s has the replicas %v in sync, of %v", name, partition.Isrs, partition.Replicas)
	}
	if partition.Leader >= 0 {
		delete(s.leaderless, name)
		return
	}
	if s.leaderless[name].IsZero() {
		s.leaderless[name] = now
	}
	s.s.LongestLeaderless = max(s.s.LongestLeaderless, now.Sub(s.leaderless[name]), time.Millisecond)
}

func (s *Sampler) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.s, s.last = Samples{LowestISR: replicas}, time.Now()
}

// Count is what was seen since the part of the test that is measured has begun.
func (s *Sampler) Count() Samples {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.s
}

// InSync says that by the last answer every replica is in sync.
func (s *Sampler) InSync() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.complete
}

// On counts the replicas of all topics that are on a broker by the last answer.
func (s *Sampler) On(broker int32) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.on[broker]
}

// On counts the replicas on a broker in one answer of Kafka.
func On(metadata *confluent.Metadata, broker int32) (replicas int) {
	for _, described := range metadata.Topics {
		for i := range described.Partitions {
			if slices.Contains(described.Partitions[i].Replicas, broker) {
				replicas++
			}
		}
	}
	return replicas
}
