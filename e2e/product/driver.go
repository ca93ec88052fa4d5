package product

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"

	"github.com/kompositor/kompositor/e2e/metacontroller"
)

// metacontrollerUser is whom the shipped rights for Metacontroller are given to; drivers act as it.
const metacontrollerUser = "system:serviceaccount:metacontroller:metacontroller"

// WaitReady waits until the hook says that it is ready.
func (p *Product) WaitReady(ctx context.Context) error {
	return p.cluster.Wait(ctx, "kompositor to be ready", func(ctx context.Context) (string, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+p.Address+"/readyz", http.NoBody)
		if err != nil {
			return "", err
		}
		response, err := Insecure().Do(request)
		if err != nil {
			return "/readyz", err
		}
		if response.StatusCode != http.StatusOK {
			return response.Status, response.Body.Close()
		}
		return "", response.Body.Close()
	})
}

// Insecure is a client that trusts anybody, for questions whose answer is no secret.
func Insecure() *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // see above
		DisableKeepAlives: true,
	}}
}

// Driver plays Metacontroller for the shipped CompositeController of a parent resource, with the shipped rights,
// against the shipped binary. onWarning hears what the API server warns of.
func (p *Product) Driver(
	ctx context.Context, parents string, options metacontroller.Options, onWarning func(string),
) (*metacontroller.Driver, error) {
	resource, err := p.cluster.Client.Resource(ctx, "metacontroller.k8s.io/v1alpha1", "compositecontrollers")
	if err != nil {
		return nil, err
	}
	objects, err := p.cluster.Client.List(ctx, resource, "", "")
	if err != nil {
		return nil, err
	}
	for _, object := range objects {
		controller, err := metacontroller.FromObject(object)
		if err != nil {
			return nil, err
		}
		if controller.Parents() != parents {
			continue
		}
		client := p.cluster.Client.As(metacontrollerUser).OnWarning(func(warning string) {
			// The users who set nodePortExternalIP ask for this field, whatever Kubernetes thinks of it.
			if !strings.Contains(warning, "spec.externalIPs is deprecated") {
				onWarning(warning)
			}
		})
		options.Address = p.Address
		return metacontroller.New(ctx, client, controller, options)
	}
	return nil, fmt.Errorf("there is no CompositeController for %s", parents)
}
