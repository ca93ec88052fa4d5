package v1beta1

import (
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// maxCRDSize is what `kubectl apply` can write into its annotation last-applied-configuration: the limit of Kubernetes
// for all annotations of an object.
const maxCRDSize = 256 << 10

func TestCRDsInstallWithPlainApply(t *testing.T) {
	for _, path := range glob(t, "../../manifests/crd/kafka.banzaicloud.io_*.yaml") {
		text := readFile(t, path)
		asJSON, err := yaml.YAMLToJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		if size := max(len(text), len(asJSON)); size >= maxCRDSize {
			t.Errorf("%s has %d bytes, not less than %d", path, size, maxCRDSize)
		}
	}
}

// Every rule of the CRDs has a CR that it refuses; e2e applies them to a real API server.
func TestEveryRuleRefusesSomething(t *testing.T) {
	var refused []string
	for _, path := range glob(t, "../*/testdata/rejected/*.yaml") {
		first, _, _ := strings.Cut(string(readFile(t, path)), "\n")
		refused = append(refused, strings.TrimPrefix(first, "# want: "))
	}
	for _, path := range glob(t, "../../manifests/crd/kafka.banzaicloud.io_*.yaml") {
		var crd any
		if err := yaml.Unmarshal(readFile(t, path), &crd); err != nil {
			t.Fatal(err)
		}
		for _, message := range messagesIn(crd) {
			if !slices.ContainsFunc(refused, func(part string) bool { return strings.Contains(message, part) }) {
				t.Errorf("%s: no CR in testdata/rejected is refused with %q", filepath.Base(path), message)
			}
		}
	}
}

// messagesIn are the messages of all rules in a schema.
func messagesIn(node any) []string {
	var messages []string
	switch node := node.(type) {
	case map[string]any:
		rules, _ := node["x-kubernetes-validations"].([]any)
		for _, rule := range rules {
			messages = append(messages, rule.(map[string]any)["message"].(string))
		}
		for _, member := range node {
			messages = append(messages, messagesIn(member)...)
		}
	case []any:
		for _, item := range node {
			messages = append(messages, messagesIn(item)...)
		}
	}
	return messages
}

// A fieldSchema is the part of a JSON schema that says which fields there are and what they hold.
type fieldSchema struct {
	Type                 string                 `json:"type"`
	Format               string                 `json:"format"`
	Properties           map[string]fieldSchema `json:"properties"`
	Items                *fieldSchema           `json:"items"`
	AdditionalProperties *fieldSchema           `json:"additionalProperties"`
	Required             []string               `json:"required"`
	Enum                 []any                  `json:"enum"`
	IntOrString          bool                   `json:"x-kubernetes-int-or-string"`
	PreserveUnknown      bool                   `json:"x-kubernetes-preserve-unknown-fields"`
	Default              any                    `json:"default"`

	bounds
}

// bounds narrow what a field may hold.
type bounds struct {
	Pattern          string   `json:"pattern"`
	Minimum          *float64 `json:"minimum"`
	ExclusiveMinimum bool     `json:"exclusiveMinimum"`
	Maximum          *float64 `json:"maximum"`
	ExclusiveMaximum bool     `json:"exclusiveMaximum"`
	MinLength        *int     `json:"minLength"`
	MaxLength        *int     `json:"maxLength"`
	MinItems         *int     `json:"minItems"`
	MaxItems         *int     `json:"maxItems"`
	MinProperties    *int     `json:"minProperties"`
	MaxProperties    *int     `json:"maxProperties"`
}

// bounded are the fields that have bounds which Koperator's have not: docs/adr/0010 says why.
var bounded = regexp.MustCompile(`^\.spec\.(additionalPorts|brokerConfigGroups|brokers(\[\]\.brokerConfigGroup)?|` +
	`listenersConfig\.(in|ex)ternalListeners(\[\]\.(name|externalListenerForHostname|config\.ingressConfig))?|` +
	`(brokerConfigGroups\{\}|brokers\[\]\.brokerConfig)\.storageConfigs(\[\]\.(mountPath|` +
	`pvcSpec\.resources\.(limits|requests)(\{\})?))?)$`)

// Every field of Koperator's CRDs is in ours, of the same type and no narrower, or in a part that keeps everything.
func TestCRDsKnowEveryFieldOfKoperator(t *testing.T) {
	for _, path := range shared(t, "koperator-crds/*.yaml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			own := filepath.Join("../../manifests/crd", filepath.Base(path))
			theirs, ours := readSchema(t, path), readSchema(t, own)
			for _, difference := range narrower("", theirs, ours) {
				t.Error(difference)
			}
			if diff := cmp.Diff(readFace(t, path), readFace(t, own)); diff != "" {
				t.Errorf("names, columns or subresources differ (-theirs +ours):\n%s", diff)
			}
			if required := ours.Properties["status"].Required; len(required) > 0 {
				t.Errorf("status requires %v", required)
			}
		})
	}
}

// readFace is what of a CRD its users and kubectl know it by: all but its schema.
func readFace(t *testing.T, path string) map[string]any {
	t.Helper()
	var crd map[string]any
	if err := yaml.Unmarshal(readFile(t, path), &crd); err != nil {
		t.Fatal(err)
	}
	spec := crd["spec"].(map[string]any)
	for _, version := range spec["versions"].([]any) {
		delete(version.(map[string]any), "schema")
	}
	return spec
}

func readSchema(t *testing.T, path string) fieldSchema {
	t.Helper()
	var crd struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema fieldSchema `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(readFile(t, path), &crd); err != nil {
		t.Fatal(err)
	}
	if len(crd.Spec.Versions) != 1 {
		t.Fatalf("%s has %d versions", path, len(crd.Spec.Versions))
	}
	return crd.Spec.Versions[0].Schema.OpenAPIV3Schema
}

func narrower(path string, theirs, ours fieldSchema) []string {
	if ours.PreserveUnknown && (ours.Type == "" || ours.Type == theirs.Type) && len(ours.Properties) == 0 {
		return nil
	}
	var differences []string
	if ours.Type != theirs.Type || ours.Format != theirs.Format || ours.IntOrString != theirs.IntOrString {
		differences = append(differences, path+" has another type: "+ours.Type+ours.Format+", not "+theirs.Type+theirs.Format)
	}
	if ours.Default != nil && !reflect.DeepEqual(ours.Default, theirs.Default) {
		differences = append(differences, path+" has another default")
	}
	if !reflect.DeepEqual(ours.bounds, theirs.bounds) && !bounded.MatchString(path) {
		differences = append(differences, path+" has other bounds")
	}
	if strings.HasSuffix(path, ".processRoles[]") {
		// Koperator means to allow two values only, but its marker has no effect. No other value ever ran.
		ours.Enum = nil
	}
	refused := func(value any) bool { return len(ours.Enum) > 0 && !slices.Contains(ours.Enum, value) }
	if len(theirs.Enum) < len(ours.Enum) || slices.ContainsFunc(theirs.Enum, refused) {
		differences = append(differences, path+" has other values")
	}
	for _, name := range ours.Required {
		if !slices.Contains(theirs.Required, name) {
			differences = append(differences, path+"."+name+" is required by us alone")
		}
	}
	for name, field := range theirs.Properties {
		own, ok := ours.Properties[name]
		if !ok {
			differences = append(differences, path+"."+name+" is missing")
			continue
		}
		differences = append(differences, narrower(path+"."+name, field, own)...)
	}
	for suffix, pair := range map[string][2]*fieldSchema{
		"[]": {theirs.Items, ours.Items}, "{}": {theirs.AdditionalProperties, ours.AdditionalProperties},
	} {
		switch {
		case pair[0] != nil && pair[1] != nil:
			differences = append(differences, narrower(path+suffix, *pair[0], *pair[1])...)
		case pair[0] != nil:
			differences = append(differences, path+suffix+" is missing")
		}
	}
	return differences
}

// ClaimSchema describes Kubernetes' own type, which may gain fields.
func TestClaimSchemaHasEveryField(t *testing.T) {
	compareFields(t, reflect.TypeFor[corev1.PersistentVolumeClaimSpec](), reflect.TypeFor[ClaimSchema]())
	compareFields(t, reflect.TypeFor[corev1.VolumeResourceRequirements](), reflect.TypeFor[ClaimResourcesSchema]())
}

func compareFields(t *testing.T, want, got reflect.Type) {
	t.Helper()
	if want.NumField() != got.NumField() {
		t.Errorf("%s has %d fields, %s has %d", got, got.NumField(), want, want.NumField())
	}
	for i := range want.NumField() {
		name := want.Field(i).Name
		if field, ok := got.FieldByName(name); !ok || jsonName(field) != jsonName(want.Field(i)) {
			t.Errorf("%s lacks %s of %s", got, name, want)
		}
	}
}

func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}
