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

// Answer reads the labels of single Nodes. One that can not be read leaves all of them unknown: a rack is not guessed.
func (c *Client) Answer(ctx context.Context, questions sync.Questions) sync.Facts {
	asked := questions.Kubernetes
	if asked == nil || len(asked.Nodes) == 0 {
		return sync.Facts{}
	}
	nodes, errs := make([]sync.NodeLabels, len(asked.Nodes)), make([]error, len(asked.Nodes))
	var all conc.WaitGroup // a bug in one of them reaches our caller instead of ending the process
	places := make(chan struct{}, atOnce)
	for i, name := range asked.Nodes {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			nodes[i] = sync.NodeLabels{Name: name}
			nodes[i].Labels, errs[i] = c.nodeLabels(ctx, name, asked.Labels)
		})
	}
	all.Wait()
	var facts sync.Facts
	for i, err := range errs {
		if err != nil {
			facts.Kubernetes.Nodes = sync.UnknownFact[[]sync.NodeLabels](fmt.Sprintf("get node %s: %v", asked.Nodes[i], err))
			return facts
		}
	}
	facts.Kubernetes.Nodes = sync.Known(nodes)
	return facts
}

// atOnce bounds how many Nodes are read at the same time.
const atOnce = 10

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
