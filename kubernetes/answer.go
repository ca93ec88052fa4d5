package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/sourcegraph/conc"

	"github.com/kompositor/kompositor/sync"
)

// Answer reads the labels of single Nodes, and whether the volumes of single StorageClasses can grow. One that can not
// be read leaves all of its kind unknown: a rack is not guessed.
func (c *Client) Answer(ctx context.Context, questions sync.Questions) sync.Facts {
	var facts sync.Facts
	asked := questions.Kubernetes
	if asked == nil {
		return facts
	}
	facts.Kubernetes.Nodes = each("node", asked.Nodes, func(name string) (sync.NodeLabels, error) {
		labels, err := c.nodeLabels(ctx, name, asked.Labels)
		return sync.NodeLabels{Name: name, Labels: labels}, err
	})
	facts.Kubernetes.StorageClasses = each("storage class", asked.StorageClasses,
		func(name string) (sync.StorageClass, error) { return c.storageClass(ctx, name) })
	return facts
}

// atOnce bounds how many objects are read at the same time.
const atOnce = 10

// each reads objects abreast; a fact about none is the zero one.
func each[T any](kind string, names []string, read func(name string) (T, error)) sync.Fact[[]T] {
	if len(names) == 0 {
		return sync.Fact[[]T]{}
	}
	values, errs := make([]T, len(names)), make([]error, len(names))
	var all conc.WaitGroup // a bug in one of them reaches our caller instead of ending the process
	places := make(chan struct{}, atOnce)
	for i, name := range names {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			values[i], errs[i] = read(name)
		})
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			return sync.UnknownFact[[]T](fmt.Sprintf("get %s %s: %v", kind, names[i], err))
		}
	}
	return sync.Known(values)
}

// storageClass reads one StorageClass. The volumes of one that is gone do not grow.
func (c *Client) storageClass(ctx context.Context, name string) (sync.StorageClass, error) {
	class := sync.StorageClass{Name: name}
	at := c.Server + "/apis/storage.k8s.io/v1/storageclasses/" + url.PathEscape(name)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return class, err
	}
	var read struct {
		Expands bool `json:"allowVolumeExpansion"`
	}
	err = c.do(request, func(body io.Reader) error { return json.NewDecoder(body).Decode(&read) })
	class.Expands = read.Expands
	return class, err
}

// onlyMetadata asks the API server to leave spec and status out. A Node lists every image that it holds.
// Source: Kubernetes, "API concepts", metadata-only fetches.
const onlyMetadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"

func (c *Client) nodeLabels(ctx context.Context, name string, keys []string) (map[string]string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Server+"/api/v1/nodes/"+url.PathEscape(name), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", onlyMetadata)
	var node struct {
		Metadata struct {
			Labels map[string]string `json:"labels"`
		} `json:"metadata"`
	}
	if err := c.do(request, func(body io.Reader) error { return json.NewDecoder(body).Decode(&node) }); err != nil {
		return nil, err
	}
	labels := make(map[string]string, len(keys))
	for _, key := range keys {
		if value, ok := node.Metadata.Labels[key]; ok {
			labels[key] = value
		}
	}
	return labels, nil
}
