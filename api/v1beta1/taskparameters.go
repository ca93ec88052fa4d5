package v1beta1

import (
	"slices"
	"strings"
)

// TaskParameters are the parameters of an endpoint of Cruise Control's REST API that starts a task; false for any other
// endpoint. Names are in lower case: Cruise Control compares them without regard to case. Those that say how an answer
// is written, who asks for whom and which review allowed it (json, get_response_schema, doAs, review_id) are not a
// task's. Source: Cruise Control, src/main/resources/yaml/endpoints.
func TaskParameters(endpoint string) ([]string, bool) {
	const demoteBroker, removeDisks = "demote_broker", "remove_disks"
	own, known := map[string]string{
		"add_broker":    "brokerid throttle_added_broker kafka_assigner",
		"remove_broker": "brokerid throttle_removed_broker destination_broker_ids kafka_assigner",
		demoteBroker:    "brokerid brokerid_and_logdirs skip_urp_demotion exclude_follower_demotion",
		"rebalance": "destination_broker_ids ignore_proposal_cache rebalance_disk kafka_assigner " +
			"concurrent_intra_broker_partition_movements",
		"fix_offline_replicas": "",
		removeDisks:            "brokerid_and_logdirs",
		"topic_configuration":  "topic replication_factor skip_rack_awareness_check",
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

// GracefulOperations are the operations that are made for brokers and disks that come and go.
func GracefulOperations() []string {
	return []string{"add_broker", "remove_broker", "remove_disks", "rebalance"}
}

// DecidedParameters are those that are decided for each operation, and so can not be given to all: what it is about,
// and whether it does anything.
func DecidedParameters() []string {
	return []string{
		"brokerid", "brokerid_and_logdirs", "destination_broker_ids", "rebalance_disk", "dryrun", "stop_ongoing_execution",
		"reason",
	}
}

// TaskParameters are those of the operation spec that an endpoint has, their names in lower case.
func (s *CruiseControlOperationSpec) TaskParameters(endpoint string) map[string]string {
	parameters := make(map[string]string)
	if s == nil {
		return parameters
	}
	known, _ := TaskParameters(endpoint)
	for name, value := range lowered(s.Parameters) {
		if slices.Contains(known, name) {
			parameters[name] = value
		}
	}
	return parameters
}

// lowered are parameters with their names in lower case.
func lowered(parameters map[string]string) map[string]string {
	names := make(map[string]string, len(parameters))
	for name, value := range parameters {
		names[strings.ToLower(name)] = value
	}
	return names
}
