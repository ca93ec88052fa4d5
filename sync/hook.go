package sync

// Hook is the pure half of the line for one kind of parent.
type Hook interface {
	// Observe reads a request into what the decision works with. Its error means that the request is not one of ours (HTTP
	// 400); a mistake in the parent's spec is no error but part of what was observed.
	Observe(Request) (Observed, error)
	// Customize names the related objects that this parent needs. It depends on the parent's spec alone, because
	// Metacontroller caches the answer for a generation.
	Customize(CustomizeRequest) (CustomizeResponse, error)
}

// Observed is a request understood: the parent, its children by broker, and the mistakes in its spec.
type Observed interface {
	// Parent says whose call this is.
	Parent() Parent
	// Ask says which outside facts the decision needs. Often none.
	Ask() Questions
	// Plan decides. It needs no other input than the facts.
	Plan(Facts) Decision
}

// Parent identifies the parent of a hook call, in logs and metrics.
type Parent struct {
	Kind      string
	Namespace string
	Name      string
	// Cluster is namespace/name of the KafkaCluster that the call is about, the parent itself or the one that it refers
	// to; empty when it refers to none.
	Cluster    string
	UID        string
	Generation int64
}
