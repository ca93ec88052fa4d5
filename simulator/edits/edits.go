package edits

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// Fields changes fields of an object's spec, by their paths; a value that is a number or a truth is written as one. In
// a path with slashes these part the fields, dots belong to their names, and the value is a text.
func Fields(o apiserver.Object, paths map[string]string) {
	for path, text := range paths {
		if strings.Contains(path, "/") {
			apiserver.Set(o, text, append([]string{"spec"}, strings.Split(path, "/")...)...)
			continue
		}
		var to any = text
		if number, err := strconv.ParseInt(text, 10, 64); err == nil {
			to = number
		} else if truth, err := strconv.ParseBool(text); err == nil {
			to = truth
		}
		apiserver.Set(o, to, append([]string{"spec"}, strings.Split(path, ".")...)...)
	}
}

// Annotations sets annotations; an empty value removes one.
func Annotations(o apiserver.Object, texts map[string]string) { setTexts(o, "annotations", texts) }

// Labels sets labels; an empty value removes one.
func Labels(o apiserver.Object, texts map[string]string) { setTexts(o, "labels", texts) }

func setTexts(o apiserver.Object, field string, texts map[string]string) {
	for name, text := range texts {
		if text == "" {
			delete(apiserver.Map(o, "metadata", field), name)
			continue
		}
		apiserver.Set(o, text, "metadata", field, name)
	}
}

// AddBroker appends a broker. Without a group it takes that of the last one.
func AddBroker(cluster apiserver.Object, id int64, group string) {
	kept := brokers(cluster, id)
	broker := apiserver.Object{"id": id}
	if group == "" && len(kept) > 0 {
		group = apiserver.String(kept[len(kept)-1].(apiserver.Object), "brokerConfigGroup")
	}
	if group != "" {
		broker["brokerConfigGroup"] = group
	}
	apiserver.Set(cluster, append(kept, broker), "spec", "brokers")
}

// RemoveBroker takes a broker out of the list.
func RemoveBroker(cluster apiserver.Object, id int64) {
	apiserver.Set(cluster, brokers(cluster, id), "spec", "brokers")
}

// brokers are those of a cluster, without the one of that id.
func brokers(cluster apiserver.Object, without int64) []any {
	var kept []any
	for _, broker := range apiserver.List(cluster, "spec", "brokers") {
		if apiserver.Int(broker, "id") != without {
			kept = append(kept, broker)
		}
	}
	return kept
}

// Grow asks for volumes of another size in a broker config group.
func Grow(cluster apiserver.Object, group, size string) {
	for _, storage := range apiserver.List(cluster, "spec", "brokerConfigGroups", group, "storageConfigs") {
		apiserver.Set(storage, size, "pvcSpec", "resources", "requests", "storage")
	}
}

// Disk is a log directory that is listed for a broker config group, or for one Broker beside those of its group.
type Disk struct {
	Group, Broker string
	Path          string
	// Size of its volume, 10Gi when it is empty, and Class, the default one when it is empty.
	Size, Class string
}

// Add lists the disk, as the last one.
func (d Disk) Add(cluster apiserver.Object) error {
	claim := apiserver.Object{
		"accessModes": []any{"ReadWriteOnce"},
		"resources":   apiserver.Object{"requests": apiserver.Object{"storage": cmp.Or(d.Size, "10Gi")}},
	}
	if d.Class != "" {
		claim["storageClassName"] = d.Class
	}
	return d.list(cluster, apiserver.Object{"mountPath": d.Path, "pvcSpec": claim})
}

// Remove lists the disk no more.
func (d Disk) Remove(cluster apiserver.Object) error { return d.list(cluster) }

// list replaces what is listed for the disk's path.
func (d Disk) list(cluster apiserver.Object, storages ...any) error {
	owner, path := cluster, []string{"spec", "brokerConfigGroups", d.Group, "storageConfigs"}
	if d.Broker != "" {
		owner, path = nil, []string{"brokerConfig", "storageConfigs"}
		for _, broker := range apiserver.List(cluster, "spec", "brokers") {
			if strconv.FormatInt(apiserver.Int(broker, "id"), 10) == d.Broker {
				owner = broker
			}
		}
		if owner == nil {
			return fmt.Errorf("spec.brokers has no broker %s", d.Broker)
		}
	}
	kept := []any{}
	for _, storage := range apiserver.List(owner, path...) {
		if apiserver.String(storage, "mountPath") != d.Path {
			kept = append(kept, storage)
		}
	}
	apiserver.Set(owner, append(kept, storages...), path...)
	return nil
}
