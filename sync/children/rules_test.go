package children

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kompositor/kompositor/api/v1beta1"
)

func TestPodDisruptionBudgets(t *testing.T) {
	for _, test := range []struct {
		name, budget                   string
		brokers, controllers, combined int
		zookeeper                      bool
		want                           []string
	}{
		{name: "brokers and controllers", budget: "1", brokers: 6, controllers: 3, want: []string{
			"k-pdb 5 isBrokerNode", "k-controller-pdb 2 isControllerNode",
		}},
		{name: "a percentage is rounded down", budget: "20%", brokers: 9, controllers: 5, want: []string{
			"k-pdb 8 isBrokerNode", "k-controller-pdb 4 isControllerNode",
		}},
		{name: "at least one stays", budget: "100%", brokers: 3, controllers: 1, want: []string{
			"k-pdb 1 isBrokerNode", "k-controller-pdb 1 isControllerNode",
		}},
		{name: "ZooKeeper", budget: "2", brokers: 5, zookeeper: true, want: []string{"k-pdb 3 "}},
		{name: "combined nodes: the majority bounds", budget: "2", combined: 3, want: []string{"k-pdb 2 "}},
		{name: "combined nodes: the budget bounds", budget: "1", combined: 5, brokers: 2, want: []string{"k-pdb 6 "}},
		{name: "one combined node among brokers", budget: "2", combined: 1, brokers: 3, want: []string{"k-pdb 3 "}},
		{name: "no number", budget: "", brokers: 3, controllers: 1, want: []string{
			"k-pdb 2 isBrokerNode", "k-controller-pdb 1 isControllerNode",
		}},
		{name: "none wanted", brokers: 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			parent := small(t)
			parent.Spec.KRaft = !test.zookeeper
			parent.Spec.DisruptionBudget = v1beta1.DisruptionBudget{Create: test.want != nil, Budget: test.budget}
			parent.Spec.Brokers = nil
			add := func(count int, roles ...v1beta1.ProcessRole) {
				for range count {
					parent.Spec.Brokers = append(parent.Spec.Brokers, v1beta1.Broker{
						ID: int32(len(parent.Spec.Brokers)), BrokerConfig: &v1beta1.BrokerConfig{Roles: roles},
					})
				}
			}
			add(test.brokers, v1beta1.RoleBroker)
			add(test.controllers, v1beta1.RoleController)
			add(test.combined, v1beta1.RoleBroker, v1beta1.RoleController)
			var got []string
			for _, child := range PodDisruptionBudgets(NewCluster(parent, "", Quorum{}, brokersOf(parent))) {
				spec := child.Object.(*object[*policyv1.PodDisruptionBudgetSpec]).Spec
				role := ""
				for _, label := range []string{IsBrokerLabel, IsControllerLabel} {
					if spec.Selector.MatchLabels[label] == "true" {
						role += label
					}
				}
				got = append(got, fmt.Sprint(child.Name, " ", spec.MinAvailable.IntValue(), " ", role))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestPortNames(t *testing.T) {
	seen := map[string]string{}
	for _, listener := range []string{
		"internal", "tcp-internal", "in_ternal.x", "clients-with-sasl-1", "clients-with-sasl-2", "a", "9", "-x-", "UPPER",
		"a-very--long-name-that-goes-on",
	} {
		container, service := containerPortName(listener), servicePortName(listener)
		if wrong := validation.IsValidPortName(container); len(wrong) > 0 {
			t.Errorf("container port %q of %q: %s", container, listener, strings.Join(wrong, "; "))
		}
		if wrong := validation.IsDNS1123Label(service); len(wrong) > 0 {
			t.Errorf("Service port %q of %q: %s", service, listener, strings.Join(wrong, "; "))
		}
		if other, ok := seen[container]; ok && servicePortName(other) != service {
			t.Errorf("%q and %q share the container port's name %q", other, listener, container)
		}
		seen[container] = listener
	}
	if got := containerPortName("internal"); got != "tcp-internal" {
		t.Errorf("a short name is changed to %q", got)
	}
}

// TestLog4jConfig: the file's name tells Kafka which log4j reads it, and in which format.
func TestLog4jConfig(t *testing.T) {
	const one, two = "-Dlog4j.configuration=file:/config/", "-Dlog4j2.configurationFile=/config/"
	for _, test := range []struct{ config, file, option string }{
		{"# mine\n\n log4j.rootLogger=INFO", "log4j.properties", one},
		{"dir=/logs\nlog4j.rootLogger=INFO", "log4j.properties", one},
		{"rootLogger.level = info\nappender.x.type = Console", "log4j2.properties", two},
		{"# mine\nConfiguration:\n  Loggers:", "log4j2.yaml", two},
		{`<?xml version="1.0"?>`, "log4j2.xml", two},
		{"# nothing", "log4j.properties", one},
	} {
		parent := small(t)
		parent.Spec.Brokers[3].BrokerConfig.Log4jConfig = test.config
		c := NewCluster(parent, "id", Quorum{}, brokersOf(parent))
		if got := ConfigMapData(c, &c.Brokers[3])[test.file]; got != test.config {
			t.Errorf("%q: %s holds %q", test.config, test.file, got)
		}
		for _, env := range c.env(&c.Brokers[3]) {
			if env.Name == v1beta1.EnvKafkaLog4jOpts && env.Value != test.option+test.file {
				t.Errorf("%q: %s", test.config, env.Value)
			}
		}
	}
}

func TestTolerations(t *testing.T) {
	notReady, unreachable := corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable
	for _, test := range []struct {
		name string
		user []corev1.Toleration
		want []string
	}{
		{"none", nil, []string{notReady, unreachable}},
		{"others", []corev1.Toleration{{Key: "x", Effect: "NoSchedule"}}, []string{"x", notReady, unreachable}},
		{"one of them", []corev1.Toleration{{Key: notReady, Effect: "NoExecute"}}, []string{notReady, unreachable}},
		{"of another effect", []corev1.Toleration{{Key: notReady, Effect: "NoSchedule"}}, []string{
			notReady, notReady, unreachable,
		}},
		{"everything", []corev1.Toleration{{Operator: "Exists"}}, []string{""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, toleration := range tolerations(test.user) {
				got = append(got, toleration.Key)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
