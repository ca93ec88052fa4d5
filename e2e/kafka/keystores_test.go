package kafka_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// password has what a careless reader of properties, shells or references to secrets would take apart.
const password = `very secret: "$1" = ${x} \n #!`

// keystores are made as a user makes them who brings their own: a certificate authority, and one certificate for all
// nodes and clients.
type keystores struct {
	t   *testing.T
	dir string
}

func newKeystores(t *testing.T, names string) *keystores {
	t.Helper()
	k := &keystores{t: t, dir: t.TempDir()}
	k.write("extensions", "subjectAltName="+names)
	k.write("password", password)
	k.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=authority", "-days", "1",
		"-keyout", "ca.key", "-out", "ca.pem")
	k.run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=everybody",
		"-keyout", "node.key", "-out", "node.csr")
	k.run("openssl", "x509", "-req", "-in", "node.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
		"-days", "1", "-extfile", "extensions", "-out", "node.pem")
	k.run("openssl", "pkcs12", "-export", "-in", "node.pem", "-inkey", "node.key", "-certfile", "ca.pem", "-name", "node",
		"-passout", "file:password", "-out", "node.p12")
	k.run("keytool", "-importkeystore", "-noprompt", "-srckeystore", "node.p12", "-srcstoretype", "PKCS12",
		"-srcstorepass:file", "password", "-destkeystore", "keystore.jks", "-deststoretype", "JKS",
		"-deststorepass:file", "password")
	k.run("keytool", "-importcert", "-noprompt", "-file", "ca.pem", "-alias", "ca", "-keystore", "truststore.jks",
		"-storetype", "JKS", "-storepass:file", "password")
	return k
}

func (k *keystores) path(name string) string { return filepath.Join(k.dir, name) }

func (k *keystores) write(name, text string) {
	k.t.Helper()
	if err := os.WriteFile(k.path(name), []byte(text), 0o600); err != nil {
		k.t.Fatal(err)
	}
}

func (k *keystores) run(name string, args ...string) {
	k.t.Helper()
	cmd := exec.CommandContext(k.t.Context(), name, args...)
	cmd.Dir = k.dir
	if output, err := cmd.CombinedOutput(); err != nil {
		k.t.Fatalf("%s %v: %v: %s", name, args, err, output)
	}
}

// secret is what the user gives to the cluster.
func (k *keystores) secret(name string) *corev1.Secret {
	k.t.Helper()
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: map[string][]byte{}}
	for _, key := range []string{"keystore.jks", "truststore.jks", "password"} {
		content, err := os.ReadFile(k.path(key))
		if err != nil {
			k.t.Fatal(err)
		}
		secret.Data[key] = content
	}
	return secret
}

// trusting is a client without a certificate, known one with it.
func (k *keystores) trusting() confluent.ConfigMap {
	return confluent.ConfigMap{"security.protocol": "SSL", "ssl.ca.location": k.path("ca.pem")}
}

func (k *keystores) known() confluent.ConfigMap {
	config := k.trusting()
	config["ssl.certificate.location"], config["ssl.key.location"] = k.path("node.pem"), k.path("node.key")
	return config
}
