package children

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/properties"
)

// Where keystores are mounted, and the keys of the Secrets that hold them; all as in Koperator.
const (
	serverKeystorePath = "/var/run/secrets/java.io/keystores/server/"
	clientKeystorePath = "/var/run/secrets/java.io/keystores/client"
	clientKeystoreName = "client-ks-files"

	keystoreKey   = "keystore.jks"
	truststoreKey = "truststore.jks"
	passwordKey   = "password"
)

// keystore is a mounted Secret with a listener's keystore.
type keystore struct {
	listener *v1beta1.CommonListenerSpec
	secret   string
}

func (k keystore) volume() string { return "listener-" + k.listener.Name + "-certs" }
func (k keystore) path() string   { return serverKeystorePath + k.listener.Name }

// keystores are the Secrets with keystores that a broker's listeners need. A listener of type sasl_ssl whose keystore
// the user has configured in readOnlyConfig is left to the user: with Koperator that was the only way.
func (c *Cluster) keystores(user *properties.Properties) []keystore {
	var all []keystore
	for listener := range c.listeners() {
		if !listener.Type.TLS() {
			continue
		}
		secret := listener.ServerSecretName()
		if listener.Type.SASL() && secret == "" &&
			(c.Parent.Spec.ListenersConfig.SSLSecrets == nil || ownKeystore(user, listener)) {
			continue
		}
		if secret == "" {
			secret = ServerSecretName(c.Parent.Name)
		}
		all = append(all, keystore{listener: listener, secret: secret})
	}
	return all
}

// ownKeystore says that the user's configuration has a keystore for the listener.
func ownKeystore(user *properties.Properties, listener *v1beta1.CommonListenerSpec) bool {
	for _, prefix := range []string{"", "listener.name." + listener.Name + "."} {
		if user.Has(prefix+"ssl.keystore.location") || user.Has(prefix+"ssl.keystore.certificate.chain") {
			return true
		}
	}
	return false
}

// clientSecret is the Secret with the keystore of the cluster's own clients, empty when there is none.
func (c *Cluster) clientSecret() string {
	if secret := c.Parent.Spec.ClientSecretName(); secret != "" {
		return secret
	}
	if c.Parent.Spec.ListenersConfig.SSLSecrets != nil {
		return ClientSecretName(c.Parent.Name)
	}
	return ""
}

// A MountedSecret is a Secret that Pods mount: none of them starts before it is there.
type MountedSecret struct {
	Name string
	// Keys are what Kafka reads of it; none when it is for the user's own containers and configuration.
	Keys []string
}

// MountedSecrets are the Secrets that Pods of a cluster mount, by name.
func MountedSecrets(parent *v1beta1.KafkaCluster) []MountedSecret {
	c := &Cluster{Parent: parent}
	c.shared.readOnly, _ = properties.Parse(parent.Spec.ReadOnlyConfig)
	users := []properties.Properties{c.shared.readOnly}
	if c.leavesKeystores() {
		users = users[:0]
		for i := range parent.Spec.Brokers {
			own := v1beta1.ResolvedBroker{ReadOnlyConfig: parent.Spec.Brokers[i].ReadOnlyConfig}
			users = append(users, c.userConfig(&Broker{ResolvedBroker: own}))
		}
	}
	keys, client := make(map[string][]string), c.clientSecret()
	if client != "" {
		keys[client] = nil
	}
	for i := range users {
		for _, store := range c.keystores(&users[i]) {
			keys[store.secret] = keystoreKeys()
		}
		if c.setReporterSecurity(&properties.Properties{}, &users[i]) {
			keys[client] = keystoreKeys()
		}
	}
	secrets := make([]MountedSecret, 0, len(keys))
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		secrets = append(secrets, MountedSecret{Name: name, Keys: keys[name]})
	}
	return secrets
}

// Keystores are the Secrets with keystores that Pods mount, by the name of the volume, for brokers without a
// readOnlyConfig of their own.
func (c *Cluster) Keystores() map[string]string {
	secrets := make(map[string]string, len(c.shared.keystores.volumes))
	for i := range c.shared.keystores.volumes {
		secrets[c.shared.keystores.volumes[i].Name] = c.shared.keystores.volumes[i].Secret.SecretName
	}
	return secrets
}

// leavesKeystores says that a broker's own configuration decides about a keystore.
func (c *Cluster) leavesKeystores() bool {
	for listener := range c.listeners() {
		if listener.Type == v1beta1.SecurityProtocolSASLSSL {
			return true
		}
	}
	return false
}

func keystoreKeys() []string { return []string{keystoreKey, truststoreKey, passwordKey} }

// setTLS sets the keystores of the listeners and of the metrics reporter.
func (c *Cluster) setTLS(config *properties.Properties, r role, user *properties.Properties) {
	provided := false
	for _, store := range c.keystores(user) {
		prefix := "listener.name." + store.listener.Name + "."
		setKeystore(config, prefix, store.path())
		config.Set(prefix+"ssl.keystore.type", "JKS")
		config.Set(prefix+"ssl.truststore.type", "JKS")
		if !store.listener.Type.SASL() || store.listener.SSLClientAuth != "" {
			// Clients of SASL listeners prove who they are without a certificate; they show one only on request
			// (KIP-684).
			config.Set(prefix+"ssl.client.auth", string(store.listener.ClientAuth()))
		}
		provided = true
	}
	if r != controllerRole && c.setReporterSecurity(config, user) {
		provided = true
	}
	if provided {
		addProvider(config, user, keystoreProvider, keystoreProviderClass)
	}
}

// setReporterSecurity sets how the Cruise Control metrics reporter reaches the brokers, and says whether it needs a
// keystore. What the user sets for a reporter that logs in with SASL stays.
func (c *Cluster) setReporterSecurity(config, user *properties.Properties) bool {
	listener := c.Parent.Spec.ListenersConfig.Admin()
	if listener == nil || listener.Type == v1beta1.SecurityProtocolPlaintext {
		return false
	}
	key := metricsReporterPrefix + "security.protocol"
	if !listener.Type.SASL() || !user.Has(key) {
		config.Set(key, strings.ToUpper(string(listener.Type)))
	}
	if !listener.Type.TLS() || c.clientSecret() == "" ||
		listener.Type.SASL() && user.Has(metricsReporterPrefix+"ssl.truststore.location") {
		return false
	}
	setKeystore(config, metricsReporterPrefix, clientKeystorePath)
	return true
}

// setKeystore sets where a keystore and a truststore are, and where their password is to be read.
func setKeystore(config *properties.Properties, prefix, path string) {
	password := "${" + keystoreProvider + ":" + path + ":" + passwordKey + "}"
	config.Set(prefix+"ssl.keystore.location", path+"/"+keystoreKey)
	config.Set(prefix+"ssl.keystore.password", password)
	config.Set(prefix+"ssl.truststore.location", path+"/"+truststoreKey)
	config.Set(prefix+"ssl.truststore.password", password)
}

// mounted are volumes and where they are mounted.
type mounted struct {
	volumes []corev1.Volume
	mounts  []corev1.VolumeMount
}

// keystoreVolumes are the volumes and mounts of all keystores that a broker needs.
func (c *Cluster) keystoreVolumes(user *properties.Properties) mounted {
	var all mounted
	add := func(name, secret, path string) {
		all.volumes = append(all.volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{
			Secret: &corev1.SecretVolumeSource{SecretName: secret, DefaultMode: new(readable)},
		}})
		all.mounts = append(all.mounts, corev1.VolumeMount{Name: name, MountPath: path})
	}
	for _, store := range c.keystores(user) {
		add(store.volume(), store.secret, store.path())
	}
	if secret := c.clientSecret(); secret != "" {
		add(clientKeystoreName, secret, clientKeystorePath)
	}
	return all
}

// readable is the mode of mounted Secrets and ConfigMaps: Kafka may run as any user.
const readable int32 = 0o644
