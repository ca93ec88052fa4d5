package kube

import (
	"context"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// Resource is one kind as the API server serves it.
type Resource struct {
	Group      string
	Version    string
	Kind       string
	Name       string // plural, lower case
	Namespaced bool
}

// APIVersion is the value of the apiVersion field, such as "v1" or "policy/v1".
func (r Resource) APIVersion() string {
	return schema.GroupVersion{Group: r.Group, Version: r.Version}.String()
}

func (r Resource) String() string {
	return fmt.Sprintf("%s.%s", r.Kind, r.APIVersion())
}

// path is the URL path of a resource, of one object if the key has a name, of a subresource if that is not empty.
func (r Resource) path(key types.NamespacedName, subresource string) string {
	var path strings.Builder
	if r.Group == "" {
		path.WriteString("/api/" + r.Version)
	} else {
		path.WriteString("/apis/" + r.Group + "/" + r.Version)
	}
	if r.Namespaced && key.Namespace != "" {
		path.WriteString("/namespaces/" + key.Namespace)
	}
	path.WriteString("/" + r.Name)
	if key.Name != "" {
		path.WriteString("/" + key.Name)
	}
	if subresource != "" {
		path.WriteString("/" + subresource)
	}
	return path.String()
}

// Key is the namespace and name of an object.
func Key(object *Object) types.NamespacedName {
	return types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}
}

// Wait polls until done says so. While it is not done it returns what it still waits for, which the error repeats
// when the context ends first.
func Wait(ctx context.Context, what string, done func(context.Context) (missing string, err error)) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for last := ""; ; {
		missing, err := done(ctx)
		if err == nil && missing == "" {
			return nil
		}
		if err != nil {
			missing = strings.TrimSpace(missing + " " + err.Error())
		}
		if ctx.Err() == nil {
			last = missing // what a request says that the end of the wait cut off is no news
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w: %s", what, context.Cause(ctx), last)
		}
	}
}

const pollInterval = 50 * time.Millisecond
