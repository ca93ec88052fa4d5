package cluster_test

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/cases/judge"
	"github.com/kompositor/kompositor/sync/cluster"
)

// A fieldEffect is what a field of brokerConfig leads to.
type fieldEffect struct {
	// value is the field's value, and shows a text that the answer has with it and not without it. No text means that
	// the field has no effect on a broker's objects, for the reason in elsewhere.
	value, shows, elsewhere string
	// live says that a change of it replaces no Pod: it reaches a broker that runs, or is no change that is allowed.
	live bool
}

// brokerFields has every field of brokerConfig.
var brokerFields = map[string]fieldEffect{
	"processRoles":                  {value: `[controller]`, shows: `node.id=1\nprocess.roles=controller`, live: true},
	"image":                         {value: `example.com/own:1`, shows: `"image":"example.com/own:1"`},
	"metricsReporterImage":          {value: `example.com/reporter:1`, shows: `"image":"example.com/reporter:1"`},
	"config":                        {value: `a=b`, shows: `"dynamicConfig":{"keys":["a"]}`, live: true},
	"storageConfigs":                {value: `[{mountPath: /other, emptyDir: {}}]`, shows: "log.dirs=/other/kafka"},
	"serviceAccountName":            {value: `own`, shows: `"serviceAccountName":"own"`},
	"resourceRequirements":          {value: `{limits: {cpu: "7"}}`, shows: `"resources":{"limits":{"cpu":"7"}}`},
	"imagePullSecrets":              {value: `[{name: own}]`, shows: `"imagePullSecrets":[{"name":"own"}]`},
	"nodeSelector":                  {value: `{disk: own}`, shows: `"nodeSelector":{"disk":"own"}`},
	"tolerations":                   {value: `[{key: own, operator: Exists}]`, shows: `"key":"own"`},
	"kafkaHeapOpts":                 {value: `-Xmx7G`, shows: `"name":"KAFKA_HEAP_OPTS","value":"-Xmx7G"`},
	"kafkaJvmPerfOpts":              {value: `-XX:own`, shows: `"name":"KAFKA_JVM_PERFORMANCE_OPTS","value":"-XX:own"`},
	"log4jConfig":                   {value: `log4j.rootLogger=OWN`, shows: `"log4j.properties":"log4j.rootLogger=OWN"`},
	"brokerAnnotations":             {value: `{own: a}`, shows: `"own":"a"`},
	"brokerLabels":                  {value: `{own: l}`, shows: `"own":"l"`},
	"networkConfig":                 {value: `{incomingNetworkThroughPut: "1"}`, elsewhere: "Cruise Control", live: true},
	"nodePortExternalIP":            {value: `{ports: 192.0.2.1}`, shows: "PORTS://192.0.2.1:9094"},
	"affinity":                      {value: `{nodeAffinity: {}}`, shows: `"affinity":{"nodeAffinity":{}}`},
	"podSecurityContext":            {value: `{fsGroup: 7}`, shows: `"fsGroup":7`},
	"securityContext":               {value: `{runAsUser: 7}`, shows: `"runAsUser":7`},
	"brokerIngressMapping":          {value: `[b]`, shows: "SPLIT://b.example.org:"},
	"initContainers":                {value: `[{name: own, image: i}]`, shows: `Containers":[{"name":"own","image":"i"`},
	"containers":                    {value: `[{name: own, image: c}]`, shows: `{"name":"own","image":"c"`},
	"volumes":                       {value: `[{name: own, emptyDir: {}}]`, shows: `{"name":"own","emptyDir":{}}`},
	"volumeMounts":                  {value: `[{name: own, mountPath: /own}]`, shows: `{"name":"own","mountPath":"/own"}`},
	"envs":                          {value: `[{name: CLASSPATH+, value: ":own"}]`, shows: `extensions/*:own`},
	"priorityClassName":             {value: `own`, shows: `"priorityClassName":"own"`},
	"nodePortNodeAddressType":       {value: `Hostname`, shows: `"fieldPath":"spec.nodeName"`},
	"terminationGracePeriodSeconds": {value: `7`, shows: `"terminationGracePeriodSeconds":7`},
}

// Every field of brokerConfig has its effect, in a group as in a broker, and a change of it replaces the Pod unless it
// reaches a broker that runs.
func TestEveryFieldOfABrokerHasItsEffect(t *testing.T) {
	for field := range reflect.TypeFor[v1beta1.BrokerConfig]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if _, known := brokerFields[name]; !known {
			t.Errorf("%s is in no test: say what it does", name)
		}
	}
	before, plain := grown(t, specWith(t, "{}", "{}"))
	for _, name := range slices.Sorted(maps.Keys(brokerFields)) {
		t.Run(name, func(t *testing.T) {
			effect := brokerFields[name]
			set := fmt.Sprintf("{%s: %s}", name, effect.value)
			_, grouped := grown(t, specWith(t, set, "{}"))
			_, own := grown(t, specWith(t, "{}", set))
			switch {
			case effect.shows == "":
				if grouped != plain || own != plain {
					t.Errorf("it shows although it belongs to %s", effect.elsewhere)
				}
			case strings.Contains(plain, effect.shows):
				t.Errorf("%s is there without it", effect.shows)
			case !strings.Contains(grouped, effect.shows):
				t.Errorf("in a group, %s is not in %s", effect.shows, grouped)
			case !strings.Contains(own, effect.shows):
				t.Errorf("in a broker, %s is not in %s", effect.shows, own)
			}
			if stale := staleAfter(t, before, specWith(t, set, "{}")); stale == effect.live {
				t.Errorf("a Pod that was drawn without it is stale: %v", stale)
			}
		})
	}
}

// withZooKeeper is what a cluster needs to have no KRaft: Kafka 4 has nothing else.
const withZooKeeper = ", kRaft: false, clusterImage: k"

// clusterFields has the fields of the spec that shape brokers, some beside others that they need.
var clusterFields = map[string]fieldEffect{
	"kRaft":                       {value: `false, zkAddresses: [zk], clusterImage: k`, shows: "connect=zk/", live: true},
	"headlessServiceEnabled":      {value: `false`, shows: `"name":"demo-all-broker"`},
	"localDebugEnabled":           {value: `true, headlessServiceEnabled: false`, shows: `"type":"LoadBalancer"`},
	"additionalPorts":             {value: `[{containerPort: 7777}]`, shows: `"containerPort":7777`},
	"zkAddresses":                 {value: `["zk:2181"]` + withZooKeeper, shows: "zookeeper.connect=zk:2181/", live: true},
	"zkPath":                      {value: `own, zkAddresses: [zk]` + withZooKeeper, shows: "connect=zk/own", live: true},
	"rackAwareness":               {value: `{labels: [zone]}`, shows: `"WaitingForRackAwareness"`, live: true},
	"clusterImage":                {value: `example.com/own:4.1.0`, shows: `"image":"example.com/own:4.1.0"`},
	"clusterMetricsReporterImage": {value: `example.com/own:1`, shows: `"image":"example.com/own:1"`},
	"readOnlyConfig":              {value: `own=1`, shows: `own=1\n`},
	"envs":                        {value: `[{name: OWN, value: v}]`, shows: `{"name":"OWN","value":"v"}`},
	"kubernetesClusterDomain":     {value: `own.example.org`, shows: "data.svc.own.example.org:29092"},
	"clientSSLCertSecret":         {value: `{name: own}`, shows: `"secretName":"own"`},
	"monitoringConfig":            {value: `{jmxImage: "example.com/jmx:1"}`, shows: `"image":"example.com/jmx:1"`},
	"disruptionBudget":            {value: `{create: true, budget: "1"}`, shows: `PodDisruptionBudget`, live: true},
	"oneBrokerPerNode":            {value: `true`, shows: `"requiredDuringScheduling`},
	"propagateLabels":             {value: `true`, shows: `"own":"parent","processRoles":"broker"`},
}

// otherClusterFields shape no broker by themselves, each for its reason.
var otherClusterFields = map[string]string{
	"alertManagerConfig":                   "no effect yet",
	"brokerConfigGroups":                   "brokerFields has its fields",
	"brokers":                              "brokerFields has their fields",
	"clusterWideConfig":                    "Kafka is told it as its dynamic default: the cases dynamic/",
	"contourIngressConfig":                 "nestedFields has its fields",
	"cruiseControlConfig":                  "shapes Cruise Control: sync/cruisecontrol",
	"envoyConfig":                          "nestedFields has its fields",
	"ingressController":                    "no effect yet, but for the names of Koperator's: sync/externaladdress",
	"listenersConfig":                      "nestedFields has its fields",
	"metadataVersion":                      "Kafka is told it: the cases upgrade/",
	"persistentVolumeClaimRetentionPolicy": "counts when the cluster is deleted: the cases finalize/",
	"removeUnusedIngressResources":         "no effect yet",
	"rollingUpgradeConfig":                 "says how restarts are made: the cases rollout/ and racks/",
	"taintedBrokersSelector":               "asks for restarts: the cases restart/",
}

// Every field of the spec that shapes brokers has its effect, and a change of it replaces Pods where it must.
func TestEveryFieldOfAClusterHasItsEffect(t *testing.T) {
	for field := range reflect.TypeFor[v1beta1.KafkaClusterSpec]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if _, known := clusterFields[name]; !known && otherClusterFields[name] == "" {
			t.Errorf("%s is in no test: say what it does", name)
		}
	}
	before, plain := grown(t, specWith(t, "{}", "{}"))
	for _, name := range slices.Sorted(maps.Keys(clusterFields)) {
		t.Run(name, func(t *testing.T) {
			effect, spec := clusterFields[name], specWith(t, "{}", "{}")
			if err := yaml.Unmarshal(fmt.Appendf(nil, "{%s: %s}", name, effect.value), &spec); err != nil {
				t.Fatal(err)
			}
			_, with := grown(t, spec)
			if strings.Contains(plain, effect.shows) || !strings.Contains(with, effect.shows) {
				t.Errorf("%s shows without it, or not in %s", effect.shows, with)
			}
			if stale := staleAfter(t, before, spec); stale == effect.live {
				t.Errorf("a Pod that was drawn without it is stale: %v", stale)
			}
		})
	}
}

// A keystore lies at the same path whatever Secret it comes from: a broker reads another only in another Pod.
func TestAnotherKeystoreReplacesThePod(t *testing.T) {
	with := func(secret string) map[string]any {
		spec := specWith(t, "{}", "{}")
		listeners := spec["listenersConfig"].(map[string]any)["internalListeners"].([]any)
		maps.Copy(listeners[0].(map[string]any), map[string]any{
			"type": "ssl", "serverSSLCertSecret": map[string]any{"name": secret},
		})
		return spec
	}
	before, _ := grown(t, with("one"))
	if staleAfter(t, before, with("one")) || !staleAfter(t, before, with("two")) {
		t.Error("a Pod is stale for the Secret that it mounts, or not for another")
	}
}

// record is the annotation that holds the whole broker as the CR has it: there, every field shows.
var record = regexp.MustCompile(`"kompositor\.io/broker":"(?:[^"\\]|\\.)*"`)

// grown is a cluster of that spec: the text of all its children as they are drawn, and the call after that, in which
// they are observed.
func grown(t *testing.T, spec map[string]any) (next *cases.Case, drawn string) {
	t.Helper()
	c := &cases.Case{Hook: cases.HookSync, Request: parentOf(t, spec, map[string]any{
		"name": "demo", "namespace": "data", "uid": "u", "generation": 1, "labels": map[string]any{"own": "parent"},
	})}
	for range 2 { // what a Pod mounts is drawn first, then the Pod
		answer, err := c.Run(cluster.Hook{})
		if err != nil {
			t.Fatal(err)
		}
		drawn = record.ReplaceAllString(judge.Encode(t, answer.Decision.Respond(nil)), "")
		if c, err = c.Next(answer); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(drawn, `"kind":"Pod"`) {
		t.Fatalf("no Pod is drawn: %s", drawn)
	}
	return c, drawn
}

// staleAfter says whether broker 1 is told to be replaced once the spec is another.
func staleAfter(t *testing.T, before *cases.Case, spec map[string]any) bool {
	t.Helper()
	var request map[string]any
	if err := json.Unmarshal(before.Request, &request); err != nil {
		t.Fatal(err)
	}
	request["parent"].(map[string]any)["spec"] = spec
	edited, err := json.Marshal(request, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&cases.Case{Hook: cases.HookSync, Request: edited}).Run(cluster.Hook{})
	if err != nil {
		t.Fatal(err)
	}
	status := answer.Decision.Status.(*v1beta1.KafkaClusterStatus)
	return status.BrokersState["1"].ConfigurationState == v1beta1.ConfigOutOfSync
}

// fieldsSpec has a broker 1 of group g, and external listeners whose addresses are the broker's choice.
const fieldsSpec = `
kRaft: true
headlessServiceEnabled: true
oneBrokerPerNode: false
clusterImage: example.com/kafka:2.13-4.1.0
rollingUpgradeConfig: {failureThreshold: 1}
cruiseControlConfig: {}
brokerConfigGroups:
  g: {processRoles: [broker], storageConfigs: [{mountPath: /logs, emptyDir: {}}]}
brokers:
- {id: 0, brokerConfig: {processRoles: [broker, controller], storageConfigs: [{mountPath: /logs, emptyDir: {}}]}}
- {id: 1, brokerConfigGroup: g, brokerConfig: {}}
listenersConfig:
  internalListeners:
  - {name: in, type: plaintext, containerPort: 29092, usedForInnerBrokerCommunication: true}
  - {name: control, type: plaintext, containerPort: 29093, usedForControllerCommunication: true}
  externalListeners:
  - {name: ports, type: plaintext, containerPort: 9094, externalStartingPort: 32000, accessMethod: NodePort}
  - name: split
    type: plaintext
    containerPort: 9095
    externalStartingPort: 19090
    config:
      defaultIngressConfig: a
      ingressConfig: {a: {hostnameOverride: a.example.org}, b: {hostnameOverride: b.example.org}}
`

func specWith(t *testing.T, group, own string) map[string]any {
	t.Helper()
	var spec, inGroup, inBroker map[string]any
	read := func(text string, into *map[string]any) {
		if err := yaml.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	read(fieldsSpec, &spec)
	read(group, &inGroup)
	read(own, &inBroker)
	maps.Copy(spec["brokerConfigGroups"].(map[string]any)["g"].(map[string]any), inGroup)
	maps.Copy(spec["brokers"].([]any)[1].(map[string]any)["brokerConfig"].(map[string]any), inBroker)
	return spec
}

// parentOf is the body of a call for a KafkaCluster without children.
func parentOf(t *testing.T, spec, metadata map[string]any) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{"parent": map[string]any{
		"apiVersion": "kafka.banzaicloud.io/v1beta1", "kind": "KafkaCluster", "spec": spec, "metadata": metadata,
	}}, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
