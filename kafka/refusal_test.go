package kafka

import (
	"errors"
	"strings"
	"testing"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

func TestRefusalsAreWords(t *testing.T) {
	says := func(text string) *string { return &text }
	cases := map[string]struct {
		err  error
		want string
	}{
		"Kafka's own words": {
			refusalOf(kerr.InvalidConfig.Code, says("Invalid value soon for configuration retention.ms")),
			"INVALID_CONFIG: Invalid value soon for configuration retention.ms",
		},
		"what to do": {
			refusalOf(kerr.PolicyViolation.Code, says("too many partitions")),
			"POLICY_VIOLATION: a policy of the brokers forbids it; Kafka says: too many partitions",
		},
		"no words": {refusalOf(kerr.TopicDeletionDisabled.Code, nil), "set delete.topic.enable to true"},
		"neither":  {refusalOf(kerr.UnknownServerError.Code, nil), "UNKNOWN_SERVER_ERROR: "},
		"librdkafka": {
			refusalBy(confluent.NewError(confluent.ErrClusterAuthorizationFailed, "", false)), "make it a super user",
		},
		"ours": {unfit("%q is none", "x"), `"x" is none`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(c.err.Error(), c.want) {
				t.Errorf("got %q, want it to say %q", c.err, c.want)
			}
		})
	}
	if refusalOf(0, nil) != nil || refusalBy(confluent.Error{}) != nil || refusalBy(nil) != nil {
		t.Error("no error is a refusal")
	}
	local := refusalBy(confluent.NewError(confluent.ErrTimedOut, "", false))
	if _, ok := errors.AsType[*refusal](local); ok || !late(t.Context(), local) {
		t.Errorf("a late answer is a refusal: %v", local)
	}
}

func TestUserLives(t *testing.T) {
	u := newUser(t, plaintext(fake(t).ListenAddrs()...))
	question := sync.KafkaQuestions{User: &sync.UserQuestion{Principal: "User:alice", SCRAM: "alice", Quota: "alice"}}
	alice := func() sync.User { return known(t, u.ask(question).User) }
	if got := alice(); !cmp.Equal(sync.User{}, got) {
		t.Errorf("got %+v", got)
	}
	acls := []sync.ACL{
		{
			ResourceType: "topic", ResourceName: "orders", PatternType: "literal", Principal: "User:alice", Host: "*",
			Operation: "describe", Permission: "allow",
		}, {
			ResourceType: "transactional_id", ResourceName: "orders", PatternType: "prefixed", Principal: "User:alice",
			Host: "*", Operation: "write", Permission: "deny",
		},
	}
	u.done(sync.CreateACLs{ToKafka: u.to, ACLs: acls})
	u.done(sync.SetSCRAM{
		ToKafka: u.to, User: "alice", Mechanism: "SCRAM-SHA-256", Iterations: 4096, Password: sync.Confidential("opensesame"),
	})
	u.done(sync.AlterQuotas{ToKafka: u.to, User: "alice", Set: map[string]float64{"producer_byte_rate": 7}})
	want := sync.User{
		ACLs: acls, SCRAM: []sync.SCRAMCredential{{Mechanism: "SCRAM-SHA-256", Iterations: 4096}},
		Quotas: map[string]float64{"producer_byte_rate": 7},
	}
	if diff := cmp.Diff(want, alice()); diff != "" {
		t.Errorf("the user (-want +got):\n%s", diff)
	}
	u.done(sync.DeleteACLs{ToKafka: u.to, ACLs: acls})
	u.done(sync.DeleteSCRAM{ToKafka: u.to, User: "alice", Mechanism: "SCRAM-SHA-256"})
	u.done(sync.AlterQuotas{ToKafka: u.to, User: "alice", Delete: []string{"producer_byte_rate"}})
	if got := alice(); !cmp.Equal(sync.User{}, got) {
		t.Errorf("got %+v", got)
	}
}

// What would match more than was meant is not sent.
func TestAnACLNamesExactlyOne(t *testing.T) {
	whole := sync.ACL{
		ResourceType: "topic", ResourceName: "orders", PatternType: "literal", Principal: "User:alice", Host: "*",
		Operation: "read", Permission: "allow",
	}
	if _, err := codesOf(&whole); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*sync.ACL){
		"no name": func(a *sync.ACL) { a.ResourceName = "" }, "no principal": func(a *sync.ACL) { a.Principal = "" },
		"no host": func(a *sync.ACL) { a.Host = "" }, "any resource": func(a *sync.ACL) { a.ResourceType = "any" },
		"any operation":  func(a *sync.ACL) { a.Operation = "any" },
		"any pattern":    func(a *sync.ACL) { a.PatternType = "match" },
		"any permission": func(a *sync.ACL) { a.Permission = "any" }, "nonsense": func(a *sync.ACL) { a.Operation = "dance" },
	} {
		acl := whole
		spoil(&acl)
		if _, err := codesOf(&acl); err == nil {
			t.Errorf("%s: %s is accepted", name, acl)
		}
	}
}

func TestCommandsThatCanNotBe(t *testing.T) {
	u := newUser(t, plaintext(fake(t).ListenAddrs()...))
	for _, command := range []sync.Command{
		sync.OrphanClaim{},
		sync.SetSCRAM{ToKafka: u.to, User: "alice", Mechanism: "PLAIN", Password: sync.Confidential("opensesame")},
		sync.SetSCRAM{ToKafka: u.to, User: "alice", Mechanism: "SCRAM-SHA-512"},
		sync.AddVoter{ToKafka: u.to, ID: 1, Directory: "nonsense"},
		sync.RemoveVoter{ToKafka: u.to, ID: 1},
		sync.AlterConfigs{ToKafka: u.to, Resource: sync.ConfigResource{Type: sync.BrokerConfig, Name: "one"}},
	} {
		err := u.perform(command)
		if err == nil || errors.Is(err, errUnconfirmed) || strings.Contains(err.Error(), "opensesame") {
			t.Errorf("%s: got error %v", command, err)
		}
	}
	if got := metric(t, u.metrics, "kompositor_kafka_command_seconds"); got != 6 {
		t.Errorf("%v commands are counted", got)
	}
	dead := newUser(t, plaintext(closedPort(t)))
	if err := dead.perform(sync.DeleteTopic{ToKafka: dead.to, Topic: "orders"}); !errors.Is(err, errUnreached) ||
		!strings.Contains(err.Error(), "refuses connections") {
		t.Errorf("got error %v", err)
	}
}

// Kafka repeats a value that it does not accept; one that is secret is not repeated by us.
func TestNoSecretInARefusal(t *testing.T) {
	cluster := fake(t)
	cluster.ControlKey(int16(kmsg.IncrementalAlterConfigs), func(request kmsg.Request) (kmsg.Response, error, bool) {
		response := request.ResponseKind().(*kmsg.IncrementalAlterConfigsResponse)
		resource := kmsg.NewIncrementalAlterConfigsResponseResource()
		resource.ErrorCode, resource.ErrorMessage = kerr.InvalidConfig.Code, new("Invalid value opensesame for it")
		resource.ResourceType = kmsg.ConfigResourceTypeBroker
		response.Resources = append(response.Resources, resource)
		return response, nil, true
	})
	u := newUser(t, plaintext(cluster.ListenAddrs()...))
	const key = "listener.name.internal.ssl.keystore.password"
	err := u.perform(sync.AlterConfigs{
		ToKafka: u.to, Resource: sync.ConfigResource{Type: sync.BrokerConfig}, Secret: []string{key},
		Set: map[string]string{key: "opensesame"},
	})
	if !errors.Is(err, kerr.InvalidConfig) || strings.Contains(err.Error(), "opensesame") {
		t.Errorf("got error %v", err)
	}
}

func TestReadLogDirs(t *testing.T) {
	response := kmsg.NewPtrDescribeLogDirsResponse()
	if _, err := readLogDirs(response); !errors.Is(err, kerr.ClusterAuthorizationFailed) {
		t.Errorf("a broker without directories is taken for the truth: %v", err)
	}
	offline, online := kmsg.NewDescribeLogDirsResponseDir(), kmsg.NewDescribeLogDirsResponseDir()
	offline.Dir, offline.ErrorCode = "/b", kerr.KafkaStorageError.Code
	online.Dir, online.TotalBytes, online.UsableBytes = "/a", 100, 40
	online.Topics = []kmsg.DescribeLogDirsResponseDirTopic{{Partitions: []kmsg.DescribeLogDirsResponseDirTopicPartition{
		{Size: 5}, {Size: 6, IsFuture: true},
	}}}
	response.Dirs = append(response.Dirs, offline, online)
	got, err := readLogDirs(response)
	want := []sync.LogDir{
		{Path: "/a", TotalBytes: 100, UsableBytes: 40, Replicas: 2, SizeBytes: 11},
		{Path: "/b", Error: "KAFKA_STORAGE_ERROR", TotalBytes: -1, UsableBytes: -1},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v, read differently (-want +got):\n%s", err, diff)
	}
}

// The first of three brokers is silent for one question; the others' answers are there.
func TestOneSilentBrokerIsUnknownAlone(t *testing.T) {
	cluster := fake(t, kfake.SeedTopics(1, "orders"))
	cluster.ControlKey(int16(kmsg.DescribeLogDirs), func(kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if cluster.CurrentNode() == 0 {
			return nil, errors.New("hangs up"), true
		}
		return nil, nil, false
	})
	u := newUser(t, plaintext(cluster.ListenAddrs()...))
	for _, of := range known(t, u.ask(sync.KafkaQuestions{LogDirs: []int32{0, 1, 2}}).LogDirs) {
		if (of.Unknown != "") != (of.Broker == 0) {
			t.Errorf("got %+v", of)
		}
	}
}
