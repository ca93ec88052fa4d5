package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	gosync "sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// Object is one Kubernetes object of any kind.
type Object = unstructured.Unstructured

// Client reads and writes unstructured objects. It is safe for concurrent use.
//
// Every method returns an *apierrors.StatusError for an answer that is not 2xx, so apierrors.IsNotFound and its
// neighbours work.
type Client struct {
	base      string
	token     string
	user      string
	http      *http.Client
	onWarning func(string)
	discovery *discovery
}

// discovery remembers the resources of each group version: they change only when a CRD is applied, and an unknown
// resource is always asked for again.
type discovery struct {
	mu       gosync.Mutex
	versions map[string][]Resource
}

// As returns a client whose requests are authorised as the named user, for instance
// "system:serviceaccount:metacontroller:metacontroller".
func (c *Client) As(user string) *Client {
	as := *c
	as.user = user
	return &as
}

// OnWarning returns a client that hands every warning of the API server to report.
func (c *Client) OnWarning(report func(string)) *Client {
	reporting := *c
	reporting.onWarning = report
	return &reporting
}

// Resource finds a resource by its plural name, such as "pods" in "v1".
func (c *Client) Resource(ctx context.Context, apiVersion, plural string) (Resource, error) {
	return c.discover(ctx, apiVersion, func(r Resource) bool { return r.Name == plural })
}

// Kind finds a resource by its kind, such as "Pod" in "v1".
func (c *Client) Kind(ctx context.Context, apiVersion, kind string) (Resource, error) {
	return c.discover(ctx, apiVersion, func(r Resource) bool { return r.Kind == kind })
}

func (c *Client) discover(ctx context.Context, apiVersion string, wanted func(Resource) bool) (Resource, error) {
	c.discovery.mu.Lock()
	defer c.discovery.mu.Unlock()
	for _, r := range c.discovery.versions[apiVersion] {
		if wanted(r) {
			return r, nil
		}
	}
	resources, err := c.resources(ctx, apiVersion)
	if err != nil {
		return Resource{}, err
	}
	c.discovery.versions[apiVersion] = resources
	for _, r := range resources {
		if wanted(r) {
			return r, nil
		}
	}
	return Resource{}, fmt.Errorf("the API server serves no such resource in %s", apiVersion)
}

func (c *Client) resources(ctx context.Context, apiVersion string) ([]Resource, error) {
	group, version, found := strings.Cut(apiVersion, "/")
	path := "/apis/" + apiVersion
	if !found {
		group, version, path = "", apiVersion, "/api/"+apiVersion
	}
	var list metav1.APIResourceList
	body, err := c.do(ctx, request{method: http.MethodGet, path: path})
	if err != nil {
		return nil, fmt.Errorf("discover %s: %w", apiVersion, err)
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("discover %s: %w", apiVersion, err)
	}
	var resources []Resource
	for _, r := range list.APIResources {
		if strings.Contains(r.Name, "/") {
			continue
		}
		resources = append(resources, Resource{
			Group: group, Version: version, Kind: r.Kind, Name: r.Name, Namespaced: r.Namespaced,
		})
	}
	return resources, nil
}

// Get reads one object from etcd, never from a cache.
func (c *Client) Get(ctx context.Context, r Resource, key types.NamespacedName) (*Object, error) {
	return c.object(ctx, request{method: http.MethodGet, path: r.path(key, "")})
}

// List reads the objects of one namespace, or of all namespaces if it is empty, sorted by namespace and name.
// The selector may be empty.
func (c *Client) List(ctx context.Context, r Resource, namespace, selector string) ([]*Object, error) {
	query := url.Values{}
	if selector != "" {
		query.Set("labelSelector", selector)
	}
	body, err := c.do(ctx, request{
		method: http.MethodGet, path: r.path(types.NamespacedName{Namespace: namespace}, ""), query: query,
	})
	if err != nil {
		return nil, err
	}
	var list unstructured.UnstructuredList
	if err := list.UnmarshalJSON(body); err != nil {
		return nil, fmt.Errorf("list %s: %w", r, err)
	}
	objects := make([]*Object, len(list.Items))
	for i := range list.Items {
		objects[i] = &list.Items[i]
	}
	return objects, nil
}

// Create makes a new object and returns it as the API server stored it.
func (c *Client) Create(ctx context.Context, r Resource, object *Object) (*Object, error) {
	key := types.NamespacedName{Namespace: object.GetNamespace()}
	return c.object(ctx, request{method: http.MethodPost, path: r.path(key, ""), body: object})
}

// DryRun says what would become of an object if it were made, or, when it has a resourceVersion, if it replaced the one
// that is there. A field that its schema does not know is refused. Nothing is stored.
func (c *Client) DryRun(ctx context.Context, r Resource, object *Object) (*Object, error) {
	method, key := http.MethodPut, Key(object)
	if object.GetResourceVersion() == "" {
		method, key.Name = http.MethodPost, ""
	}
	query := url.Values{"dryRun": {metav1.DryRunAll}, "fieldValidation": {metav1.FieldValidationStrict}}
	return c.object(ctx, request{method: method, path: r.path(key, ""), query: query, body: object})
}

// Update replaces an object; a resourceVersion in it must still be the newest.
func (c *Client) Update(ctx context.Context, r Resource, object *Object) (*Object, error) {
	return c.object(ctx, request{method: http.MethodPut, path: r.path(Key(object), ""), body: object})
}

// UpdateStatus replaces the status of an object by its status subresource.
func (c *Client) UpdateStatus(ctx context.Context, r Resource, object *Object) (*Object, error) {
	return c.object(ctx, request{method: http.MethodPut, path: r.path(Key(object), "status"), body: object})
}

// Delete asks for the deletion of an object.
func (c *Client) Delete(
	ctx context.Context, r Resource, key types.NamespacedName, options metav1.DeleteOptions,
) error {
	options.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "DeleteOptions"}
	_, err := c.do(ctx, request{method: http.MethodDelete, path: r.path(key, ""), body: options})
	return err
}

// JSONPatch applies an RFC 6902 patch.
func (c *Client) JSONPatch(ctx context.Context, r Resource, key types.NamespacedName, patch []byte) (*Object, error) {
	return c.object(ctx, request{
		method: http.MethodPatch, path: r.path(key, ""),
		contentType: string(types.JSONPatchType), body: json.RawMessage(patch),
	})
}

// MergePatch applies an RFC 7386 patch; subresource is empty or "status".
func (c *Client) MergePatch(
	ctx context.Context, r Resource, key types.NamespacedName, patch map[string]any, subresource string,
) (*Object, error) {
	return c.object(ctx, request{
		method: http.MethodPatch, path: r.path(key, subresource),
		contentType: string(types.MergePatchType), body: patch,
	})
}

// Apply is a forced server-side apply by the named field manager. With dryRun nothing is stored.
func (c *Client) Apply(ctx context.Context, r Resource, object *Object, options metav1.PatchOptions) (*Object, error) {
	query := url.Values{"fieldManager": {options.FieldManager}, "force": {"true"}}
	if len(options.DryRun) > 0 {
		query.Set("dryRun", metav1.DryRunAll)
	}
	return c.object(ctx, request{
		method: http.MethodPatch, path: r.path(Key(object), ""), query: query,
		contentType: string(types.ApplyPatchType), body: object,
	})
}

type request struct {
	method, path string
	query        url.Values
	contentType  string
	body         any
}

func (c *Client) object(ctx context.Context, r request) (*Object, error) {
	body, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	object := &Object{}
	if err := object.UnmarshalJSON(body); err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	return object, nil
}

func (c *Client) do(ctx context.Context, r request) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	response, err := c.stream(ctx, r)
	if err != nil {
		return nil, err
	}
	body, readErr := io.ReadAll(response.Body)
	if err := errors.Join(readErr, response.Body.Close()); err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	return body, nil
}

// requestTimeout bounds a request whose answer is read whole.
const requestTimeout = 30 * time.Second

// stream returns an answer that is 2xx, with its body still to be read and closed.
func (c *Client) stream(ctx context.Context, r request) (*http.Response, error) {
	var reader io.Reader
	if r.body != nil {
		body, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", r.method, r.path, err)
		}
		reader = bytes.NewReader(body)
	}
	httpRequest, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path+"?"+r.query.Encode(), reader)
	if err != nil {
		return nil, err
	}
	httpRequest.Header.Set("Authorization", "Bearer "+c.token)
	httpRequest.Header.Set("Accept", "application/json")
	httpRequest.Header.Set("Content-Type", "application/json")
	if r.contentType != "" {
		httpRequest.Header.Set("Content-Type", r.contentType)
	}
	if c.user != "" {
		httpRequest.Header.Set("Impersonate-User", c.user)
	}
	response, err := c.http.Do(httpRequest)
	if err != nil {
		return nil, err
	}
	c.warn(response)
	if response.StatusCode >= http.StatusOK && response.StatusCode < http.StatusMultipleChoices {
		return response, nil
	}
	body, readErr := io.ReadAll(response.Body)
	if err := errors.Join(readErr, response.Body.Close()); err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	return nil, refusal(r, response.StatusCode, body)
}

func (c *Client) warn(response *http.Response) {
	if c.onWarning == nil {
		return
	}
	for _, warning := range response.Header.Values("Warning") {
		c.onWarning(warning)
	}
}

// refusal turns an answer that is not 2xx into the error it describes.
func refusal(r request, code int, body []byte) error {
	var status metav1.Status
	if err := json.Unmarshal(body, &status); err == nil && status.Kind == "Status" {
		return &apierrors.StatusError{ErrStatus: status}
	}
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status:  metav1.StatusFailure,
		Code:    int32(code), //nolint:gosec // an HTTP status code has three digits
		Message: fmt.Sprintf("%s %s: %d: %s", r.method, r.path, code, body),
	}}
}
