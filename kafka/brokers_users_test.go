//go:build brokers

package kafka

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kompositor/kompositor/sync"
)

// What a user is given works: a credential logs in, and ACLs allow.
func brokersUsers(t *testing.T, c *nodes, u *user) {
	question := sync.KafkaQuestions{User: &sync.UserQuestion{Principal: "User:alice", SCRAM: "alice", Quota: "alice"}}
	alice := func() sync.User { return known(t, u.ask(question).User) }
	if got := alice(); !cmp.Equal(got, sync.User{}) {
		t.Errorf("got %+v of a user that nobody made", got)
	}
	acl := func(name, pattern, operation string) sync.ACL {
		return sync.ACL{
			ResourceType: "topic", ResourceName: name, PatternType: pattern, Principal: "User:alice", Host: "*",
			Operation: operation, Permission: "allow",
		}
	}
	acls := []sync.ACL{
		acl("orders", "literal", "describe"), acl("orders", "literal", "write"), acl("orders", "prefixed", "read"),
		{
			ResourceType: "transactional_id", ResourceName: "*", PatternType: "literal", Principal: "User:alice", Host: "*",
			Operation: "write", Permission: "deny",
		},
	}
	u.done(sync.CreateACLs{ToKafka: u.to, ACLs: append(acls[1:], acls[0])})
	stranger := acl("orders", "literal", "read")
	stranger.Principal = "User:alicia"
	u.done(sync.CreateACLs{ToKafka: u.to, ACLs: []sync.ACL{stranger}})
	set := sync.SetSCRAM{
		ToKafka: u.to, User: "alice", Mechanism: "SCRAM-SHA-512", Iterations: 4096, Password: sync.Confidential("opensesame"),
	}
	u.done(set)
	u.done(sync.AlterQuotas{ToKafka: u.to, User: "alice", Set: map[string]float64{
		"producer_byte_rate": 1024, "request_percentage": 12.5,
	}})
	want := sync.User{
		ACLs:   acls,
		SCRAM:  []sync.SCRAMCredential{{Mechanism: "SCRAM-SHA-512", Iterations: 4096}},
		Quotas: map[string]float64{"producer_byte_rate": 1024, "request_percentage": 12.5},
	}
	until(t, "the user", func() bool { return cmp.Equal(want, alice()) || len(alice().Quotas) == 2 })
	if diff := cmp.Diff(want, alice()); diff != "" {
		t.Errorf("the user (-want +got):\n%s", diff)
	}
	brokersLogin(t, c)

	weak := set
	weak.Iterations = 10
	u.refused(weak, kerr.UnacceptableCredential)
	u.refused(sync.AlterQuotas{ToKafka: u.to, User: "alice", Set: map[string]float64{"no_such_rate": 1}},
		kerr.InvalidRequest, "no_such_rate")
	u.done(sync.AlterQuotas{ToKafka: u.to, User: "alice", Delete: []string{"producer_byte_rate"}, Set: map[string]float64{
		"consumer_byte_rate": 7,
	}})
	u.done(sync.DeleteACLs{ToKafka: u.to, ACLs: acls[1:]})
	u.done(sync.DeleteSCRAM{ToKafka: u.to, User: "alice", Mechanism: "SCRAM-SHA-512"})
	want = sync.User{ACLs: acls[:1], Quotas: map[string]float64{"consumer_byte_rate": 7, "request_percentage": 12.5}}
	until(t, "the changed user", func() bool { return cmp.Equal(want, alice()) })
	u.done(sync.AlterQuotas{ToKafka: u.to, User: "alice", Delete: []string{"consumer_byte_rate", "request_percentage"}})
	u.done(sync.DeleteACLs{ToKafka: u.to, ACLs: acls})
	until(t, "the user to be gone", func() bool { return cmp.Equal(sync.User{}, alice()) })
	question.User.Principal = "User:alicia"
	if got := alice(); len(got.ACLs) != 1 {
		t.Errorf("another's ACLs are %+v", got.ACLs)
	}
}

// brokersLogin logs in as the user, whose ACLs allow little.
func brokersLogin(t *testing.T, c *nodes) {
	t.Helper()
	connection := sync.KafkaConnection{
		Cluster: "data/alice", Protocol: "SASL_PLAINTEXT", SASLMechanism: "SCRAM-SHA-512",
		SASLUsername: sync.Confidential("alice"), SASLPassword: sync.Confidential("opensesame"),
	}
	for _, n := range c.all {
		connection.Bootstrap = append(connection.Bootstrap, n.loginAddress())
	}
	logged := newUser(t, connection)
	until(t, "the login", func() bool {
		topic, known := logged.ask(sync.KafkaQuestions{Topic: "orders"}).Topic.Get()
		return known && !topic.Exists // it is allowed to know that it is not there
	})
	logged.refused(sync.DeleteTopic{ToKafka: logged.to, Topic: "records"}, kerr.TopicAuthorizationFailed, "super user")
	logged.refused(sync.AlterConfigs{
		ToKafka: logged.to, Resource: sync.ConfigResource{Type: sync.BrokerConfig},
		Set: map[string]string{"log.cleaner.threads": "2"},
	}, kerr.ClusterAuthorizationFailed, "super user")
	facts := logged.ask(sync.KafkaQuestions{Quorum: true, LogDirs: []int32{0}, Reassignments: true})
	dirs, _ := facts.LogDirs.Get()
	for _, why := range []string{facts.Quorum.Why(), facts.Reassignments.Why(), dirs[0].Unknown} {
		if !strings.Contains(why, "super user") {
			t.Errorf("got %q", why)
		}
	}
	connection.SASLPassword = sync.Confidential("closesesame")
	wrong := newUser(t, connection)
	if why := wrong.ask(sync.KafkaQuestions{Cluster: true}).Cluster.Why(); !strings.Contains(why, "refuses our login") {
		t.Errorf("got %q", why)
	}
}

// A cluster that began before KIP-853 and was formatted by an older release: its features rise, its quorum is fixed.
func TestOldBrokers(t *testing.T) {
	eachVersion(t, func(t *testing.T, home string) {
		c := start(t, home, shape{size: 1, static: true, release: "3.8", properties: `delete.topic.enable=false
offsets.topic.replication.factor=1`})
		u := newUser(t, c.to())
		features := func() sync.Features { return known(t, u.ask(sync.KafkaQuestions{Features: true}).Features) }
		before := features()
		low, high := before.Finalized["metadata.version"], before.Supported["metadata.version"].Max
		if low != 20 || low >= high {
			t.Fatalf("got %+v", before)
		}
		u.refused(sync.UpdateFeature{ToKafka: u.to, Feature: "metadata.version", Level: high + 1}, kerr.InvalidUpdateVersion)
		u.done(sync.UpdateFeature{ToKafka: u.to, Feature: "metadata.version", Level: high})
		u.done(sync.UpdateFeature{ToKafka: u.to, Feature: "metadata.version", Level: low})
		until(t, "the new level", func() bool { return features().Finalized["metadata.version"] == high })

		quorum := known(t, u.ask(sync.KafkaQuestions{Quorum: true}).Quorum)
		if len(quorum.Voters) != 1 || quorum.Voters[0].Directory != "" {
			t.Errorf("got %+v", quorum)
		}
		u.refused(sync.AddVoter{
			ToKafka: u.to, ID: 1, Directory: c.all[0].directory, Listener: "CONTROLLER", Host: "127.0.0.1", Port: 1,
		}, kerr.UnsupportedVersion, "can not do it")
		u.done(sync.CreateTopic{ToKafka: u.to, Topic: "orders", Partitions: 1, ReplicationFactor: 1})
		u.refused(sync.DeleteTopic{ToKafka: u.to, Topic: "orders"}, kerr.TopicDeletionDisabled, "delete.topic.enable")
		alice := known(t, u.ask(sync.KafkaQuestions{User: &sync.UserQuestion{Principal: "User:alice", SCRAM: "alice"}}).User)
		if !alice.NoAuthorizer {
			t.Errorf("got %+v", alice)
		}
		u.refused(sync.CreateACLs{ToKafka: u.to, ACLs: []sync.ACL{{
			ResourceType: "topic", ResourceName: "orders", PatternType: "literal", Principal: "User:alice", Host: "*",
			Operation: "read", Permission: "allow",
		}}}, kerr.SecurityDisabled, "authorizer.class.name")
	})
}
