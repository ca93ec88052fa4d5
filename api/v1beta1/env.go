package v1beta1

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Environment variables of the Kafka image's start script that the spec has fields for.
const (
	EnvKafkaHeapOpts  = "KAFKA_HEAP_OPTS"
	EnvKafkaPerfOpts  = "KAFKA_JVM_PERFORMANCE_OPTS"
	EnvKafkaLog4jOpts = "KAFKA_LOG4J_OPTS"

	kafkaLog4jOpts = "-Dlog4j.configuration=file:/config/log4j.properties"
)

// Env is the environment of the broker's kafka container, sorted by name: the given defaults, over them the cluster's,
// the group's and the broker's own variables. log4jConfig, kafkaHeapOpts and kafkaJvmPerfOpts win over variables;
// where neither field nor variable says anything, the JVM options' defaults apply. A variable "KAFKA_HEAP_OPTS+"
// stands alone, as in Koperator: it is not appended to the default, which might contradict it.
func (b *ResolvedBroker) Env(defaults ...corev1.EnvVar) []corev1.EnvVar {
	env := EvaluateEnv(defaults, b.Envs)
	if b.Log4jConfig != "" {
		env = setEnv(env, EnvKafkaLog4jOpts, kafkaLog4jOpts)
	}
	env = orEnv(env, EnvKafkaHeapOpts, b.KafkaHeapOpts, DefaultKafkaHeapOpts)
	env = orEnv(env, EnvKafkaPerfOpts, b.KafkaJVMPerfOpts, DefaultKafkaJVMPerfOpts)
	slices.SortFunc(env, func(a, b corev1.EnvVar) int { return cmp.Compare(a.Name, b.Name) })
	return env
}

// EvaluateEnv applies variables to defaults, one after the other: "+NAME" puts its value before the value that NAME
// has so far, "NAME+" behind it, without a separator; where NAME is not there yet, both set it. Everything else
// replaces. A variable with valueFrom always replaces and its name is taken literally, as in Koperator. A value that
// is joined to a variable with valueFrom replaces it, because Kubernetes cannot join them. Each name comes out once,
// in the order of first appearance.
func EvaluateEnv(defaults, vars []corev1.EnvVar) []corev1.EnvVar {
	env := slices.Grow(slices.Clone(defaults), len(vars)+3)
	for _, v := range vars {
		name, before, after := parseEnvName(v)
		v.Name = name
		i := indexOfEnv(env, name)
		switch {
		case i < 0:
			env = append(env, v)
		case env[i].ValueFrom != nil:
			env[i] = v
		case before:
			env[i].Value = v.Value + env[i].Value
		case after:
			env[i].Value += v.Value
		default:
			env[i] = v
		}
	}
	return env
}

// parseEnvName splits a variable's name into the name itself and where its value goes.
func parseEnvName(v corev1.EnvVar) (name string, before, after bool) {
	name = strings.TrimSpace(v.Name)
	if v.ValueFrom != nil {
		return name, false, false
	}
	if rest, ok := strings.CutPrefix(name, "+"); ok {
		return rest, true, false
	}
	if rest, ok := strings.CutSuffix(name, "+"); ok {
		return rest, false, true
	}
	return name, false, false
}

func indexOfEnv(env []corev1.EnvVar, name string) int {
	return slices.IndexFunc(env, func(v corev1.EnvVar) bool { return v.Name == name })
}

func setEnv(env []corev1.EnvVar, name, value string) []corev1.EnvVar {
	if i := indexOfEnv(env, name); i >= 0 {
		env[i] = corev1.EnvVar{Name: name, Value: value}
		return env
	}
	return append(env, corev1.EnvVar{Name: name, Value: value})
}

// orEnv sets the field's value if there is one, else leaves the variable as it is, else sets the default.
func orEnv(env []corev1.EnvVar, name, field, otherwise string) []corev1.EnvVar {
	if field == "" && indexOfEnv(env, name) >= 0 {
		return env
	}
	return setEnv(env, name, cmp.Or(field, otherwise))
}
