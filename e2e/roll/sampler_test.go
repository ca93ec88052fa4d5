package roll

import (
	"context"
	"fmt"
	gosync "sync"
	"testing"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

// samplePause is between two questions to Kafka.
const samplePause = 100 * time.Millisecond

// sampler asks Kafka all the time how many replicas of each partition are in sync.
type sampler struct {
	t  *testing.T
	mu gosync.Mutex
	s  samples
	// leaderless is since when a partition has no leader.
	leaderless map[string]time.Time
	last       time.Time // of the last answer
	lowest     int       // in the last answer
	complete   bool      // the last answer had every replica of every partition of our topic in sync
}

// samples are what was seen since the last count.
type samples struct {
	answers, refusals int
	longestGap        time.Duration // between two answers
	lowestISR         int
	longestLeaderless time.Duration // of any partition
}

func newSampler(t *testing.T, bootstrap string) *sampler {
	t.Helper()
	admin, err := confluent.NewAdminClient(&confluent.ConfigMap{"bootstrap.servers": bootstrap, "log_level": 2})
	if err != nil {
		t.Fatal(err)
	}
	s := &sampler{t: t, leaderless: map[string]time.Time{}, last: time.Now(), s: samples{lowestISR: replicas}}
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
func (s *sampler) take(metadata *confluent.Metadata, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.s.refusals++
		return
	}
	now := time.Now()
	s.s.answers++
	s.s.longestGap = max(s.s.longestGap, now.Sub(s.last))
	s.last, s.lowest, s.complete = now, replicas, len(metadata.Topics[topic].Partitions) == partitions
	for name, described := range metadata.Topics {
		for _, partition := range described.Partitions {
			s.partition(now, fmt.Sprintf("%s-%d", name, partition.ID), &partition)
			s.complete = s.complete && len(partition.Isrs) == replicas
		}
	}
	s.s.lowestISR = min(s.s.lowestISR, s.lowest)
}

func (s *sampler) partition(now time.Time, name string, partition *confluent.PartitionMetadata) {
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
	s.s.longestLeaderless = max(s.s.longestLeaderless, now.Sub(s.leaderless[name]), time.Millisecond)
}

func (s *sampler) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.s, s.last = samples{lowestISR: replicas}, time.Now()
}

func (s *sampler) count() samples {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.s
}

// inSync says that by the last answer every replica is in sync.
func (s *sampler) inSync() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.complete
}
