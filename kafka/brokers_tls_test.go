//go:build brokers

package kafka

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kompositor/kompositor/sync"
)

// authority signs certificates for one test.
type authority struct {
	t           *testing.T
	certificate *x509.Certificate
	key         crypto.Signer
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{t: t, key: newKey(t)}
	template := a.template(name)
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	a.certificate = template
	a.certificate = a.sign(template, a.key.Public())
	return a
}

func newKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (a *authority) template(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
}

func (a *authority) sign(template *x509.Certificate, public crypto.PublicKey) *x509.Certificate {
	a.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, public, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return signed
}

// ca is the authority's own certificate, as PEM.
func (a *authority) ca() string { return pemOf("CERTIFICATE", a.certificate.Raw) }

// issue makes a certificate and its key, as PEM.
func (a *authority) issue(name string) (certificate, key string) {
	a.t.Helper()
	own := newKey(a.t)
	der, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		a.t.Fatal(err)
	}
	return pemOf("CERTIFICATE", a.sign(a.template(name), own.Public()).Raw), pemOf("PRIVATE KEY", der)
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// A listener that asks for a certificate is asked and written to; with another CA, another certificate or none, the
// reason says which key of the Secret to look at.
func TestBrokersOverTLS(t *testing.T) {
	ours, others := newAuthority(t, "ours"), newAuthority(t, "others")
	certificate, key := ours.issue("broker")
	dir := t.TempDir()
	of := shape{
		size: 1, properties: "offsets.topic.replication.factor=1",
		keystore: filepath.Join(dir, "keystore.pem"), truststore: filepath.Join(dir, "truststore.pem"),
	}
	for path, text := range map[string]string{of.keystore: key + certificate, of.truststore: ours.ca()} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	eachVersion(t, func(t *testing.T, home string) {
		c := start(t, home, of)
		to := func(ca, from *authority) sync.KafkaConnection {
			connection := sync.KafkaConnection{
				Cluster: "data/" + t.Name(), Bootstrap: []string{c.all[0].tlsAddress()}, Protocol: "SSL",
				CA: sync.Confidential(ca.ca()),
			}
			if from != nil {
				certificate, key := from.issue("kompositor")
				connection.Certificate, connection.Key = sync.Confidential(certificate), sync.Confidential(key)
			}
			return connection
		}
		u := newUser(t, to(ours, ours))
		u.done(sync.CreateTopic{ToKafka: u.to, Topic: "orders", Partitions: 2, ReplicationFactor: 1})
		facts := u.ask(sync.KafkaQuestions{Cluster: true, Quorum: true, Partitions: true, LogDirs: []int32{0}})
		if got := known(t, facts.Cluster).ID; got != clusterID {
			t.Errorf("got the cluster %s", got)
		}
		if got := known(t, facts.Partitions); len(got) != 2 {
			t.Errorf("got the partitions %+v", got)
		}
		for why, connection := range map[string]sync.KafkaConnection{
			"check ca.crt":            to(others, ours),
			"check tls.crt":           to(ours, others),
			"refuses our certificate": to(ours, nil),
		} {
			facts := newUser(t, connection).ask(sync.KafkaQuestions{Cluster: true, Partitions: true})
			for _, got := range []string{facts.Cluster.Why(), facts.Partitions.Why()} {
				if !strings.Contains(got, why) {
					t.Errorf("got %q, not %q", got, why)
				}
			}
		}
	})
}
