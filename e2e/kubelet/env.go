package kubelet

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// environ is the environment of a container's processes: the image's, then the container's own.
func (p *Pod) environ(image *Image, own []corev1.EnvVar) []string {
	env := []string{defaultPath, "HOME=/root", "HOSTNAME=" + p.hostname()}
	env = append(env, image.Env...)
	for _, variable := range own {
		env = append(env, variable.Name+"="+variable.Value)
	}
	return env
}

// variables are the container's variables with their values; a value may use variables before it as $(NAME).
func (p *Pod) variables(c *corev1.Container) ([]corev1.EnvVar, error) {
	var resolved []corev1.EnvVar
	for _, variable := range c.Env {
		value := variable.Value
		if variable.ValueFrom != nil {
			var found bool
			var err error
			if value, found, err = p.valueFrom(variable.ValueFrom); err != nil {
				return nil, fmt.Errorf("variable %s: %w", variable.Name, err)
			}
			if !found {
				continue
			}
		}
		resolved = append(resolved, corev1.EnvVar{Name: variable.Name, Value: expand(value, resolved)})
	}
	return resolved, nil
}

func (p *Pod) valueFrom(source *corev1.EnvVarSource) (value string, found bool, err error) {
	switch {
	case source.FieldRef != nil:
		value, err = p.field(source.FieldRef.FieldPath)
		return value, true, err
	case source.ConfigMapKeyRef != nil:
		ref := source.ConfigMapKeyRef
		if object := p.volumes.ConfigMaps[ref.Name]; object != nil {
			value, found = object.Data[ref.Key]
		}
		return value, found, missingUnless(found, ref.Optional, "ConfigMap", ref.Name+" with key "+ref.Key)
	case source.SecretKeyRef != nil:
		ref := source.SecretKeyRef
		if object := p.volumes.Secrets[ref.Name]; object != nil {
			var text []byte
			text, found = secretData(object)[ref.Key]
			value = string(text)
		}
		return value, found, missingUnless(found, ref.Optional, "Secret", ref.Name+" with key "+ref.Key)
	default:
		return "", false, errors.New("this valueFrom is not supported")
	}
}

func missingUnless(found bool, optional *bool, kind, name string) error {
	if found {
		return nil
	}
	return missing(optional, kind, name)
}

// field is the downward API.
func (p *Pod) field(path string) (string, error) {
	if key, isKey := mapKey(path, "metadata.annotations"); isKey {
		return p.pod.Annotations[key], nil
	}
	if key, isKey := mapKey(path, "metadata.labels"); isKey {
		return p.pod.Labels[key], nil
	}
	switch path {
	case "metadata.name":
		return p.pod.Name, nil
	case "metadata.namespace":
		return p.pod.Namespace, nil
	case "metadata.uid":
		return string(p.pod.UID), nil
	case "spec.nodeName":
		return p.pod.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return p.pod.Spec.ServiceAccountName, nil
	case "status.podIP", "status.podIPs":
		return p.host.address, nil
	case "status.hostIP", "status.hostIPs":
		return strings.TrimSuffix(bridgeAddr, "/16"), nil
	}
	return "", fmt.Errorf("field %s is not supported", path)
}

func mapKey(path, field string) (key string, isKey bool) {
	key, isKey = strings.CutPrefix(path, field+"['")
	if !isKey {
		return "", false
	}
	return strings.CutSuffix(key, "']")
}

// expand replaces $(NAME) by the variable's value; $$ is a dollar sign, and an unknown name stays as it is.
func expand(text string, variables []corev1.EnvVar) string {
	var out strings.Builder
	for {
		at := strings.IndexByte(text, '$')
		if at < 0 || at == len(text)-1 {
			return out.String() + text
		}
		out.WriteString(text[:at])
		rest := text[at+1:]
		name, after, closed := strings.Cut(strings.TrimPrefix(rest, "("), ")")
		switch {
		case rest[0] == '$':
			out.WriteByte('$')
			text = rest[1:]
		case rest[0] == '(' && closed:
			out.WriteString(valueOf(name, variables))
			text = after
		default:
			out.WriteByte('$')
			text = rest
		}
	}
}

func valueOf(name string, variables []corev1.EnvVar) string {
	for _, variable := range slices.Backward(variables) {
		if variable.Name == name {
			return variable.Value
		}
	}
	return "$(" + name + ")"
}

func expandAll(words []string, variables []corev1.EnvVar) []string {
	expanded := make([]string, len(words))
	for i, word := range words {
		expanded[i] = expand(word, variables)
	}
	return expanded
}
