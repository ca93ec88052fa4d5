package e2e

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kompositor/kompositor/e2e/metacontroller"
)

// Every sample KafkaUser, and one who logs in with a password, is answered through the shipped binary under the shipped
// CompositeController, whichever way Metacontroller writes. No Kafka runs here: the user waits for its KafkaCluster,
// then for Kafka, and says so; all of its status is kept by the API server; it is written no more; and it goes when it
// is deleted, for nothing was given. One who has something in Kafka stays until its cluster goes.
func TestUsers(t *testing.T) {
	for _, strategy := range []metacontroller.ApplyStrategy{metacontroller.DynamicApply, metacontroller.ServerSideApply} {
		t.Run(string(strategy), func(t *testing.T) { usersWait(t, strategy) })
	}
}

// scramUser is one whose password is made.
const scramUser = `
apiVersion: kafka.banzaicloud.io/v1alpha1
kind: KafkaUser
metadata: {name: shop}
spec:
  clusterRef: {name: demo}
  secretName: shop-login
  authentication: {type: scram-sha-512}
  topicGrants:
  - {topicName: orders, accessType: read}
  quotas: {producerByteRate: 1048576, requestPercentage: 50}
`

func usersWait(t *testing.T, strategy metacontroller.ApplyStrategy) {
	t.Helper()
	clusters, _ := shippedDriver(t, "kafkaclusters", strategy)
	users, _ := shippedDriver(t, "kafkausers", strategy)
	all := append(samples(t), sample{name: "scram", objects: parseText(t, scramUser)})
	for _, sample := range all {
		for _, object := range sample.objects {
			if object.GetKind() != "KafkaUser" {
				continue
			}
			t.Run(sample.name, func(t *testing.T) {
				user := newResource(t, users, object)
				user.says("Ready", "False", "ClusterMissing")
				user.stand(3)
				user.keepsItsStatus()
				newCluster(t, clusters, user.key.Namespace, user.clusterName()).pass()
				user.waitsForKafka()
				user.stand(3)
				user.keepsItsStatus()
				user.delete()
			})
		}
	}
	t.Run("password", func(t *testing.T) { passwordIsKept(t, users) })
	t.Run("finalizer", func(t *testing.T) { finalizerHolds(t, clusters, users) })
}

// waitsForKafka drives until the user waits for Kafka; one who has nothing there has nothing to wait for.
func (r *resource) waitsForKafka() {
	r.t.Helper()
	for _, field := range []string{"topicGrants", "quotas", "authentication"} {
		if _, found, _ := unstructured.NestedFieldNoCopy(r.read().Object, "spec", field); found {
			r.says("Ready", "False", "KafkaUnknown")
			return
		}
	}
	r.says("Ready", "True", "AsExpected")
	r.says("CertificatesReady", "False", "SecretMissing")
}

// keepsItsStatus checks that the API server has the whole status that was answered, nothing of it pruned.
func (r *resource) keepsItsStatus() {
	r.t.Helper()
	var answered struct{ Status any }
	if err := json.Unmarshal(r.pass().Answer, &answered); err != nil {
		r.t.Fatal(err)
	}
	text, err := json.Marshal(r.read().Object["status"])
	if err != nil {
		r.t.Fatal(err)
	}
	var kept any
	if err := json.Unmarshal(text, &kept); err != nil {
		r.t.Fatal(err)
	}
	if diff := cmp.Diff(answered.Status, kept); diff != "" {
		r.t.Errorf("-answered +kept:\n%s", diff)
	}
}

// passwordIsKept: the Secret is made once and left alone, made again with another password when it is deleted, and
// collected with its user.
func passwordIsKept(t *testing.T, users *metacontroller.Driver) {
	t.Helper()
	user := newResource(t, users, parseText(t, scramUser)[0])
	user.says("Ready", "False", "ClusterMissing")
	user.stand(3)
	secret := user.key.Namespace + "/shop-login"
	password := func() string {
		object, err := read(t.Context(), "v1", "secrets", secret)
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := unstructured.NestedString(object.Object, "data", "password")
		if err != nil || text == "" {
			t.Fatalf("the Secret has no password: %v", err)
		}
		return text
	}
	first := password()
	user.stand(3)
	if password() != first {
		t.Error("the password is made again")
	}
	kubectl(t, "", "-n", user.key.Namespace, "delete", "secret", "shop-login")
	waitFor(t, "the Secret to come back", func(ctx context.Context) (string, error) {
		user.pass()
		_, err := read(ctx, "v1", "secrets", secret)
		if apierrors.IsNotFound(err) {
			return "the Secret", nil
		}
		return "", err
	})
	if password() == first {
		t.Error("the deleted password has come back")
	}
	user.stand(3)
	user.delete()
	waitFor(t, "the Secret to be collected", gone("v1", "secrets", secret))
}

// recorded is the status of a user that has something in Kafka.
const recorded = `{"status":{"state":"created","scramSecret":"uid/1","quotaKeys":["producer_byte_rate"],` +
	`"acls":["User:shop,Topic,LITERAL,orders,Read,Allow,*"]}}`

// finalizerHolds: who has something in Kafka stays while Kafka can not be asked, and goes with its cluster.
func finalizerHolds(t *testing.T, clusters, users *metacontroller.Driver) {
	t.Helper()
	user := newResource(t, users, parseText(t, scramUser)[0])
	cluster := newCluster(t, clusters, user.key.Namespace, user.clusterName())
	cluster.pass()
	user.says("Ready", "False", "KafkaUnknown")
	kubectl(t, "", "-n", user.key.Namespace, "patch", user.plural(), user.key.Name, "--subresource=status", "--type=merge",
		"-p", recorded)
	user.pass()
	kubectl(t, "", "-n", user.key.Namespace, "delete", user.plural(), user.key.Name, "--wait=false")
	user.says("Ready", "False", "Finalizing")
	user.stand(3)
	user.keepsItsStatus()
	object := user.read()
	if !slices.Contains(object.GetFinalizers(), "metacontroller.io/compositecontroller-kafkauser") {
		t.Errorf("the finalizers are %v", object.GetFinalizers())
	}
	if acls, _, err := unstructured.NestedStringSlice(object.Object, "status", "acls"); len(acls) == 0 {
		t.Errorf("what was given is forgotten: %v", err)
	}
	kubectl(t, "", "-n", user.key.Namespace, "delete", "kafkacluster", cluster.key.Name, "--wait=false")
	waitFor(t, "KafkaUser "+user.key.String()+" to go", func(ctx context.Context) (string, error) {
		user.pass()
		return gone(group+"/v1alpha1", user.plural(), user.key.String())(ctx)
	})
}
