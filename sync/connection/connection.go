package connection

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// Keys of the administrator's Secret.
const (
	keyCA          = "ca.crt"
	keyCertificate = "tls.crt"
	keyKey         = "tls.key"
	keyMechanism   = "mechanism"
	keyUsername    = "username"
	keyPassword    = "password"
)

// defaultMechanism is what an administrator logs in with whose Secret names no mechanism.
const defaultMechanism = "SCRAM-SHA-512"

// To says how the brokers of a cluster are reached: at the listener that is marked for administrators, else at the one
// that brokers use among each other. The Secret is the administrator's, nil where there is none: for TLS it holds
// ca.crt, tls.crt and tls.key, for SASL username, password and mechanism (PLAIN, SCRAM-SHA-256 or, the default,
// SCRAM-SHA-512). A cluster without such a listener has no bootstrap address, which the adapter then explains.
func To(cluster *v1beta1.KafkaCluster, secret *sync.Secret) sync.KafkaConnection {
	connection := sync.KafkaConnection{Cluster: cluster.Namespace + "/" + cluster.Name}
	listener := cluster.Spec.ListenersConfig.Admin()
	if listener == nil {
		return connection
	}
	connection.Protocol = strings.ToUpper(string(listener.Type))
	connection.Bootstrap = []string{fmt.Sprintf("%s:%d", children.BootstrapHost(cluster), listener.ContainerPort)}
	if secret == nil {
		return connection
	}
	if listener.Type.TLS() {
		connection.CA, connection.Certificate = secret.Data[keyCA], secret.Data[keyCertificate]
		connection.Key = secret.Data[keyKey]
	}
	if listener.Type.SASL() && len(secret.Data[keyUsername]) > 0 {
		connection.SASLMechanism = cmp.Or(secret.Data[keyMechanism].Reveal(), defaultMechanism)
		connection.SASLUsername, connection.SASLPassword = secret.Data[keyUsername], secret.Data[keyPassword]
	}
	return connection
}

// Needs says whether the administrator needs a Secret, for a certificate or a login.
func Needs(cluster *v1beta1.KafkaCluster) bool {
	listener := cluster.Spec.ListenersConfig.Admin()
	return listener != nil && (listener.Type.TLS() || listener.Type.SASL())
}

// Credentials are what the connections to Kafka and to Cruise Control take from the administrator's Secret, and no
// more.
func Credentials(secret *sync.Secret) map[string]sync.Confidential {
	credentials := make(map[string]sync.Confidential)
	for _, key := range []string{
		keyCA, keyCertificate, keyKey, keyMechanism, keyUsername, keyPassword,
		keyControlUsername, keyControlPassword, keyControlCA,
	} {
		if value := secret.Data[key]; len(value) > 0 {
			credentials[key] = value
		}
	}
	return credentials
}
