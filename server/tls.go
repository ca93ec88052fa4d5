package server

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/rs/zerolog"
)

// TLS names the PEM files of HTTPS. All of them are read again when they change.
type TLS struct {
	// CertFile and KeyFile are the server's certificate chain and its key; empty serves plain HTTP.
	CertFile, KeyFile string
	// ClientCAFile holds the CAs of the client certificates that hook calls must present; empty asks for none. The
	// probes and the metrics are served without one, because a kubelet has none.
	ClientCAFile string
}

// tlsConfig is built once for each change of the files: it holds the keys of session tickets.
type tlsConfig = tls.Config

// watch reads the files; nil when HTTPS is off.
func (t TLS) watch(logger zerolog.Logger) (*watched[*tlsConfig], error) {
	if t.CertFile == "" && t.KeyFile == "" && t.ClientCAFile == "" {
		return nil, nil
	}
	if t.CertFile == "" || t.KeyFile == "" {
		return nil, errors.New("HTTPS needs both a certificate and its key: --tls-cert and --tls-key")
	}
	paths := []string{t.CertFile, t.KeyFile}
	if t.ClientCAFile != "" {
		paths = append(paths, t.ClientCAFile)
	}
	files, err := watch(logger, readTLS, paths...)
	if err != nil {
		return nil, fmt.Errorf("read the TLS files: %w", err)
	}
	return files, nil
}

// readTLS makes a configuration of a certificate, its key and, if given, client CAs.
func readTLS(contents [][]byte) (*tlsConfig, error) {
	certificate, err := tls.X509KeyPair(contents[0], contents[1])
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{certificate},
		NextProtos:   []string{"h2", "http/1.1"},
	}
	if len(contents) > 2 {
		config.ClientCAs = x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(contents[2]) {
			return nil, errors.New("the client CA file holds no PEM certificate")
		}
		config.ClientAuth = tls.VerifyClientCertIfGiven
	}
	return config, nil
}
