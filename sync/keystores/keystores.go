// Package keystores answers one question: which Secrets with keystores do the listeners of a cluster need, and what do
// they lack?
//
// What this package is not: it makes no certificate.
//
// It may import: api, sync, sync/children, and the standard library's pure parts.
package keystores

import (
	"slices"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// Secrets are the names of the Secrets that the Pods mount for listeners with TLS, sorted, each once. Pods do not start
// without them.
func Secrets(parent *v1beta1.KafkaCluster) []string {
	var names []string
	listeners := &parent.Spec.ListenersConfig
	add := func(listener *v1beta1.CommonListenerSpec) {
		switch {
		case !listener.Type.TLS():
		case listener.ServerSecretName() != "":
			names = append(names, listener.ServerSecretName())
		case listeners.SSLSecrets != nil || !listener.Type.SASL():
			names = append(names, children.ServerSecretName(parent.Name))
		}
	}
	for i := range listeners.InternalListeners {
		add(&listeners.InternalListeners[i].CommonListenerSpec)
	}
	for i := range listeners.ExternalListeners {
		add(&listeners.ExternalListeners[i].CommonListenerSpec)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Missing are the keys that such a Secret lacks; all of them when it is not among those observed. The keys are
// Koperator's.
func Missing(secrets []sync.Secret, namespace, name string) []string {
	i := slices.IndexFunc(secrets, func(s sync.Secret) bool { return s.Name == name && s.Namespace == namespace })
	return slices.DeleteFunc([]string{"keystore.jks", "truststore.jks", "password"}, func(key string) bool {
		return i >= 0 && len(secrets[i].Data[key]) > 0
	})
}
