package kube

import (
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
	authorityKey, err := makeKey(c.authorityKey)
	if err != nil {
		return nil, err
	}
	serverKey, err := makeKey(c.serverKey)
	if err != nil {
		return nil, err
	}
	if _, err := makeKey(c.serviceAccount); err != nil {
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
	if err := c.sign(c.authority, authority, authority, authorityKey, authorityKey); err != nil {
		return nil, err
	}
	return c, c.sign(c.server, server, authority, serverKey, authorityKey)
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

func (c *certificates) sign(
	path string, certificate, issuer *x509.Certificate, key, issuerKey *ecdsa.PrivateKey,
) error {
	der, err := x509.CreateCertificate(rand.Reader, certificate, issuer, &key.PublicKey, issuerKey)
	if err != nil {
		return err
	}
	if certificate.IsCA {
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		c.pool.AddCert(parsed)
	}
	return writePEM(path, "CERTIFICATE", der)
}

func writePEM(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
