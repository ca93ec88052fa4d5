package sync

// Questions are the outside facts that a decision needs. A nil part asks nothing, and costs nothing.
type Questions struct {
	Kafka         *KafkaQuestions
	CruiseControl *CruiseControlQuestions
	PKI           *PKIQuestions
	Kubernetes    *KubernetesQuestions
}

// KubernetesQuestions ask the API server for what no hook request can bring without bringing too much.
type KubernetesQuestions struct {
	// Nodes are the names of the Nodes whose labels are asked for, ascending.
	Nodes []string
	// Labels are the keys of the labels that are wanted, ascending.
	Labels []string
	// StorageClasses are the names of the classes that are asked for, ascending.
	StorageClasses []string
}

// PKIQuestions ask for what only chance can make.
type PKIQuestions struct {
	// Password asks for a new random password.
	Password bool
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
	// Reassignments asks for the partitions that are being moved.
	Reassignments bool
	// LogDirs asks these brokers for their log directories.
	LogDirs []int32
	// Configs asks for configurations, with the source of every value.
	Configs []ConfigQuestion
	// Features asks for the finalized features, and for what every live broker supports.
	Features bool
	// Topic asks for one topic: whether it exists, its partitions and its configuration. Empty asks for none.
	Topic string
	// User asks for what Kafka holds of one user; nil asks for none.
	User *UserQuestion
}

// ConfigQuestion asks for some keys of the configuration of one resource. No keys asks for all.
type ConfigQuestion struct {
	Resource ConfigResource
	Keys     []string
}

// UserQuestion names a user. Only what has a name is asked for.
type UserQuestion struct {
	// Principal whose ACLs are asked for, such as User:CN=alice.
	Principal string
	// SCRAM is the user name whose SCRAM credentials are asked for.
	SCRAM string
	// Quota is the user name whose quotas are asked for: for a principal User:CN=alice it is CN=alice.
	Quota string
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
	Connection CruiseControlConnection
	// State asks for the state of monitor, executor and analyzer, and Goals also for the goals that lack data. With them
	// Cruise Control lists every movement of an execution too.
	State, Goals bool
	// Tasks asks for all user tasks that Cruise Control remembers.
	Tasks bool
	// Answers are the tasks whose own answers are wanted too: their summaries and errors.
	Answers []TaskQuestion
	// Brokers asks which brokers and log directories Cruise Control knows, and what they hold.
	Brokers bool
	// Load asks for what each broker carries; Cruise Control needs metrics for it.
	Load bool
}

// TaskQuestion asks for what a task was answered.
type TaskQuestion struct {
	// ID is the task's.
	ID string
	// Endpoint and Parameters are those of the request that started it, the reason among them; empty where they are not
	// known. Cruise Control tells why a computation has failed only to whom repeats the request with the task's id.
	Endpoint   string
	Parameters map[string]string
}

// CruiseControlConnection says how to reach a Cruise Control.
type CruiseControlConnection struct {
	// Cluster is namespace/name of the KafkaCluster.
	Cluster string
	// URL is the base of the REST API, such as http://demo-cruisecontrol-svc.data:8090/kafkacruisecontrol.
	URL string
	// Username and Password are for HTTP basic authentication; empty for none.
	Username, Password Confidential
	// CA is PEM, for a URL with https; empty for the system's.
	CA Confidential
}
