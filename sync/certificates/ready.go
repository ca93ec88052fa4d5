package certificates

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/parent"
)

// Ready says whether the Secrets that the cluster's Pods mount are among those given.
func Ready(cluster *v1beta1.KafkaCluster, secrets []sync.Secret) parent.Verdict {
	mounted := children.MountedSecrets(cluster)
	for i := range mounted {
		if lacks := lacks(&mounted[i], cluster.Namespace, secrets); lacks != "" {
			return parent.IsNot(sync.CertificatesReady, sync.SecretMissing, fmt.Sprintf(
				"Secret %s %s; certificates are not issued by this release.", mounted[i].Name, lacks))
		}
	}
	if len(mounted) == 0 {
		return parent.Is(sync.CertificatesReady, "No listener needs a certificate.")
	}
	return parent.Is(sync.CertificatesReady, "Every Secret with a certificate is there.")
}

// lacks says what a mounted Secret lacks; empty when nothing.
func lacks(mounted *children.MountedSecret, namespace string, secrets []sync.Secret) string {
	i := slices.IndexFunc(secrets, func(s sync.Secret) bool { return s.Name == mounted.Name && s.Namespace == namespace })
	if i < 0 {
		return "does not exist, and no Pod starts without it: create it"
	}
	missing := slices.DeleteFunc(mounted.Keys, func(key string) bool { return len(secrets[i].Data[key]) > 0 })
	if len(missing) == 0 {
		return ""
	}
	return "lacks " + strings.Join(missing, ", ") + ", without which Kafka does not start: add it"
}
