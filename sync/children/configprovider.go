package children

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/sync/properties"
)

// Config providers put values into a broker's configuration when it starts, so that neither a password nor the address
// of a node that is not chosen yet has to stand in a ConfigMap. Brokers resolve them in their static configuration, and
// kafka-storage.sh does (KIP-421).
const (
	keyProviders = "config.providers"

	// keystoreProvider reads a keystore's password from the mounted Secret. DirectoryConfigProvider is part of Kafka
	// since 2.7 (KIP-632).
	keystoreProvider      = "keystores"
	keystoreProviderClass = "org.apache.kafka.common.config.provider.DirectoryConfigProvider"

	// nodeProvider reads the node's address from the environment. EnvVarConfigProvider is part of Kafka since 3.5
	// (KIP-887).
	nodeProvider      = "node"
	nodeProviderClass = "org.apache.kafka.common.config.provider.EnvVarConfigProvider"
	nodeAddressEnv    = "KOMPOSITOR_NODE_ADDRESS"
	nodeNameEnv       = "KOMPOSITOR_NODE_NAME"
)

// NodeAddress and NodeName stand for the InternalIP and the Hostname of the node that a broker runs on, in what the
// broker advertises. The Pod learns them when it starts, so that an external listener on node ports needs no second
// start. Kubelet registers a node by its host name, so the node's name is its Hostname.
const (
	NodeAddress = "${" + nodeProvider + ":" + nodeAddressEnv + "}"
	NodeName    = "${" + nodeProvider + ":" + nodeNameEnv + "}"
)

// nodeVariables are the variables that what a broker advertises reads; none when it does not name its node.
func (b *Broker) nodeVariables() []corev1.EnvVar {
	var variables []corev1.EnvVar
	for _, v := range []struct{ stands, name, field string }{
		{NodeAddress, nodeAddressEnv, "status.hostIP"}, {NodeName, nodeNameEnv, "spec.nodeName"},
	} {
		for _, address := range b.External {
			if strings.HasPrefix(address, v.stands) {
				variables = append(variables, corev1.EnvVar{Name: v.name, ValueFrom: &corev1.EnvVarSource{
					FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: v.field},
				}})
				break
			}
		}
	}
	return variables
}

// addProvider makes a config provider known, beside those of the user's and those added before.
func addProvider(config, user *properties.Properties, name, class string) {
	names := strings.TrimSpace(config.Value(keyProviders))
	if names == "" {
		names = strings.TrimSpace(user.Value(keyProviders))
	}
	if names != "" {
		names += ","
	}
	config.Set(keyProviders, names+name)
	config.Set(keyProviders+"."+name+".class", class)
}
