package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"slices"
	"time"
)

// How long certificates live. Metacontroller reads the CA once, so the CA must outlive any Metacontroller; a renewed
// serving certificate needs no word to anybody.
const (
	AuthorityLifetime = 10 * 365 * 24 * time.Hour
	ServingLifetime   = 90 * 24 * time.Hour
	// RenewBefore is how long before its end a serving certificate is replaced.
	RenewBefore = 30 * 24 * time.Hour
	// clockSkew is how far another node's clock may be behind.
	clockSkew = 5 * time.Minute
)

// Serving is what a server of hooks needs to be trusted by Metacontroller, and to trust it. All but Token is PEM.
type Serving struct {
	// Authority and AuthorityKey are the CA that signed Certificate.
	Authority, AuthorityKey []byte
	// Certificate and Key are the server's.
	Certificate, Key []byte
	// Token is the bearer token that calls carry.
	Token []byte
}

// Renew returns what is to be served from now on to clients that know the server by these hosts (DNS names or IP
// addresses), and what was wrong with s; an empty reason means that s is still good and is what was returned. The CA
// stays as long as it can sign a full lifetime, and the token for ever.
func (s Serving) Renew(now time.Time, hosts []string) (renewed Serving, reason string, err error) {
	renewed = s
	authority, err := readAuthority(s.Authority, s.AuthorityKey)
	if err == nil && now.Add(ServingLifetime).After(authority.certificate.NotAfter) {
		err = fmt.Errorf("the CA ends at %s", authority.certificate.NotAfter.Format(time.RFC3339))
	}
	if err != nil {
		reason = err.Error()
		if authority, err = newAuthority(now, hosts[0]); err != nil {
			return s, "", fmt.Errorf("make a CA: %w", err)
		}
		renewed.Authority, renewed.AuthorityKey = authority.pem, authority.keyPEM
	}
	if reason == "" {
		reason = s.due(now, hosts, authority.certificate)
	}
	if reason != "" {
		if renewed.Certificate, renewed.Key, err = authority.issue(now, hosts); err != nil {
			return s, "", fmt.Errorf("issue the serving certificate: %w", err)
		}
	}
	if len(renewed.Token) == 0 {
		renewed.Token = []byte(rand.Text())
		reason = orElse(reason, "there is no token")
	}
	return renewed, reason, nil
}

// Usable returns an error if a server can not serve with these at that time. Whether hosts match is not looked at.
func (s Serving) Usable(now time.Time) error {
	leaf, err := readLeaf(s.Certificate, s.Key)
	if err != nil {
		return err
	}
	if now.After(leaf.NotAfter) {
		return fmt.Errorf("the serving certificate ended at %s", leaf.NotAfter.Format(time.RFC3339))
	}
	if len(s.Token) == 0 {
		return errors.New("there is no token")
	}
	return nil
}

// due says why the serving certificate has to be replaced; empty if it has not.
func (s Serving) due(now time.Time, hosts []string, authority *x509.Certificate) string {
	leaf, err := readLeaf(s.Certificate, s.Key)
	if err != nil {
		return err.Error()
	}
	if err := leaf.CheckSignatureFrom(authority); err != nil {
		return "the serving certificate is not of this CA"
	}
	if now.Add(RenewBefore).After(leaf.NotAfter) {
		return "the serving certificate ends at " + leaf.NotAfter.Format(time.RFC3339)
	}
	for _, host := range hosts {
		if leaf.VerifyHostname(host) != nil {
			return "the serving certificate is not for " + host
		}
	}
	return ""
}

// authority is a CA that can sign.
type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
	pem, keyPEM []byte
}

func readAuthority(certificate, key []byte) (*authority, error) {
	if len(certificate) == 0 || len(key) == 0 {
		return nil, errors.New("there is no CA yet")
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("the CA is not usable: %w", err)
	}
	signer, ok := pair.PrivateKey.(crypto.Signer)
	if !ok || !pair.Leaf.IsCA {
		return nil, errors.New("the CA is not usable: it is no CA")
	}
	return &authority{certificate: pair.Leaf, key: signer, pem: certificate, keyPEM: key}, nil
}

func newAuthority(now time.Time, name string) (*authority, error) {
	template, err := newTemplate(now, AuthorityLifetime)
	if err != nil {
		return nil, err
	}
	template.Subject = pkix.Name{CommonName: "CA of " + name}
	template.IsCA, template.BasicConstraintsValid, template.MaxPathLenZero = true, true, true
	template.KeyUsage = x509.KeyUsageCertSign
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	certificate, keyPEM, err := sign(template, template, key, key)
	if err != nil {
		return nil, err
	}
	return readAuthority(certificate, keyPEM)
}

// issue makes a serving certificate and its key. No CommonName: clients look at the alternative names alone.
func (a *authority) issue(now time.Time, hosts []string) (certificate, key []byte, err error) {
	template, err := newTemplate(now, ServingLifetime)
	if err != nil {
		return nil, nil, err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, host := range slices.Compact(slices.Sorted(slices.Values(hosts))) {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	return sign(template, a.certificate, leafKey, a.key)
}

// newTemplate has what all certificates have: a serial number of 127 bits of chance (RFC 5280 allows 20 octets) and a
// lifetime that began a little ago.
func newTemplate(now time.Time, lifetime time.Duration) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{SerialNumber: serial, NotBefore: now.Add(-clockSkew), NotAfter: now.Add(lifetime)}, nil
}

func sign(template, issuer *x509.Certificate, key, issuerKey crypto.Signer) (certificate, keyPEM []byte, err error) {
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), issuerKey)
	if err != nil {
		return nil, nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), nil
}

func readLeaf(certificate, key []byte) (*x509.Certificate, error) {
	if len(certificate) == 0 || len(key) == 0 {
		return nil, errors.New("there is no serving certificate yet")
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("the serving certificate is not usable: %w", err)
	}
	return pair.Leaf, nil
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
