package pki

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"
)

var (
	start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	hosts = []string{"kompositor.kompositor-system.svc", "127.0.0.1"}
)

// renew fails the test on an error.
func renew(t *testing.T, s Serving, now time.Time, hosts ...string) (Serving, string) {
	t.Helper()
	renewed, reason, err := s.Renew(now, hosts)
	if err != nil {
		t.Fatal(err)
	}
	return renewed, reason
}

func TestRenew(t *testing.T) {
	first, reason := renew(t, Serving{}, start, hosts...)
	if reason == "" {
		t.Fatal("nothing was made out of nothing")
	}
	other, _ := renew(t, Serving{}, start, hosts...)
	for _, test := range []struct {
		name   string
		change func(*Serving)
		after  time.Duration
		hosts  []string
		// want is part of the reason; empty means that everything stays.
		want                       string
		newAuthority, newCertified bool
	}{
		{name: "nothing is due", hosts: hosts},
		{name: "the day before it is due", after: ServingLifetime - RenewBefore - time.Hour, hosts: hosts},
		{
			name: "the certificate ends soon", after: ServingLifetime - RenewBefore + time.Hour, hosts: hosts,
			want: "the serving certificate ends at 2026-04-02T03:04:05Z", newCertified: true,
		},
		{
			name: "the CA cannot sign a full lifetime", after: AuthorityLifetime - ServingLifetime + time.Hour, hosts: hosts,
			want: "the CA ends at 2035-12-31T03:04:05Z", newAuthority: true, newCertified: true,
		},
		{
			name: "a host is added", hosts: append([]string{"hook.example"}, hosts...),
			want: "the serving certificate is not for hook.example", newCertified: true,
		},
		{
			name: "the certificate is of another CA", hosts: hosts,
			change: func(s *Serving) { s.Certificate, s.Key = other.Certificate, other.Key },
			want:   "not of this CA", newCertified: true,
		},
		{
			name: "the key is another one's", hosts: hosts,
			change: func(s *Serving) { s.Key = other.Key }, want: "not usable", newCertified: true,
		},
		{
			name: "the CA's key is gone", hosts: hosts,
			change: func(s *Serving) { s.AuthorityKey = nil }, want: "there is no CA yet",
			newAuthority: true, newCertified: true,
		},
		{
			name: "the CA is none", hosts: hosts,
			change: func(s *Serving) { s.Authority, s.AuthorityKey = s.Certificate, s.Key },
			want:   "it is no CA", newAuthority: true, newCertified: true,
		},
		{name: "the token is gone", hosts: hosts, change: func(s *Serving) { s.Token = nil }, want: "there is no token"},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := first
			if test.change != nil {
				test.change(&before)
			}
			now := start.Add(test.after)
			after, reason := renew(t, before, now, test.hosts...)
			if test.want == "" && reason != "" || !strings.Contains(reason, test.want) {
				t.Errorf("reason %q, want %q", reason, test.want)
			}
			if got := !bytes.Equal(after.Authority, first.Authority); got != test.newAuthority {
				t.Errorf("new CA: %t, want %t", got, test.newAuthority)
			}
			if got := !bytes.Equal(after.Certificate, before.Certificate); got != test.newCertified {
				t.Errorf("new certificate: %t, want %t", got, test.newCertified)
			}
			trusted(t, after, now, test.hosts...)
			if _, reason := renew(t, after, now, test.hosts...); reason != "" {
				t.Errorf("renewed twice: %s", reason)
			}
		})
	}
}

// trusted fails the test unless a client that knows only the CA accepts the server under every host.
func trusted(t *testing.T, s Serving, now time.Time, hosts ...string) {
	t.Helper()
	if err := s.Usable(now); err != nil {
		t.Error(err)
	}
	pair, err := tls.X509KeyPair(s.Certificate, s.Key)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(s.Authority) {
		t.Fatal("the CA is not PEM")
	}
	for _, host := range hosts {
		options := x509.VerifyOptions{Roots: roots, DNSName: host, CurrentTime: now}
		if _, err := pair.Leaf.Verify(options); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	elsewhere := x509.VerifyOptions{Roots: roots, DNSName: "elsewhere.example", CurrentTime: now}
	if _, err := pair.Leaf.Verify(elsewhere); err == nil {
		t.Error("the certificate is for any host")
	}
}

func TestAuthoritySignsNoOtherAuthority(t *testing.T) {
	s, _ := renew(t, Serving{}, start, hosts...)
	block, _ := pem.Decode(s.Authority)
	authority, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !authority.IsCA || !authority.MaxPathLenZero || authority.KeyUsage != x509.KeyUsageCertSign {
		t.Errorf("CA %t, path length zero %t, key usage %b", authority.IsCA, authority.MaxPathLenZero, authority.KeyUsage)
	}
}

func TestUsable(t *testing.T) {
	s, _ := renew(t, Serving{}, start, hosts...)
	if err := s.Usable(start.Add(ServingLifetime + time.Second)); err == nil {
		t.Error("a certificate that has ended is usable")
	}
	s.Token = nil
	if err := s.Usable(start); err == nil {
		t.Error("no token is usable")
	}
	if err := (&Serving{}).Usable(start); err == nil {
		t.Error("nothing is usable")
	}
}
