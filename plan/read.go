package plan

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	yamlreader "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
)

// Read reads objects as kubectl prints them: YAML or JSON, one object, a List, or several documents. An object without
// a namespace is in the namespace default, as kubectl has it.
func Read(text string) ([]apiserver.Object, error) {
	var objects []apiserver.Object
	reader := yamlreader.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for number := 1; ; number++ {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", number, err)
		}
		object, err := decode(document)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", number, err)
		}
		found, err := flatten(object)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", number, err)
		}
		objects = append(objects, found...)
	}
}

func decode(document []byte) (apiserver.Object, error) {
	text, err := yaml.YAMLToJSON(document)
	if err != nil {
		return nil, errors.New("it is no YAML") // the reason would quote the text, which may be a Secret's
	}
	if string(text) == "null" {
		return nil, nil
	}
	object, err := apply.Decode(text)
	if err != nil {
		return nil, errors.New("it is no object")
	}
	return object, nil
}

// flatten returns the items of a List, or the object itself; nothing of an empty document.
func flatten(object apiserver.Object) ([]apiserver.Object, error) {
	if len(object) == 0 {
		return nil, nil
	}
	kind := apiserver.String(object, "kind")
	if _, isList := object["items"].([]any); isList && strings.HasSuffix(kind, "List") {
		var all []apiserver.Object
		for i, item := range apiserver.List(object, "items") {
			if apiserver.String(item, "kind") == "" {
				return nil, fmt.Errorf("item %d of a %s lacks its kind: print it with kubectl get -o yaml", i, kind)
			}
			found, err := flatten(item)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
		return all, nil
	}
	if kind == "" || apiserver.String(object, "apiVersion") == "" || apiserver.Name(object) == "" {
		return nil, errors.New("an object lacks apiVersion, kind or metadata.name")
	}
	if apiserver.Namespace(object) == "" && kind != "Node" && kind != "StorageClass" {
		apiserver.Set(object, "default", "metadata", "namespace")
	}
	return []apiserver.Object{object}, nil
}
