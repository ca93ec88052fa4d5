package cruisecontrol

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The endpoints that tasks are started with.
const (
	addBroker          = "add_broker"
	removeBroker       = "remove_broker"
	demoteBroker       = "demote_broker"
	rebalance          = "rebalance"
	fixOfflineReplicas = "fix_offline_replicas"
	removeDisks        = "remove_disks"
	topicConfiguration = "topic_configuration"
)

// parametersOf are the parameters of an endpoint; false for one that starts no task. Those that say how an answer is
// written, who asks for whom and which review allowed it (json, get_response_schema, doAs, review_id) are not a task's.
// Source: Cruise Control, src/main/resources/yaml/endpoints.
func parametersOf(endpoint string) ([]string, bool) {
	own, known := map[string]string{
		addBroker:    "brokerid throttle_added_broker kafka_assigner",
		removeBroker: "brokerid throttle_removed_broker destination_broker_ids kafka_assigner",
		demoteBroker: "brokerid brokerid_and_logdirs skip_urp_demotion exclude_follower_demotion",
		rebalance: "destination_broker_ids ignore_proposal_cache rebalance_disk kafka_assigner " +
			"concurrent_intra_broker_partition_movements",
		fixOfflineReplicas: "",
		removeDisks:        "brokerid_and_logdirs",
		topicConfiguration: "topic replication_factor skip_rack_awareness_check",
	}[endpoint]
	if !known {
		return nil, false
	}
	common := "dryrun stop_ongoing_execution"
	if endpoint != removeDisks {
		common += " allow_capacity_estimation concurrent_leader_movements broker_concurrent_leader_movements verbose " +
			"exclude_recently_demoted_brokers replica_movement_strategies replication_throttle " +
			"execution_progress_check_interval_ms"
	}
	if endpoint != removeDisks && endpoint != demoteBroker {
		common += " goals skip_hard_goal_check use_ready_default_goals data_from excluded_topics fast_mode " +
			"exclude_recently_removed_brokers concurrent_partition_movements_per_broker max_partition_movements_in_cluster"
	}
	return strings.Fields(own + " " + common), true
}

// checkParameters refuses what Cruise Control would: it names every parameter that the endpoint does not have.
// Cruise Control compares names without regard to case.
func checkParameters(endpoint string, parameters map[string]string) error {
	known, ok := parametersOf(endpoint)
	if !ok {
		return &RefusalError{Kind: NoEndpoint, Text: endpoint + " starts no task"}
	}
	var unknown []string
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		if !slices.Contains(known, strings.ToLower(name)) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(known)
		return &RefusalError{Kind: BadParameter, Text: fmt.Sprintf("%s has no %s; it has %s", endpoint,
			strings.Join(unknown, ", "), strings.Join(known, ", "))}
	}
	return nil
}
