package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
)

const playedManifest = `
apiVersion: v1
kind: Pod
metadata: {name: broker}
spec:
  initContainers: [{name: prepare, image: example.test/prepare}]
  containers:
  - {name: kafka, image: example.test/kafka, volumeMounts: [{name: data, mountPath: /data}]}
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: %s, resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: outside}
spec: {type: LoadBalancer, ports: [{port: 9094}], selector: {app: kafka}}
`

// The played parts of the cluster do what a real one does: Pods run, volumes are bound and grow, load balancers get
// addresses.
func TestClusterRunsPods(t *testing.T) {
	for _, bindingMode := range []string{"Immediate", "WaitForFirstConsumer"} {
		t.Run(bindingMode, func(t *testing.T) {
			ctx := t.Context()
			namespace := newNamespace(t)
			class := strings.ToLower(bindingMode)
			if err := cluster.StorageClass(ctx, class, bindingMode); err != nil {
				t.Fatal(err)
			}
			apply(t, namespace, fmt.Sprintf(playedManifest, class))

			waitForField(t, "pods", namespace+"/broker", "Running", "status", "phase")
			waitForField(t, "persistentvolumeclaims", namespace+"/data", "1Gi", "status", "capacity", "storage")
			waitFor(t, "an address of the load balancer", func(ctx context.Context) (string, error) {
				service, err := read(ctx, "v1", "services", namespace+"/outside")
				if err != nil {
					return "the Service", err
				}
				ingress, _, err := unstructured.NestedSlice(service.Object, "status", "loadBalancer", "ingress")
				return missingUnless(len(ingress) == 1, "status.loadBalancer.ingress"), err
			})

			kubectl(t, "", "-n", namespace, "patch", "pvc", "data", "--type=merge", "-p",
				`{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}`)
			waitForField(t, "persistentvolumeclaims", namespace+"/data", "2Gi", "status", "capacity", "storage")

			kubectl(t, "", "-n", namespace, "delete", "pod", "broker", "--wait=false")
			waitFor(t, "the Pod to be gone", gone("v1", "pods", namespace+"/broker"))
		})
	}
}

func read(ctx context.Context, apiVersion, plural, key string) (*kube.Object, error) {
	resource, err := cluster.Client.Resource(ctx, apiVersion, plural)
	if err != nil {
		return nil, err
	}
	namespace, name, _ := strings.Cut(key, "/")
	return cluster.Client.Get(ctx, resource, types.NamespacedName{Namespace: namespace, Name: name})
}
