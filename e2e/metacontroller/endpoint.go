package metacontroller

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// endpointSettings say how a hook is trusted and how it trusts us: of a webhook itself, or of the endpointConfigs entry
// for its host.
type endpointSettings struct {
	CABundle      *caBundle      `json:"caBundle"`
	Authorization *authorization `json:"authorization"`
	BasicAuth     any            `json:"basicAuth"`
	ClientTLS     any            `json:"clientTLS"`
}

type endpointConfig struct {
	Host string `json:"host"`
	endpointSettings
}

type caBundle struct {
	Inline       string  `json:"inline"`
	SecretRef    *keyRef `json:"secretRef"`
	ConfigMapRef *keyRef `json:"configMapRef"`
}

type authorization struct {
	Type      string `json:"type"`
	SecretRef keyRef `json:"secretRef"`
}

type keyRef struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Key       string `json:"key"`
}

func (s endpointSettings) empty() bool {
	return s.CABundle == nil && s.Authorization == nil && s.BasicAuth == nil && s.ClientTLS == nil
}

// settings are the webhook's own if it has any, and else those of the first endpointConfigs entry for its host.
func (c *Controller) settings(hook *hook) (endpointSettings, error) {
	if !hook.Webhook.empty() {
		return hook.Webhook.endpointSettings, nil
	}
	address, err := hook.url()
	if err != nil {
		return endpointSettings{}, err
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return endpointSettings{}, err
	}
	for _, config := range c.spec.EndpointConfigs {
		if sameHost(config.Host, parsed) {
			return config.endpointSettings, nil
		}
	}
	return endpointSettings{}, nil
}

// sameHost compares an entry's host with a URL: the entry's port may be left out, the URL's default port too.
func sameHost(host string, of *url.URL) bool {
	canonical := of.Host
	if of.Port() == "" {
		canonical = net.JoinHostPort(of.Hostname(), map[string]string{"https": "443", "http": "80"}[of.Scheme])
	}
	return strings.EqualFold(host, of.Host) || strings.EqualFold(host, canonical) ||
		strings.EqualFold(host, of.Hostname())
}

// endpoint is one hook as it is called.
type endpoint struct {
	client        *http.Client
	authorization string // header; empty sends none
}

// connect reads the certificates and tokens that the hook's settings name. Metacontroller does so once, when it starts
// the controller, and so does this driver.
func (d *Driver) connect(ctx context.Context, hook *hook) (endpoint, error) {
	settings, err := d.controller.settings(hook)
	if err != nil {
		return endpoint{}, err
	}
	if settings.BasicAuth != nil || settings.ClientTLS != nil {
		return endpoint{}, errors.New("basicAuth and clientTLS of webhooks are not played here")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}
	if d.options.Address != "" {
		transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, d.options.Address)
		}
	}
	if settings.CABundle != nil {
		if transport.TLSClientConfig.RootCAs, err = d.readPool(ctx, settings.CABundle); err != nil {
			return endpoint{}, fmt.Errorf("caBundle: %w", err)
		}
	}
	connected := endpoint{client: &http.Client{Transport: transport}}
	if auth := settings.Authorization; auth != nil {
		token, err := d.readKey(ctx, "secrets", auth.SecretRef, "")
		if err != nil {
			return endpoint{}, fmt.Errorf("authorization: %w", err)
		}
		scheme := auth.Type
		if scheme == "" {
			scheme = "Bearer"
		}
		connected.authorization = scheme + " " + string(token)
	}
	return connected, nil
}

func (d *Driver) readPool(ctx context.Context, bundle *caBundle) (*x509.CertPool, error) {
	content, err := []byte(bundle.Inline), error(nil)
	switch {
	case bundle.SecretRef != nil:
		content, err = d.readKey(ctx, "secrets", *bundle.SecretRef, "ca.crt")
	case bundle.ConfigMapRef != nil:
		content, err = d.readKey(ctx, "configmaps", *bundle.ConfigMapRef, "ca.crt")
	}
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		return nil, errors.New("there is no certificate in it")
	}
	return pool, nil
}

// readKey reads one key of a Secret or ConfigMap.
func (d *Driver) readKey(ctx context.Context, plural string, ref keyRef, defaultKey string) ([]byte, error) {
	resource, err := d.client.Resource(ctx, "v1", plural)
	if err != nil {
		return nil, err
	}
	object, err := d.client.Get(ctx, resource, types.NamespacedName{Namespace: ref.Namespace, Name: ref.Name})
	if err != nil {
		return nil, err
	}
	key := ref.Key
	if key == "" {
		key = defaultKey
	}
	value, found, err := unstructured.NestedString(object.Object, "data", key)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("%s %s/%s has no key %q", resource.Kind, ref.Namespace, ref.Name, key)
	}
	if resource.Kind == "ConfigMap" {
		return []byte(value), nil
	}
	return base64.StdEncoding.DecodeString(value)
}
