package cruisecontrol

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// A fieldEffect is what a field of cruiseControlConfig leads to.
type fieldEffect struct {
	// value is the field's value, and shows a text that is drawn with it and not without it. No text means that nothing is
	// drawn with it, or that it has its effect elsewhere.
	value, shows, elsewhere string
	// live says that a change of it replaces no Pod.
	live bool
}

// effects has every field of cruiseControlConfig.
var effects = map[string]fieldEffect{
	"cruiseControlTaskSpec": {
		value: `{RetryDurationMinutes: 7}`, elsewhere: "Koperator has it and reads it nowhere", live: true,
	},
	"cruiseControlOperationSpec": {
		value: `{ttlSecondsAfterFinished: 7}`, elsewhere: "CruiseControlOperations", live: true,
	},
	"cruiseControlEndpoint": {value: `elsewhere:8090`},
	"resourceRequirements":  {value: `{limits: {cpu: "7"}}`, shows: `"resources":{"limits":{"cpu":"7"}}`},
	"serviceAccountName":    {value: `own`, shows: `"serviceAccountName":"own"`},
	"imagePullSecrets":      {value: `[{name: own}]`, shows: `"imagePullSecrets":[{"name":"own"}]`},
	"nodeSelector":          {value: `{disk: own}`, shows: `"nodeSelector":{"disk":"own"}`},
	"tolerations": {
		value: `[{key: own, operator: Exists}]`, shows: `"tolerations":[{"key":"own","operator":"Exists"}]`,
	},
	"config": {value: `own.key=1`, shows: `\nown.key=1\n`},
	"capacityConfig": {
		value: `'{"brokerCapacities":[{"brokerId":"-1"}]}'`,
		shows: `"capacity.json":"{\"brokerCapacities\":[{\"brokerId\":\"-1\"}]}"`,
	},
	"clusterConfig": {value: `'{"own": 1}'`, shows: `"clusterConfigs.json":"{\"own\": 1}"`},
	"log4jConfig":   {value: `rootLogger.level=own`, shows: `"log4j.properties":"rootLogger.level=own"`},
	"image":         {value: `example.com/own:1`, shows: `"image":"example.com/own:1"`},
	"topicConfig": {
		value: `{partitions: 24, replicationFactor: 2}`, shows: `"partitions":24,"replicationFactor":2`, live: true,
	},
	"affinity":                 {value: `{nodeAffinity: {}}`, shows: `"affinity":{"nodeAffinity":{}}`},
	"cruiseControlAnnotations": {value: `{own: a}`, shows: `"own":"a"`},
	"initContainers":           {value: `[{name: own, image: i}]`, shows: `"initContainers":[{"name":"own","image":"i"`},
	"volumes":                  {value: `[{name: own, emptyDir: {}}]`, shows: `"volumes":[{"name":"own","emptyDir":{}}`},
	"volumeMounts": {
		value: `[{name: own, mountPath: /own}]`, shows: `"volumeMounts":[{"name":"own","mountPath":"/own"}`,
	},
	"podSecurityContext": {value: `{fsGroup: 7}`, shows: `"fsGroup":7`},
	"securityContext":    {value: `{runAsUser: 7}`, shows: `"runAsUser":7`},
	"priorityClassName":  {value: `own`, shows: `"priorityClassName":"own"`},
}

func TestEveryFieldHasItsEffect(t *testing.T) {
	for field := range reflect.TypeFor[v1beta1.CruiseControlConfig]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if _, known := effects[name]; !known {
			t.Errorf("%s is in no test: say what it does", name)
		}
	}
	plain, before := drawnWith(t, "{}")
	for _, name := range slices.Sorted(maps.Keys(effects)) {
		t.Run(name, func(t *testing.T) {
			effect := effects[name]
			with, after := drawnWith(t, fmt.Sprintf("{%s: %s}", name, effect.value))
			switch {
			case effect.elsewhere != "":
				if with != plain {
					t.Errorf("it shows although it belongs elsewhere: %s", effect.elsewhere)
				}
			case effect.shows == "":
				if with != "" {
					t.Errorf("something is drawn: %s", with)
				}
			case strings.Contains(plain, effect.shows) || !strings.Contains(with, effect.shows):
				t.Errorf("%s shows without it, or not in %s", effect.shows, with)
			}
			if (before == after) != effect.live {
				t.Errorf("the Pod is replaced: %v", before != after)
			}
		})
	}
}

// The rest of the spec that reaches Cruise Control.
func TestOtherFieldsReachIt(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*v1beta1.KafkaCluster)
		shows  string
	}{
		"monitoringConfig.jmxImage": {func(c *v1beta1.KafkaCluster) {
			c.Spec.MonitoringConfig.JMXImage = "example.com/jmx:1"
		}, `"image":"example.com/jmx:1"`},
		"monitoringConfig.pathToJar": {func(c *v1beta1.KafkaCluster) {
			c.Spec.MonitoringConfig.PathToJar = "/own.jar"
		}, `"command":["cp","/own.jar",`},
		"monitoringConfig.cCJMXExporterConfig": {func(c *v1beta1.KafkaCluster) {
			c.Spec.MonitoringConfig.CCJMXExporterConfig = "own: 1"
		}, `"config.yaml":"own: 1"`},
		"localDebugEnabled": {func(c *v1beta1.KafkaCluster) {
			c.Spec.LocalDebugEnabled = true
		}, `"type":"LoadBalancer"`},
		"kubernetesClusterDomain": {func(c *v1beta1.KafkaCluster) {
			c.Spec.KubernetesClusterDomain = "own"
		}, `.svc.own:29092`},
		"propagateLabels": {func(c *v1beta1.KafkaCluster) {
			c.Labels, c.Spec.PropagateLabels = map[string]string{"own": "label"}, true
		}, `"template":{"metadata":{"labels":{"app":"cruisecontrol","kafka_cr":"jbod","own":"label"}`},
		"networkConfig": {func(c *v1beta1.KafkaCluster) {
			c.Spec.Brokers[3].BrokerConfig = &v1beta1.BrokerConfig{
				NetworkConfig: &v1beta1.NetworkConfig{OutgoingNetworkThroughPut: "777"},
			}
		}, `\"NW_OUT\": \"777\"`},
	} {
		t.Run(name, func(t *testing.T) {
			plain, with := textOf(t, nil), textOf(t, test.change)
			if strings.Contains(plain, test.shows) || !strings.Contains(with, test.shows) {
				t.Errorf("%s shows without it, or not in %s", test.shows, with)
			}
		})
	}
}

// drawnWith is all that is drawn with a cruiseControlConfig, and the template of the Pod.
func drawnWith(t *testing.T, config string) (all, pod string) {
	t.Helper()
	change := func(c *v1beta1.KafkaCluster) {
		if err := yaml.UnmarshalStrict([]byte(config), &c.Spec.CruiseControlConfig); err != nil {
			t.Fatal(err)
		}
	}
	return textOf(t, change), template(t, Settle(situation(t, "jbod", change)))
}

func textOf(t *testing.T, change func(*v1beta1.KafkaCluster)) string {
	t.Helper()
	var all strings.Builder
	for _, child := range Settle(situation(t, "jbod", change)).Children {
		text, err := json.Marshal(child, sync.Encoding())
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}
