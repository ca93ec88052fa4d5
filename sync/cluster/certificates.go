package cluster

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// certificatesReady says whether the Secrets that Pods mount are there.
func (p *plan) certificatesReady() verdict {
	mounted := children.MountedSecrets(&p.o.parent)
	for i := range mounted {
		if lacks := p.o.lacks(&mounted[i]); lacks != "" {
			return isNot(sync.CertificatesReady, sync.SecretMissing, fmt.Sprintf(
				"Secret %s %s; certificates are not issued by this release.", mounted[i].Name, lacks))
		}
	}
	if len(mounted) == 0 {
		return is(sync.CertificatesReady, "No listener needs a certificate.")
	}
	return is(sync.CertificatesReady, "Every Secret with a certificate is there.")
}

// lacks says what a mounted Secret lacks; empty when nothing.
func (o *Observed) lacks(mounted *children.MountedSecret) string {
	secrets := o.request.Related.Secrets
	i := slices.IndexFunc(secrets, func(s sync.Secret) bool {
		return s.Name == mounted.Name && s.Namespace == o.parent.Namespace
	})
	if i < 0 {
		return "does not exist, and no Pod starts without it: create it"
	}
	missing := slices.DeleteFunc(mounted.Keys, func(key string) bool { return len(secrets[i].Data[key]) > 0 })
	if len(missing) == 0 {
		return ""
	}
	return "lacks " + strings.Join(missing, ", ") + ", without which Kafka does not start: add it"
}
