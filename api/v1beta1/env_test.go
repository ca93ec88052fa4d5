package v1beta1

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func TestEvaluateEnv(t *testing.T) {
	source := &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}
	defaults := []corev1.EnvVar{{Name: "A", Value: "a"}, {Name: "S", ValueFrom: source}}
	type vars = []corev1.EnvVar
	tests := []struct {
		name string
		vars vars
		want vars
	}{
		{"nothing", nil, defaults},
		{"a name replaces", vars{{Name: "A", Value: "b"}}, vars{{Name: "A", Value: "b"}, defaults[1]}},
		{"+NAME goes before", vars{{Name: "+A", Value: "b"}}, vars{{Name: "A", Value: "ba"}, defaults[1]}},
		{"NAME+ goes behind", vars{{Name: "A+", Value: "b"}}, vars{{Name: "A", Value: "ab"}, defaults[1]}},
		{
			"one after the other",
			vars{{Name: "A+", Value: "1"}, {Name: "+A", Value: "2"}, {Name: "A+", Value: "3"}},
			vars{{Name: "A", Value: "2a13"}, defaults[1]},
		},
		{
			"a new name is set",
			vars{{Name: "N+", Value: "n"}},
			append(defaults[:2:2], corev1.EnvVar{Name: "N", Value: "n"}),
		},
		{"blanks do not count", vars{{Name: " A ", Value: "b"}}, vars{{Name: "A", Value: "b"}, defaults[1]}},
		{
			"a source replaces",
			vars{{Name: "A", ValueFrom: source}},
			vars{{Name: "A", ValueFrom: source}, defaults[1]},
		},
		{
			"a source's name is literal",
			vars{{Name: "A+", ValueFrom: source}},
			append(defaults[:2:2], corev1.EnvVar{Name: "A+", ValueFrom: source}),
		},
		{
			"a value cannot be joined to a source, so it replaces",
			vars{{Name: "S+", Value: "s"}},
			vars{defaults[0], {Name: "S", Value: "s"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, EvaluateEnv(defaults, tt.vars)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEnv(t *testing.T) {
	const heap, perf, log4j = EnvKafkaHeapOpts, EnvKafkaPerfOpts, EnvKafkaLog4jOpts
	tests := []struct {
		name   string
		config BrokerConfig
		want   map[string]string
	}{
		{"defaults", BrokerConfig{}, map[string]string{heap: DefaultKafkaHeapOpts, perf: DefaultKafkaJVMPerfOpts}},
		{
			"a variable goes before the default",
			BrokerConfig{Envs: []corev1.EnvVar{{Name: heap, Value: "-Xmx8G"}}},
			map[string]string{heap: "-Xmx8G", perf: DefaultKafkaJVMPerfOpts},
		},
		{
			"a variable is not joined to the default",
			BrokerConfig{Envs: []corev1.EnvVar{{Name: heap + "+", Value: "-Xmx8G"}}},
			map[string]string{heap: "-Xmx8G", perf: DefaultKafkaJVMPerfOpts},
		},
		{
			"fields go before variables",
			BrokerConfig{
				KafkaHeapOpts: "field", KafkaJVMPerfOpts: "field", Log4jConfig: "root=INFO",
				Envs: []corev1.EnvVar{{Name: heap, Value: "v"}, {Name: perf, Value: "v"}, {Name: log4j, Value: "v"}},
			},
			map[string]string{heap: "field", perf: "field", log4j: kafkaLog4jOpts},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := map[string]string{}
			last := ""
			for _, v := range (&ResolvedBroker{BrokerConfig: tt.config}).Env() {
				if v.Name <= last {
					t.Errorf("%s comes after %s", v.Name, last)
				}
				got[v.Name], last = v.Value, v.Name
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
