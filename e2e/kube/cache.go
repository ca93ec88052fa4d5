package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	gosync "sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// Cache is what one resource has in one namespace, kept up to date by a watch. It is safe for concurrent use.
type Cache struct {
	client    *Client
	resource  Resource
	namespace string
	told      func(Event, *Object)
	stop      context.CancelFunc
	done      chan struct{}

	mu      gosync.Mutex
	objects map[types.NamespacedName]*Object
	changes int
}

// Event is what has happened to an object, in the words of a watch.
type Event string

// The events of a watch.
const (
	Added    Event = "ADDED"
	Modified Event = "MODIFIED"
	Deleted  Event = "DELETED"
)

// Cache lists what is there and then follows its changes until it is closed. The context bounds the list only.
func (c *Client) Cache(ctx context.Context, r Resource, namespace string) (*Cache, error) {
	return c.Follow(ctx, r, namespace, func(Event, *Object) {})
}

// Follow is Cache, and calls told with each change that the watch sees, one after the other. While a watch that has
// ended is followed by the next one, changes may be missed.
func (c *Client) Follow(
	ctx context.Context, r Resource, namespace string, told func(Event, *Object),
) (*Cache, error) {
	k := &Cache{client: c, resource: r, namespace: namespace, told: told, done: make(chan struct{})}
	version, err := k.fill(ctx)
	if err != nil {
		return nil, err
	}
	following, stop := context.WithCancel(context.WithoutCancel(ctx))
	k.stop = stop
	go func() {
		defer close(k.done)
		k.follow(following, version)
	}()
	return k, nil
}

// Close ends the watch.
func (k *Cache) Close() {
	k.stop()
	<-k.done
}

// Objects are what is there, sorted by name. They are not the caller's to change.
func (k *Cache) Objects() []*Object {
	k.mu.Lock()
	defer k.mu.Unlock()
	objects := make([]*Object, 0, len(k.objects))
	for _, object := range k.objects {
		objects = append(objects, object)
	}
	slices.SortFunc(objects, func(a, b *Object) int { return strings.Compare(a.GetName(), b.GetName()) })
	return objects
}

// Changes counts what has happened: while it stays the same, so does everything else.
func (k *Cache) Changes() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.changes
}

// fill reads everything anew, and returns the version from which on changes are news.
func (k *Cache) fill(ctx context.Context) (version string, err error) {
	body, err := k.client.do(ctx, request{method: http.MethodGet, path: k.path()})
	if err != nil {
		return "", err
	}
	var list unstructured.UnstructuredList
	if err := list.UnmarshalJSON(body); err != nil {
		return "", fmt.Errorf("list %s: %w", k.resource, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.objects = map[types.NamespacedName]*Object{}
	for i := range list.Items {
		k.objects[Key(&list.Items[i])] = &list.Items[i]
	}
	k.changes++
	return list.GetResourceVersion(), nil
}

func (k *Cache) path() string {
	return k.resource.path(types.NamespacedName{Namespace: k.namespace}, "")
}

// follow watches. A watch that ends, as the API server ends every one after a while, is followed by a new list.
func (k *Cache) follow(ctx context.Context, version string) {
	for ctx.Err() == nil {
		_ = k.watch(ctx, version) // whatever the reason, the next list tells what was missed
		err := Wait(ctx, "a list of "+k.resource.String(), func(ctx context.Context) (string, error) {
			var err error
			version, err = k.fill(ctx)
			return "", err
		})
		if err != nil {
			return // the context has ended
		}
	}
}

// watch takes events until the API server or the context ends them.
func (k *Cache) watch(ctx context.Context, version string) error {
	query := url.Values{"watch": {"true"}, "resourceVersion": {version}}
	response, err := k.client.stream(ctx, request{method: http.MethodGet, path: k.path(), query: query})
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	for events := json.NewDecoder(response.Body); ; {
		var event struct {
			Type   Event
			Object json.RawMessage
		}
		if err := events.Decode(&event); err != nil {
			return err
		}
		object := &Object{}
		if event.Type == "ERROR" {
			return fmt.Errorf("watch %s: %s", k.resource, event.Object)
		}
		if err := object.UnmarshalJSON(event.Object); err != nil {
			return err
		}
		k.take(event.Type, object)
		k.told(event.Type, object)
	}
}

func (k *Cache) take(event Event, object *Object) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.changes++
	if event == Deleted {
		delete(k.objects, Key(object))
		return
	}
	k.objects[Key(object)] = object
}
