package user

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
)

// quotas are those that the CR asks for, by Kafka's keys. Source: Kafka, QuotaConfig.
func quotas(spec *v1alpha1.UserQuotas) map[string]float64 {
	asked := make(map[string]float64)
	if spec == nil {
		return asked
	}
	if spec.ProducerByteRate != nil {
		asked["producer_byte_rate"] = float64(*spec.ProducerByteRate)
	}
	if spec.ConsumerByteRate != nil {
		asked["consumer_byte_rate"] = float64(*spec.ConsumerByteRate)
	}
	if spec.RequestPercentage != nil {
		asked["request_percentage"] = float64(*spec.RequestPercentage)
	}
	if spec.ControllerMutationRate != nil {
		asked["controller_mutation_rate"] = float64(*spec.ControllerMutationRate)
	}
	return asked
}

// validateQuotas lists those that Kafka refuses. Source: Kafka, ClientQuotaControlManager.
func validateQuotas(spec *v1alpha1.UserQuotas, at *field.Path) field.ErrorList {
	var mistakes field.ErrorList
	fields := map[string]string{
		"producer_byte_rate": "producerByteRate", "consumer_byte_rate": "consumerByteRate",
		"request_percentage": "requestPercentage", "controller_mutation_rate": "controllerMutationRate",
	}
	asked := quotas(spec)
	for _, key := range slices.Sorted(maps.Keys(asked)) {
		if asked[key] <= 0 {
			mistakes = append(mistakes, field.Invalid(at.Child(fields[key]), asked[key],
				"Kafka takes no quota below 1: leave it out for no limit, or take away the user's grants"))
		}
	}
	return mistakes
}

// settleQuotas says which quotas Kafka is to set and to drop. One that this resource did not set is left alone.
func (p *plan) settleQuotas(asked map[string]float64) {
	ours := p.o.user.Status.QuotaKeys
	if p.kafkaWaits != "" {
		p.status.QuotaKeys = joined(ours, nil)
		return
	}
	record := slices.Sorted(maps.Keys(asked))
	change := sync.AlterQuotas{ToKafka: p.toKafka(), User: p.o.name(), Set: make(map[string]float64)}
	for _, key := range slices.Sorted(maps.Keys(asked)) {
		if value, has := p.kafka.Quotas[key]; has && value == asked[key] {
			continue
		}
		if slices.Contains(ours, key) {
			change.Set[key] = asked[key]
		} else {
			p.waitForRecord()
		}
	}
	for _, key := range ours {
		if _, wanted := asked[key]; wanted {
			continue
		}
		if _, has := p.kafka.Quotas[key]; has {
			change.Delete = append(change.Delete, key)
			record = append(record, key)
		}
	}
	slices.Sort(record)
	p.status.QuotaKeys = slices.Compact(record)
	if len(change.Set)+len(change.Delete) > 0 {
		p.command(change)
	}
}
