package kafka

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// fake is a Kafka cluster of three brokers that listen on loopback.
func fake(t *testing.T, options ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	cluster, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(3), kfake.ClusterID("demo-id")}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster
}

// answer asks everything of a cluster, within the time given.
func answer(t *testing.T, connection sync.KafkaConnection, within time.Duration) sync.KafkaFacts {
	t.Helper()
	adapter := New(Options{})
	t.Cleanup(func() { _ = adapter.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	return adapter.Answer(ctx, sync.Questions{Kafka: &sync.KafkaQuestions{
		Connection: connection, Cluster: true, Quorum: true, Partitions: true,
	}}).Kafka
}

func plaintext(addresses ...string) sync.KafkaConnection {
	return sync.KafkaConnection{Cluster: "data/demo", Bootstrap: addresses, Protocol: "PLAINTEXT"}
}

func TestAnswerReadsTheCluster(t *testing.T) {
	cluster := fake(t, kfake.SeedTopics(2, "orders"))
	facts := answer(t, plaintext(cluster.ListenAddrs()...), patience)

	described, known := facts.Cluster.Get()
	if !known {
		t.Fatalf("the cluster is unknown: %s", facts.Cluster.Why())
	}
	if described.ID != "demo-id" || !cmp.Equal(described.Brokers, []int32{0, 1, 2}) {
		t.Errorf("got cluster %+v", described)
	}
	partitions, known := facts.Partitions.Get()
	if !known {
		t.Fatalf("the partitions are unknown: %s", facts.Partitions.Why())
	}
	if len(partitions) != 2 || partitions[0].Topic != "orders" || partitions[1].Partition != 1 ||
		partitions[0].MinISR != 1 || len(partitions[0].Replicas) == 0 || len(partitions[0].ISR) == 0 {
		t.Errorf("got partitions %+v", partitions)
	}
}

func TestReadQuorum(t *testing.T) {
	quorum, err := readQuorum(quorumOf(2, 0, 1, 2))
	if err != nil {
		t.Fatal(err)
	}
	want := sync.Quorum{Leader: 2, Observers: []sync.QuorumReplica{}, Voters: []sync.QuorumReplica{
		{ID: 0, LogEndOffset: 10, LastCaughtUpMillis: 1000},
		{ID: 1, LogEndOffset: 11, LastCaughtUpMillis: 1001},
		{ID: 2, LogEndOffset: 12, LastCaughtUpMillis: 1002},
	}}
	if diff := cmp.Diff(want, quorum); diff != "" {
		t.Errorf("read differently (-want +got):\n%s", diff)
	}
	refused := quorumOf(2)
	refused.Topics[0].Partitions[0].ErrorCode = kerr.NotLeaderForPartition.Code
	if _, err := readQuorum(refused); !errors.Is(err, kerr.NotLeaderForPartition) {
		t.Errorf("got error %v", err)
	}
	if _, err := readQuorum(kmsg.NewPtrDescribeQuorumResponse()); err == nil {
		t.Error("an answer without the metadata partition was taken for a quorum")
	}
}

// quorumOf is a DescribeQuorum response, its voters in descending order.
func quorumOf(leader int32, voters ...int32) *kmsg.DescribeQuorumResponse {
	response := kmsg.NewPtrDescribeQuorumResponse()
	topic, partition := kmsg.NewDescribeQuorumResponseTopic(), kmsg.NewDescribeQuorumResponseTopicPartition()
	topic.Topic, partition.LeaderID = metadataTopic, leader
	for _, voter := range slices.Backward(voters) {
		state := kmsg.NewDescribeQuorumResponseTopicPartitionReplicaState()
		state.ReplicaID = voter
		state.LogEndOffset, state.LastCaughtUpTimestamp = 10+int64(voter), 1000+int64(voter)
		partition.CurrentVoters = append(partition.CurrentVoters, state)
	}
	topic.Partitions = append(topic.Partitions, partition)
	response.Topics = append(response.Topics, topic)
	return response
}

func TestWhyKafkaIsUnknown(t *testing.T) {
	silent := listen(t, func(net.Conn) {})
	deaf := listen(t, func(c net.Conn) { _ = c.Close() })
	https := httptest.NewTLSServer(nil)
	t.Cleanup(https.Close)
	stranger := strings.TrimPrefix(https.URL, "https://")
	plain := fake(t)
	tlsTo := func(address string) sync.KafkaConnection {
		return sync.KafkaConnection{Cluster: "data/demo", Bootstrap: []string{address}, Protocol: "SSL"}
	}
	cases := map[string]struct {
		connection sync.KafkaConnection
		want       string
	}{
		"no listener":      {plaintext(), "no listener that an administrator may use"},
		"refused":          {plaintext(closedPort(t)), "refuses connections"},
		"no such name":     {plaintext("kafka.nowhere.invalid:9092"), "kafka.nowhere.invalid does not resolve"},
		"silent":           {plaintext(silent), "did not answer in time"},
		"unknown CA":       {tlsTo(stranger), "unknown CA"},
		"TLS to plaintext": {tlsTo(plain.ListenAddrs()[0]), plain.ListenAddrs()[0]},
		"hangs up":         {plaintext(deaf), deaf},
		"CA that is none":  {withCA(tlsTo(stranger), "nonsense"), "holds no PEM certificate"},
		"login without a name": {
			sync.KafkaConnection{Bootstrap: []string{stranger}, Protocol: "SASL_PLAINTEXT"},
			"no credentials",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			within := patience // a busy machine must not turn what is refused into what is silent
			if name == "silent" {
				within = time.Second
			}
			facts := answer(t, c.connection, within)
			for _, why := range []string{facts.Cluster.Why(), facts.Quorum.Why(), facts.Partitions.Why()} {
				if !strings.Contains(why, c.want) {
					t.Errorf("got %q, want it to say %q", why, c.want)
				}
			}
		})
	}
}

func withCA(connection sync.KafkaConnection, pem string) sync.KafkaConnection {
	connection.CA = sync.Confidential(pem)
	return connection
}

// listen serves every connection with handle, and keeps it open after that.
func listen(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			handle(connection)
		}
	}()
	return listener.Addr().String()
}

func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

func TestOneDeadClusterDelaysNoOther(t *testing.T) {
	dead := listen(t, func(net.Conn) {})
	alive := fake(t, kfake.SeedTopics(1, "orders"))
	adapter := New(Options{})
	t.Cleanup(func() { _ = adapter.Close() })
	asked := make(chan sync.Facts, 1)
	deadContext, cancel := context.WithCancel(t.Context())
	go func() {
		questions := sync.KafkaQuestions{Connection: plaintext(dead), Partitions: true}
		asked <- adapter.Answer(deadContext, sync.Questions{Kafka: &questions})
	}()
	connection := plaintext(alive.ListenAddrs()...)
	connection.Cluster = "data/other"
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	facts := adapter.Answer(ctx, sync.Questions{Kafka: &sync.KafkaQuestions{Connection: connection, Partitions: true}})
	if _, known := facts.Kafka.Partitions.Get(); !known {
		t.Errorf("the live cluster is unknown: %s", facts.Kafka.Partitions.Why())
	}
	cancel()
	if late := <-asked; late.Kafka.Partitions.Why() == "" {
		t.Error("the dead cluster has answered")
	}
}

func TestNoSecretIsFormatted(t *testing.T) {
	connection := plaintext("127.0.0.1:1")
	connection.SASLPassword = sync.Confidential("opensesame")
	if _, err := saslMechanism(&connection); err == nil || strings.Contains(err.Error(), "opensesame") {
		t.Errorf("got error %v", err)
	}
	pair := sync.KafkaConnection{Certificate: sync.Confidential("opensesame"), Key: sync.Confidential("opensesame")}
	if _, err := tlsConfig(&pair); err == nil || strings.Contains(err.Error(), "opensesame") {
		t.Errorf("got error %v", err)
	}
	for says, failure := range map[string]error{
		"not accepted":  &tls.CertificateVerificationError{Err: context.Canceled},
		"check tls.crt": &net.OpError{Op: "remote error", Err: errors.New("tls: bad certificate")},
	} {
		if why := reason(t.Context(), "kafka:9092", failure); !strings.Contains(why, says) {
			t.Errorf("got %q, not %q", why, says)
		}
	}
}
