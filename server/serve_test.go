package server

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/kompositor/kompositor/sync"
)

// serving starts a server on a free port of the loopback and returns its address, how to stop it, and how it ended.
func serving(t *testing.T, f fixture) (address string, stop func(), ended <-chan error) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	result := make(chan error, 1)
	go func() { result <- f.Serve(ctx, listener) }()
	return listener.Addr().String(), stop, result
}

// authority is a CA of one test.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA"}, IsCA: true, BasicConstraintsValid: true,
		NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{certificate, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

// issue makes a certificate for the loopback, with its key.
func (a authority) issue(t *testing.T, name string) (certificate, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a.certificate, private.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
}

// put replaces a file as kubelet does: at once.
func put(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// callTLS posts a sync on a new connection and returns the status and the name on the server's certificate.
func callTLS(t *testing.T, address string, roots authority, client *tls.Certificate) (status int, server string) {
	t.Helper()
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()}
	config.RootCAs.AddCert(roots.certificate)
	if client != nil {
		config.Certificates = []tls.Certificate{*client}
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+address+"/sync/kafkacluster",
		strings.NewReader(requestWith("demo-0")))
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode, response.TLS.PeerCertificates[0].Subject.CommonName
}

func TestRenewedCertificatesAreUsed(t *testing.T) {
	dir, ca := t.TempDir(), newAuthority(t)
	files := TLS{CertFile: filepath.Join(dir, "tls.crt"), KeyFile: filepath.Join(dir, "tls.key")}
	certificate, key := ca.issue(t, "first")
	put(t, files.CertFile, certificate)
	put(t, files.KeyFile, key)
	f := newFixture(t, fakeHook{}, func(o *Options) { o.TLS = files })
	address, _, _ := serving(t, f)
	check := func(want string) {
		t.Helper()
		if status, server := callTLS(t, address, ca, nil); status != http.StatusOK || server != want {
			t.Errorf("got %d from %q, want 200 from %q", status, server, want)
		}
	}
	check("first")

	certificate, key = ca.issue(t, "second")
	put(t, files.CertFile, certificate)
	check("first") // the key is still the old one: the pair is not usable
	f.log.last(t, "changed files are not usable; the last good ones stay in use")
	put(t, files.KeyFile, key)
	check("second")

	if err := os.Remove(files.CertFile); err != nil {
		t.Fatal(err)
	}
	check("second")
	put(t, files.CertFile, []byte("no PEM"))
	check("second")
	if strings.Contains(f.log.String(), "PRIVATE KEY") {
		t.Errorf("the log holds a key: %s", f.log)
	}
}

func TestClientCertificates(t *testing.T) {
	dir, ca, stranger := t.TempDir(), newAuthority(t), newAuthority(t)
	files := TLS{CertFile: filepath.Join(dir, "tls.crt"), KeyFile: filepath.Join(dir, "tls.key")}
	files.ClientCAFile = filepath.Join(dir, "ca.crt")
	certificate, key := ca.issue(t, "server")
	put(t, files.CertFile, certificate)
	put(t, files.KeyFile, key)
	put(t, files.ClientCAFile, ca.pem)
	f := newFixture(t, fakeHook{}, func(o *Options) { o.TLS = files })
	address, _, _ := serving(t, f)
	certificate, key = ca.issue(t, "client")
	client, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := callTLS(t, address, ca, &client); status != http.StatusOK {
		t.Errorf("with a certificate: %d", status)
	}
	if status, _ := callTLS(t, address, ca, nil); status != http.StatusUnauthorized {
		t.Errorf("without one: %d", status)
	}
	put(t, files.ClientCAFile, stranger.pem)
	if status, _ := callTLS(t, address, ca, nil); status != http.StatusUnauthorized {
		t.Errorf("after the CA changed, without one: %d", status)
	}
	certificate, key = stranger.issue(t, "client")
	if client, err = tls.X509KeyPair(certificate, key); err != nil {
		t.Fatal(err)
	}
	if status, _ := callTLS(t, address, ca, &client); status != http.StatusOK {
		t.Errorf("after the CA changed, with a certificate of the new one: %d", status)
	}
	if w := f.do(httptest.NewRequest(http.MethodGet, "/readyz", nil)); w.Code != http.StatusOK {
		t.Errorf("the probe needs a certificate: %d", w.Code)
	}
}

func TestTLSFilesThatCanNotWork(t *testing.T) {
	dir, ca := t.TempDir(), newAuthority(t)
	certificate, key := ca.issue(t, "server")
	path := func(name string, content []byte) string {
		put(t, filepath.Join(dir, name), content)
		return filepath.Join(dir, name)
	}
	crt, private, empty := path("tls.crt", certificate), path("tls.key", key), path("empty", nil)
	for name, files := range map[string]TLS{
		"no key":           {CertFile: crt},
		"no certificate":   {KeyFile: private},
		"only a client CA": {ClientCAFile: crt},
		"missing file":     {CertFile: crt, KeyFile: filepath.Join(dir, "none")},
		"not PEM":          {CertFile: crt, KeyFile: empty},
		"CA is not PEM":    {CertFile: crt, KeyFile: private, ClientCAFile: empty},
	} {
		if _, err := New(Options{Hooks: map[string]sync.Hook{"kafkacluster": fakeHook{}}, TLS: files}); err == nil {
			t.Errorf("%s: a server was made", name)
		}
	}
}

func TestBearerTokens(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	put(t, file, []byte("old-token\n"))
	f := newFixture(t, fakeHook{}, func(o *Options) { o.TokenFile = file })
	check := func(authorization string, want int) {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, "/sync/kafkacluster", strings.NewReader(requestWith()))
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		if w := f.do(r); w.Code != want || (want == 401) != (w.Header().Get("WWW-Authenticate") == "Bearer") {
			t.Errorf("%q: got %d %v, want %d", authorization, w.Code, w.Header(), want)
		}
	}
	check("Bearer old-token", 200)
	check("bearer old-token", 200)
	for _, wrong := range []string{
		"", "Bearer", "Bearer ", "Bearer old-token2", "Bearer old-toke", "Basic old-token", "old-token",
	} {
		check(wrong, 401)
	}
	put(t, file, []byte("\n new-token \nold-token\n"))
	check("Bearer old-token", 200)
	check("Bearer new-token", 200)
	put(t, file, []byte("new-token"))
	check("Bearer old-token", 401)
	check("Bearer new-token", 200)
	put(t, file, []byte("\n"))
	check("Bearer ", 401)
	check("Bearer new-token", 200) // an empty file is a mistake, not a wish
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if w := f.do(httptest.NewRequest(http.MethodGet, path, nil)); w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if strings.Contains(f.log.String(), "token\"") && strings.Contains(f.log.String(), "new-token") {
		t.Errorf("the log holds a token: %s", f.log)
	}
	if _, err := New(Options{Hooks: f.options.Hooks, TokenFile: file}); err == nil {
		t.Error("a server with an empty token file was made")
	}
}

func TestShutdownFinishesCallsInFlight(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	f := newFixture(t, fakeHook{observe: func(sync.Request) error {
		close(entered)
		<-release
		return nil
	}}, nil)
	address, stop, ended := serving(t, f)
	type result struct {
		status int
		body   string
		err    error
	}
	results := make(chan result, 1)
	go func() {
		response, err := http.Post("http://"+address+"/sync/kafkacluster", "application/json",
			strings.NewReader(requestWith("demo-0")))
		if err != nil {
			results <- result{err: err}
			return
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		results <- result{response.StatusCode, string(body), err}
	}()
	<-entered
	stop()
	for !f.draining.Load() { // the test's own deadline ends this
		runtime.Gosched()
	}
	if w := f.do(httptest.NewRequest(http.MethodGet, "/readyz", nil)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("ready while shutting down: %d", w.Code)
	}
	if w := f.do(httptest.NewRequest(http.MethodGet, "/healthz", nil)); w.Code != http.StatusOK {
		t.Errorf("not healthy while shutting down: %d", w.Code)
	}
	close(release)
	if got := <-results; got.err != nil || got.status != http.StatusOK || !strings.HasSuffix(got.body, "}") {
		t.Errorf("the call in flight got %+v", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve returned %v", err)
	}
	if _, err := net.DialTimeout("tcp", address, time.Second); err == nil {
		t.Error("the port is still open")
	}
}

func TestShutdownEndsACallThatDoesNotEnd(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	f := newFixture(t, fakeHook{observe: func(sync.Request) error {
		close(entered)
		<-release
		return nil
	}}, func(o *Options) { o.DrainTimeout = time.Millisecond })
	address, stop, ended := serving(t, f)
	called := make(chan error, 1)
	go func() {
		response, err := http.Post("http://"+address+"/sync/kafkacluster", "", strings.NewReader(requestWith()))
		if err == nil {
			response.Body.Close()
		}
		called <- err
	}()
	<-entered
	stop()
	if err := <-ended; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Serve returned %v", err)
	}
	if err := <-called; err == nil {
		t.Error("the call got an answer")
	}
}

func TestServeSaysWhyItCanNot(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := newFixture(t, fakeHook{}, nil).Serve(t.Context(), listener); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve returned %v", err)
	}
}

func TestPlainHTTPOnATLSPortIsLoggedNotFatal(t *testing.T) {
	dir, ca := t.TempDir(), newAuthority(t)
	files := TLS{CertFile: filepath.Join(dir, "tls.crt"), KeyFile: filepath.Join(dir, "tls.key")}
	certificate, key := ca.issue(t, "server")
	put(t, files.CertFile, certificate)
	put(t, files.KeyFile, key)
	f := newFixture(t, fakeHook{}, func(o *Options) { o.TLS = files })
	address, _, _ := serving(t, f)
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if _, err := connection.Write([]byte("GET / HTTP/1.1\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if answer, _ := io.ReadAll(connection); !bytes.Contains(answer, []byte("HTTP request to an HTTPS server")) {
		t.Errorf("got %q", answer)
	}
	if status, _ := callTLS(t, address, ca, nil); status != http.StatusOK {
		t.Errorf("afterwards: %d", status)
	}
}

func TestLinesOfTheHTTPServerAreWarnings(t *testing.T) {
	var out bytes.Buffer
	log.New(warnings{zerolog.New(&out)}, "", 0).Print("http: TLS handshake error")
	if got, want := out.String(), `{"level":"warn","message":"http: TLS handshake error"}`+"\n"; got != want {
		t.Errorf("it is %s", got)
	}
}
