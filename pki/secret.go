package pki

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// errConflict says that somebody else changed the Secret since it was read.
var errConflict = errors.New("the Secret was changed meanwhile")

// SecretRef is one Secret in a Kubernetes cluster, and how to reach it as a service account does.
type SecretRef struct {
	// Server is the API server's address, such as https://10.96.0.1:443.
	Server string
	// CAFile and TokenFile are read anew each time, because Kubernetes replaces them.
	CAFile, TokenFile string
	// Namespace and Name are the Secret's.
	Namespace, Name string
}

// requestTimeout bounds one request to the API server.
const requestTimeout = 10 * time.Second

// maxSecretBytes is what is read of an answer; etcd holds 1.5 MiB of an object at most.
const maxSecretBytes = 4 << 20

// get reads the Secret. It must exist: it is part of the manifests, so that no right to create Secrets is needed.
func (r SecretRef) get(ctx context.Context) (*corev1.Secret, error) {
	var secret corev1.Secret
	if err := r.do(ctx, http.MethodGet, nil, &secret); err != nil {
		return nil, fmt.Errorf("read Secret %s/%s: %w", r.Namespace, r.Name, err)
	}
	return &secret, nil
}

// update writes the Secret if it is still as it was read; otherwise the error is errConflict.
func (r SecretRef) update(ctx context.Context, secret *corev1.Secret) error {
	body, err := json.Marshal(secret)
	if err != nil {
		return fmt.Errorf("encode Secret %s/%s: %w", r.Namespace, r.Name, err)
	}
	if err := r.do(ctx, http.MethodPut, body, nil); err != nil {
		return fmt.Errorf("update Secret %s/%s: %w", r.Namespace, r.Name, err)
	}
	return nil
}

func (r SecretRef) do(ctx context.Context, method string, body []byte, into any) (err error) {
	token, err := os.ReadFile(r.TokenFile)
	if err != nil {
		return fmt.Errorf("read the service account's token: %w", err)
	}
	client, err := r.client()
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	address, err := url.JoinPath(r.Server, "api/v1/namespaces", r.Namespace, "secrets", r.Name)
	if err != nil {
		return fmt.Errorf("the API server's address: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxSecretBytes))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return refusal(response.StatusCode, answer)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("decode the answer: %w", err)
	}
	return nil
}

func (r SecretRef) client() (*http.Client, error) {
	ca, err := os.ReadFile(r.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read the API server's CA: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("%s holds no PEM certificate", r.CAFile)
	}
	return &http.Client{
		Timeout: requestTimeout,
		Transport: &http.Transport{
			TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2: true,
		},
	}, nil
}

// refusal reads the API server's reason and says what the user can do about it.
func refusal(code int, answer []byte) error {
	var status metav1.Status
	if err := json.Unmarshal(answer, &status); err != nil || status.Message == "" {
		status.Message = "no reason given"
	}
	refused := fmt.Errorf("the API server answered %d: %s", code, status.Message)
	switch code {
	case http.StatusConflict:
		return errors.Join(errConflict, refused)
	case http.StatusNotFound:
		return fmt.Errorf("%w; apply the manifests again, they hold the Secret", refused)
	case http.StatusForbidden:
		return fmt.Errorf("%w; the service account needs get and update on this Secret", refused)
	default:
		return refused
	}
}
