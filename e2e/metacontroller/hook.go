package metacontroller

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	kjson "sigs.k8s.io/json"

	"github.com/kompositor/kompositor/e2e/kube"
)

// HookError is an answer of a hook that Metacontroller does not accept; the pass is aborted.
type HookError struct {
	URL  string
	Code int
	Body []byte
	// RetryAfter is the header of that name, which counts with code 429 only.
	RetryAfter string
}

func (e *HookError) Error() string {
	return fmt.Sprintf("%s answered %d: %s", e.URL, e.Code, e.Body)
}

// callHook calls sync or finalize and stores the answer in the pass. It reports false if neither is configured.
func (d *Driver) callHook(
	ctx context.Context, pass *Pass, request *syncRequest, observed, related objectMap,
) (bool, error) {
	var hook *hook
	hooks := d.controller.spec.Hooks
	switch {
	case hooks.Finalize != nil && (request.Parent.GetDeletionTimestamp() != nil || !d.matches(request.Parent)):
		hook, pass.Hook, request.Finalizing = hooks.Finalize, "finalize", true
	case hooks.Sync != nil:
		hook, pass.Hook = hooks.Sync, "sync"
	default:
		return false, nil
	}
	request.Children = observed.wire(hook.Version, request.Parent)
	request.Related = related.wire(hook.Version, request.Parent)
	response := &Response{}
	sent := time.Now()
	var err error
	pass.Request, pass.Answer, err = d.call(ctx, hook, request, response)
	pass.Took = time.Since(sent)
	if err != nil {
		return false, fmt.Errorf("%s hook: %w", pass.Hook, err)
	}
	for i, child := range response.Children {
		if child == nil {
			return false, fmt.Errorf("%s hook: children[%d] is null, which crashes Metacontroller", pass.Hook, i)
		}
		if child.GetNamespace() == "" {
			child.SetNamespace(request.Parent.GetNamespace())
		}
	}
	pass.Response = response
	return true, nil
}

// etagKey is what Metacontroller keeps an answer for when etag is enabled.
type etagKey struct {
	hook *hook
	kind string
	name string
}

type etagEntry struct {
	etag string
	body []byte
}

// call posts a request to a hook and decodes its answer; it returns both bodies.
func (d *Driver) call(ctx context.Context, hook *hook, request, response any) (body, answer []byte, err error) {
	body, err = json.Marshal(request)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, hook.timeout())
	defer cancel()
	httpRequest, err := d.newRequest(ctx, hook, body)
	if err != nil {
		return body, nil, err
	}
	key := hook.etagKey(request)
	entry, known := d.etags[key]
	if known {
		httpRequest.Header.Set("If-None-Match", entry.etag)
	}
	httpResponse, err := d.endpoints[hook].client.Do(httpRequest)
	if err != nil {
		return body, nil, err
	}
	answer, err = readAll(httpResponse)
	if err != nil {
		return body, nil, err
	}
	switch code := httpResponse.StatusCode; {
	case code == http.StatusOK:
	case known && (code == http.StatusNotModified || code == http.StatusPreconditionFailed):
		answer = entry.body
	default:
		return body, answer, &HookError{
			URL: httpRequest.URL.String(), Code: code, Body: answer, RetryAfter: httpResponse.Header.Get("Retry-After"),
		}
	}
	if etag := httpResponse.Header.Get("ETag"); hook.Webhook.Etag.Enabled && etag != "" {
		d.etags[key] = etagEntry{etag: etag, body: answer}
	}
	return body, answer, decode(answer, response, hook.strict())
}

func (d *Driver) newRequest(ctx context.Context, hook *hook, body []byte) (*http.Request, error) {
	address, err := hook.url()
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if authorization := d.endpoints[hook].authorization; authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	return request, nil
}

func readAll(response *http.Response) ([]byte, error) {
	body, err := io.ReadAll(response.Body)
	return body, errors.Join(err, response.Body.Close())
}

func (h *hook) etagKey(request any) etagKey {
	var parent *kube.Object
	switch request := request.(type) {
	case *syncRequest:
		parent = request.Parent
	case customizeRequest:
		parent = request.Parent
	}
	return etagKey{hook: h, kind: parent.GetKind(), name: qualifiedName(parent)}
}

// decode keeps whole numbers whole and keys as they are; strict refuses unknown and doubled fields.
func decode(answer []byte, into any, strict bool) error {
	mistakes, err := kjson.UnmarshalStrict(answer, into)
	if err == nil && strict {
		err = errors.Join(mistakes...)
	}
	if err != nil {
		return fmt.Errorf("decode the answer: %w", err)
	}
	return nil
}
