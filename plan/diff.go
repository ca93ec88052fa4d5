package plan

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
	"github.com/kompositor/kompositor/simulator/brokers"
)

// lastApplied is the path of Metacontroller's record of what a hook last returned.
//
//nolint:gochecknoglobals // a constant path; Go has no constant slices
var lastApplied = []string{"metadata", "annotations", apply.LastApplied}

// askedNote is the annotation that a broker which is taken over gets: what the KafkaCluster asked then.
const askedNote = "kompositor.io/asked"

// template is the path of a Deployment's Pod.
const template = "spec.template"

// changedFields are the paths at which two versions of an object differ, sorted. What the API server counts, what
// Metacontroller records and what is noted of a broker that is taken over is no difference.
func changedFields(old, updated apiserver.Object) []string {
	old, updated = apiserver.Copy(old), apiserver.Copy(updated)
	for _, o := range []apiserver.Object{old, updated} {
		metadata := apiserver.Map(o, "metadata")
		delete(metadata, "resourceVersion")
		delete(metadata, "generation")
		annotations := apiserver.Map(metadata, "annotations")
		delete(annotations, apply.LastApplied)
		delete(annotations, askedNote)
		if len(annotations) == 0 {
			delete(metadata, "annotations")
		}
		delete(o, "status")
	}
	return differ("", old, updated)
}

// differ compares two values. Lists are compared as a whole: their items have no names that all of them share.
func differ(at string, was, is any) []string {
	before, wasObject := was.(map[string]any)
	after, isObject := is.(map[string]any)
	if !wasObject || !isObject {
		if reflect.DeepEqual(was, is) {
			return nil
		}
		return []string{at}
	}
	var paths []string
	for _, name := range union(before, after) {
		path := at + "." + name
		switch {
		case strings.ContainsAny(name, "./"):
			path = at + "[" + name + "]"
		case at == "":
			path = name
		}
		if path == template && !reflect.DeepEqual(before[name], after[name]) {
			paths = append(paths, path) // what of a Pod's template changes does not matter
			continue
		}
		paths = append(paths, differ(path, before[name], after[name])...)
	}
	return paths
}

func union(a, b map[string]any) []string {
	names := slices.Concat(slices.Collect(maps.Keys(a)), slices.Collect(maps.Keys(b)))
	slices.Sort(names)
	return slices.Compact(names)
}

// changedKeys are the keys of Kafka's configuration that differ in two versions of a broker's ConfigMap, sorted.
func changedKeys(old, updated apiserver.Object) []string {
	const file = "broker-config"
	was := brokers.Properties(apiserver.String(old, "data", file))
	is := brokers.Properties(apiserver.String(updated, "data", file))
	var keys []string
	for key, value := range was {
		if now, still := is[key]; !still || now != value {
			keys = append(keys, key)
		}
	}
	for key := range is {
		if _, before := was[key]; !before {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// text is a whole number or a text as labels have it.
func text(value any) string { return fmt.Sprint(value) }
