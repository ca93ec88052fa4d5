package kubernetes

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// ServiceAccountDirectory is where kubelet mounts a Pod's service account token and the API server's CA.
// Source: Kubernetes, "Accessing the Kubernetes API from a Pod".
const ServiceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

// ErrNotInCluster says that this process does not run in a Pod.
var ErrNotInCluster = errors.New("not in a Pod: KUBERNETES_SERVICE_HOST is not set")

// Client reaches one API server.
type Client struct {
	// Server is the API server's URL, without a trailing slash.
	Server string
	// TokenFile holds the bearer token; it is read for every call, because kubelet renews it. Empty sends none.
	TokenFile string
	// HTTP carries the calls; deadlines come with the context.
	HTTP *http.Client
}

// InCluster is the client of the Pod that this process runs in. The directory, [ServiceAccountDirectory] in a Pod,
// holds its token and the API server's ca.crt.
func InCluster(directory string) (*Client, error) {
	host, port := os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return nil, ErrNotInCluster
	}
	pem, err := os.ReadFile(filepath.Join(directory, "ca.crt"))
	if err != nil {
		return nil, fmt.Errorf("read the API server's CA: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("the API server's CA holds no certificate")
	}
	return &Client{
		Server:    "https://" + net.JoinHostPort(host, port),
		TokenFile: filepath.Join(directory, "token"),
		HTTP: &http.Client{
			Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
		},
	}, nil
}

func (c *Client) authorize(request *http.Request) error {
	if c.TokenFile == "" {
		return nil
	}
	token, err := os.ReadFile(c.TokenFile)
	if err != nil {
		return fmt.Errorf("read the service account token: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	return nil
}

// do sends a request and hands the body of its answer to read. An object that is gone is no failure, and has no body to
// read.
func (c *Client) do(request *http.Request, read func(io.Reader) error) error {
	if err := c.authorize(request); err != nil {
		return err
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	switch response.StatusCode {
	case http.StatusNotFound:
	case http.StatusOK:
		err = read(response.Body)
	default:
		return fmt.Errorf("the API server answered %s: %s", response.Status, reason(response.Body))
	}
	_, drained := io.Copy(io.Discard, response.Body) // so that the connection is used again
	return errors.Join(err, drained)
}

// longestReason bounds how much of a refusal is repeated, bytes.
const longestReason = 1024

// reason is the message of a Kubernetes Status, or the text itself.
func reason(body io.Reader) string {
	text, err := io.ReadAll(io.LimitReader(body, longestReason))
	if err != nil {
		return err.Error()
	}
	var status struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(text, &status) == nil && status.Message != "" {
		return status.Message
	}
	return string(text)
}
