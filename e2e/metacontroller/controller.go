package metacontroller

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/kompositor/kompositor/e2e/kube"
)

// Controller is a CompositeController, as its YAML says.
type Controller struct {
	Name string

	object *kube.Object
	spec   controllerSpec
}

type controllerSpec struct {
	ParentResource   parentRule       `json:"parentResource"`
	ChildResources   []childRule      `json:"childResources"`
	Hooks            hooks            `json:"hooks"`
	GenerateSelector bool             `json:"generateSelector"`
	EndpointConfigs  []endpointConfig `json:"endpointConfigs"`

	ResyncPeriodSeconds int `json:"resyncPeriodSeconds"`
}

type parentRule struct {
	APIVersion    string                `json:"apiVersion"`
	Resource      string                `json:"resource"`
	LabelSelector *metav1.LabelSelector `json:"labelSelector"`

	IgnoreStatusChanges bool `json:"ignoreStatusChanges"`
}

type childRule struct {
	APIVersion     string `json:"apiVersion"`
	Resource       string `json:"resource"`
	UpdateStrategy struct {
		Method updateMethod `json:"method"`
	} `json:"updateStrategy"`
}

type updateMethod string

const (
	onDelete updateMethod = "OnDelete"
	recreate updateMethod = "Recreate"
	inPlace  updateMethod = "InPlace"
)

type hooks struct {
	Sync      *hook `json:"sync"`
	Finalize  *hook `json:"finalize"`
	Customize *hook `json:"customize"`
}

// all are those that are configured.
func (h hooks) all() []*hook {
	return slices.DeleteFunc([]*hook{h.Sync, h.Finalize, h.Customize}, func(hook *hook) bool { return hook == nil })
}

// hookVersion decides the keys of children and related objects.
type hookVersion string

const (
	v1 hookVersion = "v1" // keyed by name, relative to the parent
	v2 hookVersion = "v2" // keyed by namespace/name
)

type hook struct {
	Version hookVersion `json:"version"`
	Webhook webhook     `json:"webhook"`
}

type webhook struct {
	URL     string           `json:"url"`
	Path    string           `json:"path"`
	Service *serviceRef      `json:"service"`
	Timeout *metav1.Duration `json:"timeout"`
	Etag    struct {
		Enabled bool `json:"enabled"`
	} `json:"etag"`
	UnmarshalMode string `json:"responseUnMarshallMode"` // "loose" or "strict"; spelt as Metacontroller does
	endpointSettings
}

type serviceRef struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	Port      int    `json:"port"`
	Protocol  string `json:"protocol"`
}

// Parse reads the CompositeControllers of a YAML stream and passes over other kinds.
func Parse(manifest []byte) ([]*Controller, error) {
	var controllers []*Controller
	reader := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(manifest), len(manifest)+1)
	for {
		var raw json.RawMessage
		if err := reader.Decode(&raw); errors.Is(err, io.EOF) {
			return controllers, nil
		} else if err != nil {
			return nil, fmt.Errorf("read CompositeControllers: %w", err)
		}
		controller, err := parseOne(raw)
		if err != nil {
			return nil, err
		}
		if controller != nil {
			controllers = append(controllers, controller)
		}
	}
}

func parseOne(raw json.RawMessage) (*Controller, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil // an empty document
	}
	object := &kube.Object{}
	if err := object.UnmarshalJSON(raw); err != nil {
		return nil, fmt.Errorf("read CompositeControllers: %w", err)
	}
	if object.GetKind() != "CompositeController" {
		return nil, nil
	}
	return FromObject(object)
}

// FromObject takes a CompositeController as the API server has it.
func FromObject(object *kube.Object) (*Controller, error) {
	raw, err := json.Marshal(object.Object["spec"])
	if err != nil {
		return nil, err
	}
	c := &Controller{Name: object.GetName(), object: object}
	if err := json.Unmarshal(raw, &c.spec); err != nil {
		return nil, fmt.Errorf("CompositeController %s: %w", c.Name, err)
	}
	object.Object["status"] = map[string]any{}
	return c, c.validate()
}

func (c *Controller) validate() error {
	for _, hook := range c.spec.Hooks.all() {
		if hook.Version == "" {
			hook.Version = v1
		}
		if hook.Version != v1 && hook.Version != v2 {
			return fmt.Errorf("CompositeController %s: unknown hook version %q", c.Name, hook.Version)
		}
		if _, err := hook.url(); err != nil {
			return fmt.Errorf("CompositeController %s: %w", c.Name, err)
		}
	}
	for _, child := range c.spec.ChildResources {
		switch child.UpdateStrategy.Method {
		case "", onDelete, recreate, inPlace:
		default:
			return fmt.Errorf("CompositeController %s: update method %q of %s is not played here",
				c.Name, child.UpdateStrategy.Method, child.Resource)
		}
	}
	return nil
}

// Parents is the plural name of the parents' resource.
func (c *Controller) Parents() string { return c.spec.ParentResource.Resource }

// finalizer is the name that keeps a parent until the finalize hook agrees to its end.
func (c *Controller) finalizer() string { return "metacontroller.io/compositecontroller-" + c.Name }

func (h *hook) url() (string, error) {
	if h.Webhook.URL != "" {
		return h.Webhook.URL, nil
	}
	service := h.Webhook.Service
	if service == nil || h.Webhook.Path == "" || service.Name == "" || service.Namespace == "" {
		return "", errors.New("a webhook needs a url, or a service with name and namespace, and a path")
	}
	port, protocol := service.Port, service.Protocol
	if port == 0 {
		port = 80
	}
	if protocol == "" {
		protocol = "http"
	}
	return fmt.Sprintf("%s://%s.%s:%d%s", protocol, service.Name, service.Namespace, port, h.Webhook.Path), nil
}

const defaultTimeout = 10 * time.Second

func (h *hook) timeout() time.Duration {
	if h.Webhook.Timeout != nil && h.Webhook.Timeout.Duration > 0 {
		return h.Webhook.Timeout.Duration
	}
	return defaultTimeout
}

// strict says whether an unknown or doubled field of the answer is an error: by default only in v2.
func (h *hook) strict() bool {
	mode := strings.ToLower(h.Webhook.UnmarshalMode)
	return mode == "strict" || mode == "" && h.Version == v2
}
