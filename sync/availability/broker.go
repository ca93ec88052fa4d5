package availability

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/sync"
)

// Broker says why a broker may not stop: it would take a partition below min.insync.replicas or offline, or more
// brokers lag behind already than rollingUpgradeConfig.failureThreshold allows. Empty when it may.
func (r *Rules) Broker(fact sync.Fact[[]sync.Partition], id int32) string {
	partitions, known := fact.Get()
	if !known {
		return "the partitions are not known: " + fact.Why()
	}
	lagging := make(map[int32]struct{})
	for i := range partitions {
		partition := &partitions[i]
		if why := r.partition(partition, id); why != "" {
			return why
		}
		for _, replica := range partition.Replicas {
			if replica != id && !slices.Contains(partition.ISR, replica) {
				lagging[replica] = struct{}{}
			}
		}
	}
	if r.FailureThreshold == 0 {
		return "rollingUpgradeConfig.failureThreshold is 0, which forbids every restart: set it to 1 or more"
	}
	if len(lagging) >= r.FailureThreshold {
		return fmt.Sprintf("%s out of sync, and rollingUpgradeConfig.failureThreshold is %d",
			count(len(lagging), "broker"), r.FailureThreshold)
	}
	return ""
}

// partition says why one partition does not allow a broker to stop.
func (r *Rules) partition(partition *sync.Partition, id int32) string {
	if !partition.On(id) {
		return ""
	}
	least := max(partition.MinISR, 1)
	if len(partition.Replicas) <= least {
		if r.Accepted {
			return ""
		}
		return fmt.Sprintf(
			"partition %s has %s and min.insync.replicas %d, so no restart of its brokers is ever safe: raise its "+
				"replication factor, lower min.insync.replicas, or set the annotation %s",
			name(partition), count(len(partition.Replicas), "replica"), partition.MinISR, r.Consent,
		)
	}
	left := 0
	for _, replica := range partition.ISR {
		if replica != id && !r.down(replica) {
			left++
		}
	}
	if left < least {
		return fmt.Sprintf("partition %s would have %d replicas in sync and needs %d", name(partition), left, least)
	}
	return ""
}
