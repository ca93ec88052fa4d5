package claims

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// values are what a template may name; the names are Koperator's.
type values struct {
	BrokerId  int32
	MountPath string
}

// Render fills the templates in the brokers' pvcSpecs in, and lists those that can not be. The spec is the text that
// the brokers were read from: most have no template, and are not looked through.
func Render(spec jsontext.Value, brokers []v1beta1.ResolvedBroker) field.ErrorList {
	if !bytes.Contains(spec, []byte("{{")) {
		return nil
	}
	var mistakes field.ErrorList
	for i := range brokers {
		storage := slices.Clone(brokers[i].StorageConfigs)
		for j := range storage {
			if storage[j].PVCSpec == nil {
				continue
			}
			rendered, err := renderClaim(storage[j].PVCSpec, values{brokers[i].ID, storage[j].MountPath})
			if err != nil {
				path := field.NewPath("spec", "brokers").Index(i).Child("brokerConfig", "storageConfigs").Index(j)
				mistakes = append(mistakes, field.Invalid(path.Child("pvcSpec"), storage[j].MountPath,
					fmt.Sprintf("its template can not be filled in for broker %d: %v", brokers[i].ID, err)))
				continue
			}
			storage[j].PVCSpec = rendered
		}
		brokers[i].StorageConfigs = storage
	}
	return mistakes
}

func renderClaim(
	spec *corev1.PersistentVolumeClaimSpec, with values,
) (*corev1.PersistentVolumeClaimSpec, error) {
	text, err := json.Marshal(spec, sync.Encoding())
	if err != nil || !bytes.Contains(text, []byte("{{")) {
		return spec, err
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	if tree, err = renderTexts(tree, with); err != nil {
		return nil, err
	}
	if text, err = json.Marshal(tree, sync.Encoding()); err != nil {
		return nil, err
	}
	rendered := &corev1.PersistentVolumeClaimSpec{}
	return rendered, json.Unmarshal(text, rendered)
}

// renderTexts fills in every text of a JSON tree.
func renderTexts(node any, with values) (any, error) {
	var err error
	switch node := node.(type) {
	case map[string]any:
		for key := range node {
			if node[key], err = renderTexts(node[key], with); err != nil {
				return nil, err
			}
		}
	case []any:
		for i := range node {
			if node[i], err = renderTexts(node[i], with); err != nil {
				return nil, err
			}
		}
	case string:
		return renderText(node, with)
	}
	return node, nil
}

func renderText(text string, with values) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	parsed, err := template.New("pvcSpec").Funcs(sprig.HermeticTxtFuncMap()).Parse(text)
	if err != nil {
		return "", err
	}
	var filled strings.Builder
	err = parsed.Execute(&filled, with)
	return filled.String(), err
}
