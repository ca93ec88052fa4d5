package admission

import (
	"fmt"
	"io/fs"
	"regexp"
	gosync "sync"

	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/manifests"
	"github.com/kompositor/kompositor/simulator/cel"
)

// schema is what a CRD says of a value, as far as ours say anything.
type schema struct {
	Type                 string             `json:"type"`
	Format               string             `json:"format"`
	Properties           map[string]*schema `json:"properties"`
	AdditionalProperties *schema            `json:"additionalProperties"`
	Items                *schema            `json:"items"`
	Required             []string           `json:"required"`
	Enum                 []any              `json:"enum"`
	Default              any                `json:"default"`
	Minimum              *float64           `json:"minimum"`
	Maximum              *float64           `json:"maximum"`
	ExclusiveMinimum     bool               `json:"exclusiveMinimum"`
	ExclusiveMaximum     bool               `json:"exclusiveMaximum"`
	MinLength            int                `json:"minLength"`
	MaxLength            *int               `json:"maxLength"`
	MinItems             int                `json:"minItems"`
	MaxItems             *int               `json:"maxItems"`
	MaxProperties        *int               `json:"maxProperties"`
	Pattern              string             `json:"pattern"`
	IntOrString          bool               `json:"x-kubernetes-int-or-string"`
	Preserve             bool               `json:"x-kubernetes-preserve-unknown-fields"`
	ListType             string             `json:"x-kubernetes-list-type"`
	ListKeys             []string           `json:"x-kubernetes-list-map-keys"`
	MapType              string             `json:"x-kubernetes-map-type"`
	Validations          []validation       `json:"x-kubernetes-validations"`
	// AnyOf stands only beside IntOrString, and says the same; Description is for people.
	AnyOf       []any  `json:"anyOf"`
	Description string `json:"description"`

	pattern *regexp.Regexp
}

// validation is a rule of a schema.
type validation struct {
	Rule      string `json:"rule"`
	Message   string `json:"message"`
	FieldPath string `json:"fieldPath"`

	compiled *cel.Rule
}

// definition is as much of a CustomResourceDefinition as is looked at.
type definition struct {
	Spec struct {
		Group string `json:"group"`
		Names struct {
			Kind string `json:"kind"`
		} `json:"names"`
		Versions []struct {
			Name   string `json:"name"`
			Schema struct {
				OpenAPIV3Schema *schema `json:"openAPIV3Schema"`
			} `json:"schema"`
		} `json:"versions"`
	} `json:"spec"`
}

// Schemas are those of custom resources, by kind, such as KafkaTopic.kafka.banzaicloud.io/v1alpha1.
type Schemas struct{ kinds map[string]*schema }

// Shipped returns the schemas of the CRDs that Kompositor ships. They are read once, and nobody changes them.
func Shipped() *Schemas { return shipped() }

//nolint:gochecknoglobals // read once: a thousand worlds share them
var shipped = gosync.OnceValue(func() *Schemas {
	schemas, err := read(manifests.Files)
	if err != nil {
		panic(fmt.Sprintf("the CRDs are embedded and can not be read: %v", err))
	}
	return schemas
})

// read reads every CRD of the manifests.
func read(files fs.FS) (*Schemas, error) {
	names, err := fs.Glob(files, "crd/kafka.*.yaml")
	if err != nil {
		return nil, err
	}
	schemas := &Schemas{kinds: map[string]*schema{}}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		if err := schemas.add(text); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return schemas, nil
}

func (s *Schemas) add(text []byte) error {
	text, err := yaml.YAMLToJSON(text)
	if err != nil {
		return err
	}
	var crd definition
	if err := kjson.UnmarshalCaseSensitivePreserveInts(text, &crd); err != nil {
		return err
	}
	for _, version := range crd.Spec.Versions {
		root := version.Schema.OpenAPIV3Schema
		if err := root.compile(); err != nil {
			return err
		}
		root.Properties["metadata"] = &schema{Preserve: true}
		s.kinds[crd.Spec.Names.Kind+"."+crd.Spec.Group+"/"+version.Name] = root
	}
	return nil
}

// compile reads the rules and patterns of a schema and of all below it.
func (s *schema) compile() error {
	var err error
	if s.pattern, err = regexp.Compile(s.Pattern); err != nil {
		return err
	}
	for i := range s.Validations {
		if s.Validations[i].compiled, err = cel.Compile(s.Validations[i].Rule); err != nil {
			return err
		}
	}
	for _, below := range s.Properties {
		if err := below.compile(); err != nil {
			return err
		}
	}
	for _, below := range []*schema{s.AdditionalProperties, s.Items} {
		if below == nil {
			continue
		}
		if err := below.compile(); err != nil {
			return err
		}
	}
	return nil
}
