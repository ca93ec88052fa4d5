package roll

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/live"
)

// topicsAndUsers applies the shipped samples, and Koperator's where they are on this machine, with nothing changed but
// the name of the cluster. Kafka then has what they say, and has it no more when they are deleted.
func (c *kafkaCluster) topicsAndUsers() {
	restarts := len(c.Restarts)
	var all []*client
	for _, object := range c.clientSamples() {
		run.Kubectl(c.T, encode(c, object), "apply", "-f", "-")
		same := slices.IndexFunc(all, func(other *client) bool { return other.is(object) })
		if same < 0 {
			all, same = append(all, c.client(object)), len(all)
		}
		one := all[same]
		one.spec = object.Object["spec"].(map[string]any)
		c.CallUntil(one.String()+" to be ready", live.Patience, one.notReady)
		c.T.Logf("%s is ready", one)
		one.isInKafka()
	}
	for _, one := range all {
		run.Kubectl(c.T, "", "-n", one.key.Namespace, "delete", one.kind.Name, one.key.Name, "--wait=false")
		c.CallUntil(one.String()+" to be gone", live.Patience, one.notGone)
		one.isNotInKafka()
	}
	for _, one := range all {
		one.admin.Close()
	}
	for _, loop := range c.Others {
		loop.Close()
	}
	c.Others = nil
	if len(c.Restarts) != restarts {
		c.T.Errorf("let go: %v", c.Restarts[restarts:])
	}
}

// clientSamples are all KafkaTopics, then all KafkaUsers, in the order of their files.
func (c *kafkaCluster) clientSamples() []*kube.Object {
	c.T.Helper()
	samples := filepath.Join(run.Root, "manifests", "samples")
	files := []string{filepath.Join(samples, "kafkatopic.yaml"), filepath.Join(samples, "kafkauser.yaml")}
	koperators, err := filepath.Glob(filepath.Join(run.Root, "..", "shared", "samples", "*.yaml"))
	if err != nil {
		c.T.Fatal(err)
	}
	if len(koperators) == 0 {
		c.T.Log("Koperator's samples are not on this machine")
	}
	var found []*kube.Object
	for _, kind := range []string{"KafkaTopic", "KafkaUser"} {
		for _, file := range append(files, koperators...) {
			found = append(found, c.ofKind(file, kind)...)
		}
	}
	return found
}

// ofKind are the objects of one kind in a file, for this cluster.
func (c *kafkaCluster) ofKind(file, kind string) (found []*kube.Object) {
	c.T.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		c.T.Fatal(err)
	}
	for reader := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), len(text)+1); ; {
		object := &kube.Object{}
		if err := reader.Decode(&object.Object); err != nil {
			return found // its end; what is no YAML is found by other tests
		}
		if object.GetKind() != kind {
			continue
		}
		object.SetNamespace(c.Key.Namespace)
		reference := map[string]any{"name": c.Key.Name}
		if err := unstructured.SetNestedMap(object.Object, reference, "spec", "clusterRef"); err != nil {
			c.T.Fatal(err)
		}
		found = append(found, object)
	}
}

func encode(c *kafkaCluster, object *kube.Object) string {
	c.T.Helper()
	text, err := object.MarshalJSON()
	if err != nil {
		c.T.Fatal(err)
	}
	return string(text)
}

// client is a KafkaTopic or a KafkaUser.
type client struct {
	*kafkaCluster
	key  types.NamespacedName
	kind kube.Resource
	spec map[string]any

	admin *confluent.AdminClient
}

// client finds what was applied, and has its hook called from now on.
func (c *kafkaCluster) client(object *kube.Object) *client {
	c.T.Helper()
	kind, err := run.Control.Client.Kind(c.T.Context(), object.GetAPIVersion(), object.GetKind())
	if err != nil {
		c.T.Fatal(err)
	}
	c.Others = append(c.Others, c.NewLoop(kind, object))
	return &client{kafkaCluster: c, key: kube.Key(object), kind: kind, admin: c.Admin()}
}

func (one *client) is(object *kube.Object) bool {
	return one.key == kube.Key(object) && one.kind.Kind == object.GetKind()
}

func (one *client) String() string { return one.kind.Kind + " " + one.key.Name }

// notReady says what the object says of itself unless it is ready.
func (one *client) notReady() string {
	object, err := run.Control.Client.Get(one.T.Context(), one.kind, one.key)
	if err != nil {
		return err.Error()
	}
	for _, found := range live.Conditions(one.T, object) {
		if found.Type == "Ready" && found.ObservedGeneration == object.GetGeneration() {
			return live.MissingUnless(found.Status == metav1.ConditionTrue, found.Reason+": "+found.Message)
		}
	}
	return "no condition Ready for this generation"
}

func (one *client) notGone() string {
	_, err := run.Control.Client.Get(one.T.Context(), one.kind, one.key)
	return live.MissingUnless(apierrors.IsNotFound(err), "it is there")
}

func (one *client) isInKafka() {
	one.T.Helper()
	if one.kind.Kind == "KafkaUser" {
		if diff := cmp.Diff(one.granted(), one.acls()); diff != "" {
			one.T.Errorf("ACLs of %s: -granted +in Kafka:\n%s", one, diff)
		}
		if one.hasPassword() != one.logsIn() {
			one.T.Errorf("%s: a password in Kafka %t, asked for %t", one, one.hasPassword(), one.logsIn())
		}
		return
	}
	one.isTopic()
}

func (one *client) isNotInKafka() {
	one.T.Helper()
	if one.kind.Kind == "KafkaUser" {
		if acls := one.acls(); len(acls) > 0 {
			one.T.Errorf("ACLs of %s are left: %v", one, acls)
		}
		if one.hasPassword() {
			one.T.Errorf("the password of %s is left", one)
		}
		return
	}
	name := one.spec["name"].(string)
	live.Until(one.T, "the topic "+name+" to be gone", func() string {
		metadata, err := one.admin.GetMetadata(nil, true, 5000)
		if err != nil {
			return err.Error()
		}
		return live.MissingUnless(len(metadata.Topics[name].Partitions) == 0, "it is there")
	})
}

// isTopic compares what Kafka says with the spec.
func (one *client) isTopic() {
	one.T.Helper()
	name := one.spec["name"].(string)
	metadata, err := one.admin.GetMetadata(&name, false, 5000)
	if err != nil {
		one.T.Fatal(err)
	}
	got := fmt.Sprintf("%d partitions", len(metadata.Topics[name].Partitions))
	for _, partition := range metadata.Topics[name].Partitions {
		if wanted := one.spec["replicationFactor"]; fmt.Sprint(len(partition.Replicas)) != fmt.Sprint(wanted) {
			one.T.Errorf("%s-%d has the replicas %v, not %v", name, partition.ID, partition.Replicas, wanted)
		}
	}
	if want := fmt.Sprintf("%v partitions", one.spec["partitions"]); got != want {
		one.T.Errorf("%s has %s, not %s", name, got, want)
	}
	config, _, err := unstructured.NestedStringMap(one.spec, "config")
	if err != nil {
		one.T.Fatal(err)
	}
	inForce := one.configOf(confluent.ConfigResource{Type: confluent.ResourceTopic, Name: name})
	for key, wanted := range config {
		if value := inForce[key].Value; value != wanted {
			one.T.Errorf("%s of %s is %q, not %q", key, name, value, wanted)
		}
	}
}

// granted are the ACLs that docs/users.md promises for the grants.
func (one *client) granted() []string {
	operations := map[any][]string{
		"read": {"DESCRIBE", "DESCRIBE_CONFIGS", "READ"}, "write": {"DESCRIBE", "DESCRIBE_CONFIGS", "WRITE", "CREATE"},
	}
	grants, _, err := unstructured.NestedSlice(one.spec, "topicGrants")
	if err != nil {
		one.T.Fatal(err)
	}
	var acls []string
	for _, grant := range grants {
		grant := grant.(map[string]any)
		pattern := "LITERAL"
		if grant["patternType"] == "prefixed" {
			pattern = "PREFIXED"
		}
		for _, operation := range operations[grant["accessType"]] {
			acls = append(acls, fmt.Sprintf("TOPIC %s %s: %s", pattern, grant["topicName"], operation))
		}
		if grant["accessType"] == "read" {
			acls = append(acls, "GROUP LITERAL *: READ")
		}
	}
	slices.Sort(acls)
	return slices.Compact(acls)
}

// logsIn says that the user has a password, and no certificate.
func (one *client) logsIn() bool {
	kind, _, _ := unstructured.NestedString(one.spec, "authentication", "type")
	return kind == "scram-sha-512"
}

func (one *client) principal() string {
	if one.logsIn() {
		return "User:" + one.key.Name
	}
	return "User:CN=" + one.key.Name
}

// hasPassword says whether Kafka has SCRAM-SHA-512 credentials for the user.
func (one *client) hasPassword() (has bool) {
	one.T.Helper()
	live.Until(one.T, "Kafka to tell who has a password", func() string {
		result, err := one.admin.DescribeUserScramCredentials(one.T.Context(), []string{one.key.Name},
			confluent.SetAdminRequestTimeout(5*time.Second))
		if err != nil {
			return err.Error()
		}
		found := result.Descriptions[one.key.Name]
		has = slices.ContainsFunc(found.ScramCredentialInfos, func(info confluent.ScramCredentialInfo) bool {
			return info.Mechanism == confluent.ScramMechanismSHA512
		})
		code := found.Error.Code()
		return live.MissingUnless(code == confluent.ErrNoError || code == confluent.ErrResourceNotFound, found.Error.String())
	})
	return has
}

// acls are what Kafka holds for the user.
func (one *client) acls() []string {
	one.T.Helper()
	var acls []string
	live.Until(one.T, "Kafka to tell the ACLs", func() string {
		result, err := one.admin.DescribeACLs(one.T.Context(), confluent.ACLBindingFilter{
			Type: confluent.ResourceAny, ResourcePatternType: confluent.ResourcePatternTypeAny,
			Principal: one.principal(), Operation: confluent.ACLOperationAny,
			PermissionType: confluent.ACLPermissionTypeAny,
		}, confluent.SetAdminRequestTimeout(5*time.Second))
		if err != nil {
			return err.Error()
		}
		acls = nil
		for _, acl := range result.ACLBindings {
			acls = append(acls, fmt.Sprintf("%s %s %s: %s", acl.Type, acl.ResourcePatternType, acl.Name, acl.Operation))
		}
		slices.Sort(acls)
		return live.MissingUnless(result.Error.Code() == confluent.ErrNoError, result.Error.String())
	})
	return acls
}
