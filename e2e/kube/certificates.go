package kube

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// certificates are files in one folder: an authority that signs the API server's certificate and, as a cluster's own
// signer, CertificateSigningRequests; and the key that signs service account tokens.
type certificates struct {
	authority      string
	authorityKey   string
	server         string
	serverKey      string
	serviceAccount string
	pool           *x509.CertPool
}

const certificateLifetime = 24 * time.Hour

func makeCertificates(dir string) (*certificates, error) {
	c := &certificates{
		authority:      filepath.Join(dir, "ca.crt"),
		authorityKey:   filepath.Join(dir, "ca.key"),
		server:         filepath.Join(dir, "apiserver.crt"),
		serverKey:      filepath.Join(dir, "apiserver.key"),
		serviceAccount: filepath.Join(dir, "service-account.key"),
		pool:           x509.NewCertPool(),
	}
	authorityKey, errAuthority := makeKey(c.authorityKey)
	serverKey, errServer := makeKey(c.serverKey)
	_, errAccount := makeKey(c.serviceAccount)
	if err := errors.Join(errAuthority, errServer, errAccount); err != nil {
		return nil, err
	}
	now := time.Now()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "kompositor-e2e"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLifetime),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "kube-apiserver"},
		NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost", "kubernetes.default.svc"},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	sign := func(path string, certificate *x509.Certificate, key *ecdsa.PrivateKey) error {
		der, err := x509.CreateCertificate(rand.Reader, certificate, authority, &key.PublicKey, authorityKey)
		return errors.Join(err, writePEM(path, "CERTIFICATE", der))
	}
	if err := errors.Join(sign(c.authority, authority, authorityKey), sign(c.server, server, serverKey)); err != nil {
		return nil, err
	}
	return c, c.trustAuthority()
}

func (c *certificates) trustAuthority() error {
	content, err := os.ReadFile(c.authority)
	if err == nil && !c.pool.AppendCertsFromPEM(content) {
		err = fmt.Errorf("%s holds no certificate", c.authority)
	}
	return err
}

func makeKey(path string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, writePEM(path, "EC PRIVATE KEY", der)
}

func writePEM(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
