package sync

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Facts are what the world answered. A fact is known, or unknown with the reason in words that a user can act on;
// there is no third state, and no decision may take an unknown fact for a good one.
type Facts struct {
	// Now is the time of the call: the only clock in this room.
	Now           time.Time          `json:"now"`
	Kafka         KafkaFacts         `json:"kafka,omitzero"`
	CruiseControl CruiseControlFacts `json:"cruiseControl,omitzero"`
}

// Fact is a value that was learnt, or the reason why it was not. The zero Fact is unknown: nobody asked.
type Fact[T any] struct {
	value T
	known bool
	why   string
}

// Known is a fact that was learnt.
func Known[T any](value T) Fact[T] { return Fact[T]{value: value, known: true} }

// UnknownFact is a fact that could not be learnt; why is a short clause such as "kafka-0:29092 refused the
// connection".
func UnknownFact[T any](why string) Fact[T] { return Fact[T]{why: why} }

// Get returns the value and whether it is known.
func (f Fact[T]) Get() (T, bool) { return f.value, f.known }

// Why says why the fact is unknown; empty when it is known.
func (f Fact[T]) Why() string {
	if f.known {
		return ""
	}
	if f.why == "" {
		return "it was not asked for"
	}
	return f.why
}

// IsZero makes an unasked fact vanish from a recorded case.
func (f Fact[T]) IsZero() bool { return !f.known && f.why == "" }

type factJSON[T any] struct {
	Known *T     `json:"known,omitzero"`
	Why   string `json:"unknown,omitzero"`
}

// MarshalJSONTo writes {"known": value} or {"unknown": why}.
func (f Fact[T]) MarshalJSONTo(enc *jsontext.Encoder) error {
	if f.known {
		return json.MarshalEncode(enc, factJSON[T]{Known: &f.value})
	}
	return json.MarshalEncode(enc, factJSON[T]{Why: f.Why()})
}

// UnmarshalJSONFrom reads what MarshalJSONTo writes.
func (f *Fact[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var read factJSON[T]
	if err := json.UnmarshalDecode(dec, &read); err != nil {
		return err
	}
	*f = Fact[T]{why: read.Why}
	if read.Known != nil {
		*f = Known(*read.Known)
	}
	return nil
}

// KafkaFacts are what a Kafka cluster says of itself.
type KafkaFacts struct {
	Cluster    Fact[KafkaCluster] `json:"cluster,omitzero"`
	Quorum     Fact[Quorum]       `json:"quorum,omitzero"`
	Partitions Fact[[]Partition]  `json:"partitions,omitzero"`
}

// KafkaCluster is the answer to DescribeCluster.
type KafkaCluster struct {
	ID string `json:"id"`
	// Controller is the id of the active controller as clients see it, -1 for none.
	Controller int32 `json:"controller"`
	// Brokers are the registered and unfenced brokers, ascending.
	Brokers []int32 `json:"brokers"`
}

// Quorum is the answer to DescribeQuorum (KIP-836).
type Quorum struct {
	// Leader is the id of the quorum's leader, -1 for none.
	Leader int32 `json:"leader"`
	// Voters are sorted by id.
	Voters    []QuorumReplica `json:"voters"`
	Observers []QuorumReplica `json:"observers,omitempty"`
	// FetchTimeoutMillis is controller.quorum.fetch.timeout.ms as in force, milliseconds; 0 when not known.
	FetchTimeoutMillis int64 `json:"fetchTimeoutMillis,omitzero"`
}

// QuorumReplica is one voter or observer of the metadata log.
type QuorumReplica struct {
	ID int32 `json:"id"`
	// LogEndOffset is the replica's end offset of the metadata log, -1 when unknown.
	LogEndOffset int64 `json:"logEndOffset"`
	// LastCaughtUpMillis is when it was last caught up with the leader, Unix milliseconds, -1 when unknown.
	LastCaughtUpMillis int64 `json:"lastCaughtUpMillis"`
}

// Partition is one partition as DescribeTopics shows it, with the min.insync.replicas in force for its topic.
type Partition struct {
	Topic     string  `json:"topic"`
	Partition int32   `json:"partition"`
	Leader    int32   `json:"leader"` // -1 for none: the partition is offline.
	Replicas  []int32 `json:"replicas"`
	ISR       []int32 `json:"isr"`
	MinISR    int     `json:"minISR"`
}

// On says that a broker holds a replica of the partition.
func (p *Partition) On(broker int32) bool { return slices.Contains(p.Replicas, broker) }

// CruiseControlFacts are what Cruise Control says.
type CruiseControlFacts struct {
	State Fact[CruiseControlState] `json:"state,omitzero"`
}

// CruiseControlState is the answer to Cruise Control's state endpoint, as far as decisions need it.
type CruiseControlState struct {
	// Executor is the executor's state, such as NO_TASK_IN_PROGRESS.
	Executor string `json:"executor"`
	// ValidWindows is the number of monitored windows.
	ValidWindows int `json:"validWindows"`
}
