package e2e

import (
	"context"
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/metacontroller"
)

// Cruise Control comes up as a Deployment; what it reads changes it, once; and a Deployment with the strategy that
// Kubernetes gives one of Koperator's becomes what is drawn here.
func TestCruiseControlIsDeployed(t *testing.T) {
	for _, strategy := range []metacontroller.ApplyStrategy{metacontroller.DynamicApply, metacontroller.ServerSideApply} {
		t.Run(string(strategy), func(t *testing.T) { deployCruiseControl(t, strategy) })
	}
}

func deployCruiseControl(t *testing.T, strategy metacontroller.ApplyStrategy) {
	t.Helper()
	driver, _ := shippedDriver(t, "kafkaclusters", strategy)
	var object *kube.Object
	for _, sample := range samples(t) {
		for _, o := range sample.objects {
			if o.GetName() == "balanced" {
				object = o
			}
		}
	}
	p := newParent(t, driver, object)
	p.settle()
	deployments, err := cluster.Client.Resource(t.Context(), "apps/v1", "deployments")
	if err != nil {
		t.Fatal(err)
	}
	key := types.NamespacedName{Namespace: p.key.Namespace, Name: "balanced-cruisecontrol"}
	read := func() *kube.Object {
		t.Helper()
		found, err := cluster.Client.Get(t.Context(), deployments, key)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	first := read()
	serves(t, p)
	kubectl(t, "", "-n", key.Namespace, "patch", "deployment", key.Name, "--type=merge", "-p",
		`{"spec":{"strategy":{"rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"}}}}`)
	p.settle()
	surge, there, err := unstructured.NestedInt64(read().Object, "spec", "strategy", "rollingUpdate", "maxSurge")
	if surge != 0 || !there || err != nil {
		t.Errorf("two Pods may run at a time: maxSurge is %d", surge)
	}
	kubectl(t, "", "-n", key.Namespace, "patch", "kafkacluster", p.key.Name, "--type=merge", "-p",
		`{"spec":{"cruiseControlConfig":{"config":"max.replicas.per.broker=5000"}}}`)
	p.settle()
	template := func(o *kube.Object) string {
		hash, _, _ := unstructured.NestedString(o.Object, "spec", "template", "metadata", "annotations",
			"cruiseControlConfig.json")
		return hash
	}
	last := read()
	if template(last) == template(first) || last.GetUID() != first.GetUID() {
		t.Errorf("another configuration is not another Pod of the same Deployment: %s", template(last))
	}
	serves(t, p)
	p.stand(5)
}

// serves waits until the cluster says that its Cruise Control is ready.
func serves(t *testing.T, p *parent) {
	t.Helper()
	waitFor(t, "Cruise Control of "+p.key.String(), func(context.Context) (string, error) {
		p.pass()
		conditions, _, err := unstructured.NestedSlice(p.read().Object, "status", "conditions")
		for _, condition := range conditions {
			condition, _ := condition.(map[string]any)
			if condition["type"] == "CruiseControlReachable" {
				return missingUnless(condition["status"] == "True", fmt.Sprint(condition["message"])), err
			}
		}
		return "the condition CruiseControlReachable", err
	})
}
