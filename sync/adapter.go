package sync

// Asks says whether there is a question for that adapter.
func (q Questions) Asks(adapter Adapter) bool {
	switch adapter {
	case AdapterKafka:
		return q.Kafka != nil
	case AdapterCruiseControl:
		return q.CruiseControl != nil
	case AdapterKubernetes:
		return false // it only performs
	default:
		return false
	}
}

// Unanswered are the facts when an adapter gave no answer: each one that it was asked for is unknown for that reason,
// a short clause.
func (q Questions) Unanswered(adapter Adapter, why string) Facts {
	var facts Facts
	if kafka := q.Kafka; adapter == AdapterKafka && kafka != nil {
		if kafka.Cluster {
			facts.Kafka.Cluster = UnknownFact[KafkaCluster](why)
		}
		if kafka.Quorum {
			facts.Kafka.Quorum = UnknownFact[Quorum](why)
		}
		if kafka.Partitions {
			facts.Kafka.Partitions = UnknownFact[[]Partition](why)
		}
	}
	if control := q.CruiseControl; adapter == AdapterCruiseControl && control != nil && control.State {
		facts.CruiseControl.State = UnknownFact[CruiseControlState](why)
	}
	return facts
}

// Take copies the part of an adapter's facts that this adapter answers for, and nothing else.
func (f *Facts) Take(adapter Adapter, answer Facts) {
	switch adapter {
	case AdapterKafka:
		f.Kafka = answer.Kafka
	case AdapterCruiseControl:
		f.CruiseControl = answer.CruiseControl
	case AdapterKubernetes:
	}
}
