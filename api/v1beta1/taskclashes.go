package v1beta1

import "strings"

// ParameterClash is a pair of parameters of which Cruise Control takes one alone.
type ParameterClash struct{ Name, With string }

// ParameterClashes are the pairs among the parameters of a task, their names in lower case, that Cruise Control refuses
// together, whatever the endpoint. A parameter that says false is as good as left out. Source: Cruise Control,
// ParameterUtils: getGoals, excludeBrokers, destinationBrokerIds, useReadyDefaultGoals, ignoreProposalCache.
func ParameterClashes(parameters map[string]string) []ParameterClash {
	const goals, assigner, disks = "goals", "kafka_assigner", "rebalance_disk"
	var clashes []ParameterClash
	for _, pair := range []ParameterClash{
		{goals, disks},
		{goals, assigner},
		{goals, "use_ready_default_goals"},
		{goals, "ignore_proposal_cache"},
		{assigner, disks},
		{assigner, "destination_broker_ids"},
		{assigner, "exclude_recently_demoted_brokers"},
		{assigner, "exclude_recently_removed_brokers"},
	} {
		if asksFor(parameters[pair.Name]) && asksFor(parameters[pair.With]) {
			clashes = append(clashes, pair)
		}
	}
	return clashes
}

func asksFor(value string) bool { return value != "" && !strings.EqualFold(value, "false") }
