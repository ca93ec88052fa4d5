package children

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/properties"
)

// What Koperator made of samples, beside the repository; see the comment in TestTheSameBrokersAsKoperator.
const besideUs = "../../../shared"

// difference is a path, or a pattern of paths, at which we differ from Koperator on purpose.
type difference struct{ paths, because string }

// The deliberate differences, as docs/adr/0011-differences-from-koperator.md has them.
var deliberate = []difference{
	{`ConfigMap/kafka-kafka-jmx-exporter/data/config\.yaml`, "our own exporter rules"},
	{`Pod/\d+/spec/restartPolicy`, "kubelet restarts a node that fails"},
	{`Pod/\d+/spec/enableServiceLinks`, "no variables for each Service of the namespace"},
	{`Pod/\d+/spec/containers/kafka/command/2`, "our own start script"},
	{`Pod/\d+/spec/containers/kafka/lifecycle/preStop/exec/command/2`, "pre-stop waits until Kafka has left"},
	{`Pod/\d+/spec/containers/kafka/terminationMessagePolicy`, "the end of the log says why a broker ended"},
	{`Pod/\d+/spec/containers/kafka/env/KAFKA_JVM_PERFORMANCE_OPTS/value`, "a broker that restarted has another address"},
	{`Pod/\d+/spec/containers/kafka/(readiness|liveness)Probe/.*`, "probes for every role"},
	{`Pod/[012]/spec/initContainers/cruise-control-reporter/.*`, "no metrics reporter on nodes that are only controllers"},
	{`Service/kafka-\d+/spec/publishNotReadyAddresses`, "controllers reach each other before they are ready"},
}

// What the API server and its controllers add to what they are given.
var added = []difference{
	{`.*/metadata/(ownerReferences|labels/topology\.kubernetes\.io~1zone).*`, "ownership, topology"},
	{`.*/metadata/annotations/pv\.kubernetes\.io.*`, "binding"},
	{`.*/(terminationMessagePath|terminationMessagePolicy|imagePullPolicy|successThreshold|defaultMode)`, "defaults"},
	{`Pod/\d+/spec/(dnsPolicy|nodeName|preemptionPolicy|priority|schedulerName|serviceAccount)`, "defaults"},
	{`Service/.*/spec/(clusterIP|clusterIPs/.*|(in|ex)ternalTrafficPolicy|ipFamil.*|sessionAffinity)`, "defaults"},
	{`Service/.*/spec/(allocateLoadBalancerNodePorts|ports/.*/nodePort)`, "defaults"},
	{`PersistentVolumeClaim/.*/spec/(volumeMode|volumeName|storageClassName)`, "defaults and binding"},
	{`PersistentVolumeClaim/.*/metadata/finalizers/0`, "protection of claims in use"},
	{`.*/(metadata/(name|generateName)|volumes/kafka-data-\d/persistentVolumeClaim/claimName)`, "random suffixes"},
}

// TestTheSameBrokersAsKoperator draws samples of Koperator's own and compares with what Koperator made of them: the
// same brokers with the same configuration, but for the deliberate differences. Every difference in the list must
// occur.
func TestTheSameBrokersAsKoperator(t *testing.T) {
	if _, err := os.Stat(filepath.Join(besideUs, "koperator-output")); errors.Is(err, fs.ErrNotExist) {
		t.Skip("Koperator's output is not beside this repository: nothing to compare with")
	}
	used := map[string]bool{}
	for _, sample := range []string{"", "-2disk", "-affinity", "-ebs-csi", "-kraft"} {
		t.Run("simplekafkacluster"+sample, func(t *testing.T) {
			theirs := koperatorOutput(t, "simplekafkacluster"+sample)
			parent := readParent(t, strings.ReplaceAll("simplekafkacluster"+sample, "-", "_"))
			parent.Namespace = "k-simplekafkacluster" + sample
			ours := flattened(t, drawn(NewCluster(parent, theirs["cluster"], Quorum{}, brokersOf(parent))))
			delete(theirs, "cluster")
			for path := range maps.Keys(mergedKeys(ours, theirs)) {
				if ours[path] == theirs[path] || matches(added, path, used) && ours[path] == "" {
					continue
				}
				if !matches(deliberate, path, used) && !matches(added[len(added)-1:], path, used) {
					t.Errorf("%s: Koperator %q, we %q", path, theirs[path], ours[path])
				}
			}
		})
	}
	for _, d := range deliberate {
		if !used[d.paths] {
			t.Errorf("the difference %s (%s) does not occur: strike it from the list", d.paths, d.because)
		}
	}
}

func matches(list []difference, path string, used map[string]bool) bool {
	return slices.ContainsFunc(list, func(d difference) bool {
		ok := regexp.MustCompile("^" + d.paths + "$").MatchString(path)
		used[d.paths] = used[d.paths] || ok
		return ok
	})
}

func mergedKeys(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func readParent(t *testing.T, sample string) *v1beta1.KafkaCluster {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(besideUs, "samples", sample+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, text)
}

func parse(t testing.TB, text []byte) *v1beta1.KafkaCluster {
	t.Helper()
	var parent v1beta1.KafkaCluster
	if err := yaml.UnmarshalStrict(text, &parent); err != nil {
		t.Fatal(err)
	}
	return &parent
}

// brokersOf resolves the brokers of a cluster and gives them volumes under the names of new claims.
func brokersOf(parent *v1beta1.KafkaCluster) []Broker {
	resolved := parent.ResolvedBrokers()
	brokers := make([]Broker, len(resolved))
	for i, r := range resolved {
		brokers[i].ResolvedBroker = r
		for n, storage := range r.StorageConfigs {
			volume := Volume{MountPath: storage.MountPath, EmptyDir: storage.EmptyDir}
			if storage.PVCSpec != nil {
				volume = Volume{
					MountPath: storage.MountPath, Claim: ClaimName(parent.Name, r.ID, n), ClaimSpec: storage.PVCSpec,
				}
			}
			brokers[i].Volumes = append(brokers[i].Volumes, volume)
		}
	}
	slices.SortFunc(brokers, func(a, b Broker) int { return int(a.ID) - int(b.ID) })
	return brokers
}

// drawn is every child of a cluster.
func drawn(c *Cluster) []sync.Child {
	all := append(PodDisruptionBudgets(c), JMXExporterConfigMap(c))
	if c.headless() {
		all = append(all, HeadlessService(c))
		if c.kraft() {
			all = append(all, ControllerHeadlessService(c))
		}
	} else {
		all = append(all, AllBrokerService(c))
	}
	for i := range c.Brokers {
		b := &c.Brokers[i]
		all = append(all, Pod(c, b, nil), ConfigMap(c, b, nil))
		if !c.headless() {
			all = append(all, BrokerService(c, b))
		}
		for n := range b.Volumes {
			if b.Volumes[n].Claim != "" {
				all = append(all, PersistentVolumeClaim(c, b, &b.Volumes[n]))
			}
		}
		for n := range c.Parent.Spec.ListenersConfig.ExternalListeners {
			listener := &c.Parent.Spec.ListenersConfig.ExternalListeners[n]
			if listener.Access() == "NodePort" {
				all = append(all, NodePortService(c, b, listener))
			}
		}
	}
	return all
}

func flattened(t *testing.T, children []sync.Child) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, child := range children {
		text, err := json.Marshal(child, sync.Encoding())
		if err != nil {
			t.Fatal(err)
		}
		var object map[string]any
		if err := json.Unmarshal(text, &object); err != nil {
			t.Fatal(err)
		}
		flattenObject(t, all, object)
	}
	return all
}

// koperatorOutput reads the objects of a sample that are our children too; "cluster" is the cluster id.
func koperatorOutput(t *testing.T, sample string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(besideUs, "koperator-output", sample+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		var object map[string]any
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			t.Fatal(err)
		}
		name := object["metadata"].(map[string]any)["name"].(string)
		switch {
		case object["kind"] == "KafkaCluster":
			status, _ := object["status"].(map[string]any)
			all["cluster"], _ = status["clusterID"].(string)
		case strings.Contains(name, "-cc-") || strings.Contains(name, "cruisecontrol") || object["kind"] == "ServiceAccount":
		default:
			delete(object, "status")
			flattenObject(t, all, object)
		}
	}
	return all
}

// flattenObject writes an object as paths with values. Pods and claims are identified by their labels, lists by what
// is theirs to be identified by, a broker's configuration by its keys.
func flattenObject(t *testing.T, all map[string]string, object map[string]any) {
	t.Helper()
	meta := object["metadata"].(map[string]any)
	labels, _ := meta["labels"].(map[string]any)
	annotations, _ := meta["annotations"].(map[string]any)
	name := meta["name"]
	switch object["kind"] {
	case "Pod":
		name = labels[BrokerIDLabel]
	case "PersistentVolumeClaim":
		name = fmt.Sprint(labels[BrokerIDLabel], annotations[MountPathAnnotation])
	case "ConfigMap":
		data := object["data"].(map[string]any)
		if text, ok := data[BrokerConfigKey].(string); ok {
			config, mistakes := properties.Parse(text)
			if len(mistakes) > 0 {
				t.Errorf("%v: %v", name, mistakes)
			}
			entries := map[string]any{}
			for key, value := range config.All() {
				entries[key] = value
			}
			data[BrokerConfigKey] = entries
		}
	}
	flatten(all, fmt.Sprintf("%v/%v", object["kind"], name), object)
}

func flatten(all map[string]string, path string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			flatten(all, path+"/"+strings.ReplaceAll(key, "/", "~1"), member)
		}
	case []any:
		for i, item := range value {
			key := strconv.Itoa(i)
			if object, ok := item.(map[string]any); ok {
				for _, by := range []string{"name", "key"} {
					if name, ok := object[by].(string); ok {
						key = strings.ReplaceAll(name, "/", "~1")
						break
					}
				}
			}
			flatten(all, path+"/"+key, item)
		}
	default:
		all[path] = fmt.Sprint(value)
	}
}

func TestFlattenTellsObjectsApart(t *testing.T) {
	got := map[string]string{}
	flatten(got, "x", map[string]any{"a/b": []any{map[string]any{"name": "n", "v": 1.0}, "s"}})
	if diff := cmp.Diff(map[string]string{"x/a~1b/n/name": "n", "x/a~1b/n/v": "1", "x/a~1b/1": "s"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
