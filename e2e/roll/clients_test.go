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
	"github.com/kompositor/kompositor/e2e/metacontroller"
)

// topicsAndUsers applies the shipped samples, and Koperator's where they are on this machine, with nothing changed but
// the name of the cluster. Kafka then has what they say, and has it no more when they are deleted.
func (c *kafkaCluster) topicsAndUsers() {
	restarts := len(c.restarts)
	var all []*client
	for _, object := range c.clientSamples() {
		kubectl(c.t, encode(c, object), "apply", "-f", "-")
		same := slices.IndexFunc(all, func(other *client) bool { return other.is(object) })
		if same < 0 {
			all, same = append(all, c.client(object)), len(all)
		}
		one := all[same]
		one.spec = object.Object["spec"].(map[string]any)
		c.callUntil(one.String()+" to be ready", patience, one.notReady)
		c.t.Logf("%s is ready", one)
		one.isInKafka()
	}
	for _, one := range all {
		kubectl(c.t, "", "-n", one.key.Namespace, "delete", one.kind.Name, one.key.Name, "--wait=false")
		c.callUntil(one.String()+" to be gone", patience, one.notGone)
		one.isNotInKafka()
	}
	for _, one := range all {
		one.admin.Close()
	}
	for _, loop := range c.others {
		loop.Close()
	}
	c.others = nil
	if len(c.restarts) != restarts {
		c.t.Errorf("let go: %v", c.restarts[restarts:])
	}
}

// clientSamples are all KafkaTopics, then all KafkaUsers, in the order of their files.
func (c *kafkaCluster) clientSamples() []*kube.Object {
	c.t.Helper()
	samples := filepath.Join(root, "manifests", "samples")
	files := []string{filepath.Join(samples, "kafkatopic.yaml"), filepath.Join(samples, "kafkauser.yaml")}
	koperators, err := filepath.Glob(filepath.Join(root, "..", "shared", "samples", "*.yaml"))
	if err != nil {
		c.t.Fatal(err)
	}
	if len(koperators) == 0 {
		c.t.Log("Koperator's samples are not on this machine")
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
	c.t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		c.t.Fatal(err)
	}
	for reader := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), len(text)+1); ; {
		object := &kube.Object{}
		if err := reader.Decode(&object.Object); err != nil {
			return found // its end; what is no YAML is found by other tests
		}
		if object.GetKind() != kind {
			continue
		}
		object.SetNamespace(c.key.Namespace)
		reference := map[string]any{"name": c.key.Name}
		if err := unstructured.SetNestedMap(object.Object, reference, "spec", "clusterRef"); err != nil {
			c.t.Fatal(err)
		}
		found = append(found, object)
	}
}

func encode(c *kafkaCluster, object *kube.Object) string {
	c.t.Helper()
	text, err := object.MarshalJSON()
	if err != nil {
		c.t.Fatal(err)
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
	c.t.Helper()
	kind, err := cluster.Client.Kind(c.t.Context(), object.GetAPIVersion(), object.GetKind())
	if err != nil {
		c.t.Fatal(err)
	}
	driver, err := shipped.Driver(c.t.Context(), kind.Name, metacontroller.Options{}, func(warning string) {
		c.t.Errorf("the API server warns of a child: %s", warning)
	})
	if err != nil {
		c.t.Fatal(err)
	}
	loop, err := driver.NewLoop(c.t.Context(), kube.Key(object))
	if err != nil {
		c.t.Fatal(err)
	}
	c.others = append(c.others, loop)
	return &client{kafkaCluster: c, key: kube.Key(object), kind: kind, admin: c.newAdmin()}
}

func (one *client) is(object *kube.Object) bool {
	return one.key == kube.Key(object) && one.kind.Kind == object.GetKind()
}

func (one *client) String() string { return one.kind.Kind + " " + one.key.Name }

// notReady says what the object says of itself unless it is ready.
func (one *client) notReady() string {
	object, err := cluster.Client.Get(one.t.Context(), one.kind, one.key)
	if err != nil {
		return err.Error()
	}
	for _, found := range conditions(one.t, object) {
		if found.Type == "Ready" && found.ObservedGeneration == object.GetGeneration() {
			return missingUnless(found.Status == metav1.ConditionTrue, found.Reason+": "+found.Message)
		}
	}
	return "no condition Ready for this generation"
}

func (one *client) notGone() string {
	_, err := cluster.Client.Get(one.t.Context(), one.kind, one.key)
	return missingUnless(apierrors.IsNotFound(err), "it is there")
}

func (one *client) isInKafka() {
	one.t.Helper()
	if one.kind.Kind == "KafkaUser" {
		if diff := cmp.Diff(one.granted(), one.acls()); diff != "" {
			one.t.Errorf("ACLs of %s: -granted +in Kafka:\n%s", one, diff)
		}
		if one.hasPassword() != one.logsIn() {
			one.t.Errorf("%s: a password in Kafka %t, asked for %t", one, one.hasPassword(), one.logsIn())
		}
		return
	}
	one.isTopic()
}

func (one *client) isNotInKafka() {
	one.t.Helper()
	if one.kind.Kind == "KafkaUser" {
		if acls := one.acls(); len(acls) > 0 {
			one.t.Errorf("ACLs of %s are left: %v", one, acls)
		}
		if one.hasPassword() {
			one.t.Errorf("the password of %s is left", one)
		}
		return
	}
	name := one.spec["name"].(string)
	until(one.t, "the topic "+name+" to be gone", func() string {
		metadata, err := one.admin.GetMetadata(nil, true, 5000)
		if err != nil {
			return err.Error()
		}
		return missingUnless(len(metadata.Topics[name].Partitions) == 0, "it is there")
	})
}

// isTopic compares what Kafka says with the spec.
func (one *client) isTopic() {
	one.t.Helper()
	name := one.spec["name"].(string)
	metadata, err := one.admin.GetMetadata(&name, false, 5000)
	if err != nil {
		one.t.Fatal(err)
	}
	got := fmt.Sprintf("%d partitions", len(metadata.Topics[name].Partitions))
	for _, partition := range metadata.Topics[name].Partitions {
		if wanted := one.spec["replicationFactor"]; fmt.Sprint(len(partition.Replicas)) != fmt.Sprint(wanted) {
			one.t.Errorf("%s-%d has the replicas %v, not %v", name, partition.ID, partition.Replicas, wanted)
		}
	}
	if want := fmt.Sprintf("%v partitions", one.spec["partitions"]); got != want {
		one.t.Errorf("%s has %s, not %s", name, got, want)
	}
	config, _, err := unstructured.NestedStringMap(one.spec, "config")
	if err != nil {
		one.t.Fatal(err)
	}
	inForce := one.configOf(confluent.ConfigResource{Type: confluent.ResourceTopic, Name: name})
	for key, wanted := range config {
		if value := inForce[key].Value; value != wanted {
			one.t.Errorf("%s of %s is %q, not %q", key, name, value, wanted)
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
		one.t.Fatal(err)
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
	one.t.Helper()
	until(one.t, "Kafka to tell who has a password", func() string {
		result, err := one.admin.DescribeUserScramCredentials(one.t.Context(), []string{one.key.Name},
			confluent.SetAdminRequestTimeout(5*time.Second))
		if err != nil {
			return err.Error()
		}
		found := result.Descriptions[one.key.Name]
		has = slices.ContainsFunc(found.ScramCredentialInfos, func(info confluent.ScramCredentialInfo) bool {
			return info.Mechanism == confluent.ScramMechanismSHA512
		})
		code := found.Error.Code()
		return missingUnless(code == confluent.ErrNoError || code == confluent.ErrResourceNotFound, found.Error.String())
	})
	return has
}

// acls are what Kafka holds for the user.
func (one *client) acls() []string {
	one.t.Helper()
	var acls []string
	until(one.t, "Kafka to tell the ACLs", func() string {
		result, err := one.admin.DescribeACLs(one.t.Context(), confluent.ACLBindingFilter{
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
		return missingUnless(result.Error.Code() == confluent.ErrNoError, result.Error.String())
	})
	return acls
}
