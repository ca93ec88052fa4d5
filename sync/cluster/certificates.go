package cluster

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// keystoreSecrets are the Secrets that the Pods mount for listeners with TLS, sorted, each once. Pods do not start
// without them.
func keystoreSecrets(parent *v1beta1.KafkaCluster) []string {
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

// keystoreKeys are what such a Secret must hold; they are Koperator's.
func keystoreKeys() []string { return []string{"keystore.jks", "truststore.jks", "password"} }

// certificatesReady says whether the Secrets with keystores are there.
func (p *plan) certificatesReady() verdict {
	names := keystoreSecrets(&p.o.parent)
	for _, name := range names {
		if missing := p.o.missingKeys(name); len(missing) > 0 {
			return isNot(sync.CertificatesReady, sync.SecretMissing, fmt.Sprintf(
				"Secret %s lacks %s, and no Pod starts without it: create it, certificates are not issued by this release.",
				name, strings.Join(missing, ", ")))
		}
	}
	if len(names) == 0 {
		return is(sync.CertificatesReady, "No listener needs a certificate.")
	}
	return is(sync.CertificatesReady, "Every listener with TLS has its keystore.")
}

// missingKeys are the keys that a Secret lacks; all of them when there is no such Secret.
func (o *Observed) missingKeys(name string) []string {
	secrets := o.request.Related.Secrets
	i := slices.IndexFunc(secrets, func(s sync.Secret) bool {
		return s.Name == name && s.Namespace == o.parent.Namespace
	})
	return slices.DeleteFunc(keystoreKeys(), func(key string) bool { return i >= 0 && len(secrets[i].Data[key]) > 0 })
}
