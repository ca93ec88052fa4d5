package kubernetes

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/kompositor/kompositor/sync"
)

// Name says which commands this adapter performs.
func (c *Client) Name() sync.Adapter { return sync.AdapterKubernetes }

// Answer answers nothing: what the API server knows comes with the request.
func (c *Client) Answer(context.Context, sync.Questions) sync.Facts { return sync.Facts{} }

// Perform carries commands out in their order.
func (c *Client) Perform(ctx context.Context, commands []sync.Command) sync.Outcomes {
	outcomes := make(sync.Outcomes, 0, len(commands))
	for _, command := range commands {
		outcome := sync.Outcome{Command: command}
		switch command := command.(type) {
		case sync.OrphanClaim:
			outcome.Err = c.orphanClaim(ctx, command)
		default:
			outcome.Err = fmt.Errorf("%s is no command for the API server", command)
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes
}

// orphanClaim removes one owner reference. The UID in the patch is a precondition: a claim of the same name made since
// is left alone. A claim that is gone, or has no such owner any more, is as it should be.
func (c *Client) orphanClaim(ctx context.Context, command sync.OrphanClaim) error {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{
		"uid":             command.UID,
		"ownerReferences": []map[string]string{{"$patch": "delete", "uid": command.Owner}},
	}})
	if err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	path := fmt.Sprintf(
		"%s/api/v1/namespaces/%s/persistentvolumeclaims/%s",
		c.Server,
		url.PathEscape(command.Namespace),
		url.PathEscape(command.Name),
	)
	request, err := http.NewRequestWithContext(ctx, http.MethodPatch, path, bytes.NewReader(patch))
	if err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	request.Header.Set("Content-Type", "application/strategic-merge-patch+json")
	if err := c.authorize(request); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == http.StatusOK || response.StatusCode == http.StatusNotFound {
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	return fmt.Errorf("%s: the API server answered %s: %s", command, response.Status, reason(response.Body))
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
