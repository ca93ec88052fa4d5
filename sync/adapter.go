package sync

// Asks says whether there is a question for that adapter.
func (q Questions) Asks(adapter Adapter) bool {
	switch adapter {
	case AdapterKafka:
		return q.Kafka != nil
	case AdapterCruiseControl:
		return q.CruiseControl != nil
	case AdapterPKI:
		return q.PKI != nil
	case AdapterKubernetes:
		return q.Kubernetes != nil
	default:
		return false
	}
}

// Unanswered are the facts when an adapter gave no answer: each one that it was asked for is unknown for that reason,
// a short clause.
func (q Questions) Unanswered(adapter Adapter, why string) Facts {
	var facts Facts
	if kafka := q.Kafka; adapter == AdapterKafka && kafka != nil {
		facts.Kafka = kafka.unanswered(why)
	}
	if control := q.CruiseControl; adapter == AdapterCruiseControl && control != nil {
		facts.CruiseControl = control.unanswered(why)
	}
	if pki := q.PKI; adapter == AdapterPKI && pki != nil && pki.Password {
		facts.PKI.Password = UnknownFact[Confidential](why)
	}
	if kubernetes := q.Kubernetes; adapter == AdapterKubernetes && kubernetes != nil {
		facts.Kubernetes.Nodes = unansweredIf[[]NodeLabels](len(kubernetes.Nodes) > 0, why)
		facts.Kubernetes.StorageClasses = unansweredIf[[]StorageClass](len(kubernetes.StorageClasses) > 0, why)
	}
	return facts
}

func (q *KafkaQuestions) unanswered(why string) KafkaFacts {
	return KafkaFacts{
		Cluster:       unansweredIf[KafkaCluster](q.Cluster, why),
		Quorum:        unansweredIf[Quorum](q.Quorum, why),
		Partitions:    unansweredIf[[]Partition](q.Partitions, why),
		Reassignments: unansweredIf[[]Reassignment](q.Reassignments, why),
		LogDirs:       unansweredIf[[]BrokerLogDirs](len(q.LogDirs) > 0, why),
		Configs:       unansweredIf[[]DescribedConfigs](len(q.Configs) > 0, why),
		Features:      unansweredIf[Features](q.Features, why),
		Topic:         unansweredIf[Topic](q.Topic != "", why),
		User:          unansweredIf[User](q.User != nil, why),
	}
}

func (q *CruiseControlQuestions) unanswered(why string) CruiseControlFacts {
	return CruiseControlFacts{
		State:   unansweredIf[CruiseControlState](q.State, why),
		Tasks:   unansweredIf[[]UserTask](q.Tasks, why),
		Brokers: unansweredIf[[]CruiseControlBroker](q.Brokers, why),
		Load:    unansweredIf[[]BrokerLoad](q.Load, why),
	}
}

func unansweredIf[T any](asked bool, why string) Fact[T] {
	if !asked {
		return Fact[T]{}
	}
	return UnknownFact[T](why)
}

// Take copies the part of an adapter's facts that this adapter answers for, and nothing else.
func (f *Facts) Take(adapter Adapter, answer Facts) {
	switch adapter {
	case AdapterKafka:
		f.Kafka = answer.Kafka
	case AdapterCruiseControl:
		f.CruiseControl = answer.CruiseControl
	case AdapterPKI:
		f.PKI = answer.PKI
	case AdapterKubernetes:
		f.Kubernetes = answer.Kubernetes
	}
}
