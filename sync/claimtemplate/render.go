package claimtemplate

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"github.com/go-json-experiment/json"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// Values are what a template may name; the names are Koperator's.
type Values struct {
	BrokerId  int32
	MountPath string
}

// start begins an action of a template; a text without it is none.
const start = "{{"

// Maybe says that a JSON text has templates in it.
func Maybe(text []byte) bool { return bytes.Contains(text, []byte(start)) }

// Fill fills the templates in the brokers' claims in, and lists those that can not be.
func Fill(brokers []v1beta1.ResolvedBroker) field.ErrorList {
	var mistakes field.ErrorList
	for i := range brokers {
		storage := slices.Clone(brokers[i].StorageConfigs)
		for j := range storage {
			if storage[j].PVCSpec == nil {
				continue
			}
			values := Values{BrokerId: brokers[i].ID, MountPath: storage[j].MountPath}
			rendered, err := Render(storage[j].PVCSpec, values)
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

// Render fills the templates of a claim's spec in. A spec without any is returned as it is.
func Render(spec *corev1.PersistentVolumeClaimSpec, values Values) (*corev1.PersistentVolumeClaimSpec, error) {
	text, err := json.Marshal(spec, sync.Encoding())
	if err != nil || !Maybe(text) {
		return spec, err
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	if tree, err = renderTexts(tree, values); err != nil {
		return nil, err
	}
	if text, err = json.Marshal(tree, sync.Encoding()); err != nil {
		return nil, err
	}
	rendered := &corev1.PersistentVolumeClaimSpec{}
	return rendered, json.Unmarshal(text, rendered)
}

// renderTexts fills in every text of a JSON tree.
func renderTexts(node any, values Values) (any, error) {
	var err error
	switch node := node.(type) {
	case map[string]any:
		for key := range node {
			if node[key], err = renderTexts(node[key], values); err != nil {
				return nil, err
			}
		}
	case []any:
		for i := range node {
			if node[i], err = renderTexts(node[i], values); err != nil {
				return nil, err
			}
		}
	case string:
		return renderText(node, values)
	}
	return node, nil
}

func renderText(text string, values Values) (string, error) {
	if !strings.Contains(text, start) {
		return text, nil
	}
	parsed, err := template.New("pvcSpec").Funcs(sprig.HermeticTxtFuncMap()).Parse(text)
	if err != nil {
		return "", err
	}
	var filled strings.Builder
	err = parsed.Execute(&filled, values)
	return filled.String(), err
}
