package e2e

import (
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/metacontroller"
)

// Every broker's first configuration names the rack of the node that the scheduler chose. The zone comes with the Pod,
// to which the API server copied it; the host name does not, and is read with the rights that are shipped.
func TestRacksComeFromTheNodes(t *testing.T) {
	for _, label := range []string{"topology.kubernetes.io/zone", "kubernetes.io/hostname"} {
		t.Run(label, func(t *testing.T) {
			driver, _ := shippedDriver(t, "kafkaclusters", metacontroller.DynamicApply)
			p := newParent(t, driver, parseText(t, threeBrokers+"  rackAwareness: {labels: ["+label+"]}\n")[0])
			p.settle()
			nodes, err := cluster.Client.Resource(t.Context(), "v1", "nodes")
			if err != nil {
				t.Fatal(err)
			}
			pods, configs := p.byBroker("pods"), p.byBroker("configmaps")
			if len(pods) != 3 {
				t.Fatalf("got %d brokers, want 3", len(pods))
			}
			for id, pod := range pods {
				name, _, _ := unstructured.NestedString(pod.Object, "spec", "nodeName")
				node, err := cluster.Client.Get(t.Context(), nodes, types.NamespacedName{Name: name})
				if err != nil {
					t.Fatal(err)
				}
				want := "broker.rack=" + node.GetLabels()[label]
				text, _, _ := unstructured.NestedString(configs[id].Object, "data", "broker-config")
				if !slices.Contains(strings.Split(text, "\n"), want) {
					t.Errorf("broker %s on %s does not have %s:\n%s", id, name, want, text)
				}
				if copied := pod.GetLabels()[label] != ""; copied != strings.HasPrefix(label, "topology.") {
					t.Errorf("the Pod of broker %s has the label: %t", id, copied)
				}
			}
		})
	}
}
