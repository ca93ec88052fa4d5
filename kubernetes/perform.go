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

// Perform carries commands out in their order.
func (c *Client) Perform(ctx context.Context, commands []sync.Command) sync.Outcomes {
	outcomes := make(sync.Outcomes, 0, len(commands))
	for _, command := range commands {
		outcome := sync.Outcome{Command: command}
		switch command := command.(type) {
		case sync.OrphanClaim:
			outcome.Err = c.orphanClaim(ctx, command)
		case sync.DeleteOperation:
			outcome.Err = c.deleteOperation(ctx, command)
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
	if err := c.do(request, func(io.Reader) error { return nil }); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	return nil
}

// deleteOperation deletes one CruiseControlOperation. The UID is a precondition: one of the same name made since is
// left alone. An operation that is gone is as it should be.
func (c *Client) deleteOperation(ctx context.Context, command sync.DeleteOperation) error {
	options, err := json.Marshal(map[string]any{
		"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": map[string]string{"uid": command.UID},
	})
	if err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	path := fmt.Sprintf("%s/apis/kafka.banzaicloud.io/v1alpha1/namespaces/%s/cruisecontroloperations/%s",
		c.Server, url.PathEscape(command.Namespace), url.PathEscape(command.Name))
	request, err := http.NewRequestWithContext(ctx, http.MethodDelete, path, bytes.NewReader(options))
	if err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	request.Header.Set("Content-Type", "application/json")
	if err := c.do(request, func(io.Reader) error { return nil }); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	return nil
}
