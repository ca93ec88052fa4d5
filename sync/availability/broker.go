package availability

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/sync"
)

// Broker says why a broker may not stop: it would take a partition below min.insync.replicas or offline, or there are
// as many failures already as rollingUpgradeConfig.failureThreshold names. Empty when it may.
//
// A failure is another broker with a replica that is offline or not in sync, or an alert that its user labelled so.
// Source: Koperator, RollingUpgradeConfig.
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
			if replica != id && (partition.Leader < 0 || !slices.Contains(partition.ISR, replica)) {
				lagging[replica] = struct{}{}
			}
		}
	}
	if r.FailureThreshold == 0 {
		return "rollingUpgradeConfig.failureThreshold is 0, which forbids every restart: set it to 1 or more"
	}
	if len(lagging)+r.Alerts >= r.FailureThreshold {
		failures := count(len(lagging), "broker") + " out of sync"
		if r.Alerts > 0 {
			failures += " and " + count(r.Alerts, "alert")
		}
		return fmt.Sprintf("%s, and rollingUpgradeConfig.failureThreshold is %d", failures, r.FailureThreshold)
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
		if !r.Accepted {
			return fmt.Sprintf(
				"partition %s has %s and min.insync.replicas %d, so no restart of its brokers is ever safe: raise its "+
					"replication factor, lower min.insync.replicas, or set the annotation %s",
				name(partition), count(len(partition.Replicas), "replica"), partition.MinISR, r.Consent,
			)
		}
		least = len(partition.Replicas) - 1 // what the best order of restarts leaves
	}
	if partition.Leader < 0 && least > 0 {
		return fmt.Sprintf("partition %s has no leader: one of its replicas in sync (%s) must come back",
			name(partition), list(partition.ISR))
	}
	left := 0
	for _, replica := range partition.ISR {
		if replica != id && !r.down(replica) {
			left++
		}
	}
	if left < least {
		return fmt.Sprintf("partition %s would have %s in sync and needs %d", name(partition), count(left, "replica"), least)
	}
	return ""
}
