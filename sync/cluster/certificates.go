package cluster

import (
	"fmt"
	"strings"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/keystores"
)

// certificatesReady says whether the Secrets with keystores are there.
func (p *plan) certificatesReady() verdict {
	names := keystores.Secrets(&p.o.parent)
	for _, name := range names {
		if missing := keystores.Missing(p.o.request.Related.Secrets, p.o.parent.Namespace, name); len(missing) > 0 {
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
