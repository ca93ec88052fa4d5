package sync

// Questions are the outside facts that a decision needs. A nil part asks nothing, and costs nothing.
type Questions struct {
	Kafka         *KafkaQuestions
	CruiseControl *CruiseControlQuestions
}

// KafkaQuestions are put to one Kafka cluster. Only what is asked for is fetched.
type KafkaQuestions struct {
	Connection KafkaConnection
	// Cluster asks for the cluster id, the active controller and the live brokers.
	Cluster bool
	// Quorum asks for the KRaft quorum.
	Quorum bool
	// Partitions asks for every partition's replicas, ISR, leader and min.insync.replicas in force.
	Partitions bool
}

// KafkaConnection says how to reach a Kafka cluster as an administrator.
type KafkaConnection struct {
	// Cluster is namespace/name of the KafkaCluster: the key of the connection pool.
	Cluster string
	// Bootstrap are host:port addresses.
	Bootstrap []string
	// Protocol is Kafka's security.protocol: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.
	Protocol string
	// CA, Certificate and Key are PEM; empty where the protocol needs none.
	CA, Certificate, Key Confidential
	// SASL mechanism and credentials; empty where the protocol needs none.
	SASLMechanism              string
	SASLUsername, SASLPassword Confidential
}

// CruiseControlQuestions are put to one Cruise Control.
type CruiseControlQuestions struct {
	// Cluster is namespace/name of the KafkaCluster.
	Cluster string
	// URL is the base of the REST API, such as http://kafka-cruisecontrol-svc.kafka:8090.
	URL string
	// State asks for the state of monitor, executor and analyzer.
	State bool
}
