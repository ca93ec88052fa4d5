package metacontroller

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
)

// children are objects by kind and by namespace/name.
type children map[string]map[string]apiserver.Object

// kinds are sorted as Metacontroller works through them: by group, version and kind.
func (c children) kinds() []string {
	kinds := make([]string, 0, len(c))
	for kind := range c {
		kinds = append(kinds, kind)
	}
	slices.SortFunc(kinds, func(a, b string) int { return strings.Compare(sortKey(a), sortKey(b)) })
	return kinds
}

// sortKey turns PodDisruptionBudget.policy/v1 into policy/v1/PodDisruptionBudget and Pod.v1 into /v1/Pod.
func sortKey(kind string) string {
	name, version, _ := strings.Cut(kind, ".")
	if !strings.Contains(version, "/") {
		version = "/" + version
	}
	return version + "/" + name
}

// claim returns the parent's children as cached, adopting and releasing on the way.
func (m *Metacontroller) claim(parent apiserver.Object) (children, error) {
	result := children{}
	uid, deleting := apiserver.UID(parent), apiserver.Terminating(parent)
	for _, child := range m.Controller.Children {
		result[child.Kind] = map[string]apiserver.Object{}
		for _, o := range m.cached(child.Kind) {
			owner, matches := apiserver.ControllerUID(o), apiserver.Label(o, uidLabel) == uid
			var err error
			switch {
			case owner == uid && !matches && !deleting:
				err = m.own(parent, o, false)
			case owner == uid && matches:
				result[child.Kind][apiserver.KeyOf(o).NamespacedName()] = o
			case owner == "" && matches && !deleting && !apiserver.Terminating(o):
				if err = m.own(parent, o, true); err == nil {
					result[child.Kind][apiserver.KeyOf(o).NamespacedName()] = o
				}
			}
			if err != nil && !apiserver.IsNotFound(err) {
				return nil, err
			}
		}
	}
	return result, nil
}

// own adopts or releases an object.
func (m *Metacontroller) own(parent, o apiserver.Object, adopt bool) error {
	updated := apiserver.Copy(o)
	var owners []any
	for _, owner := range apiserver.List(updated, "metadata", "ownerReferences") {
		if apiserver.String(owner, "uid") != apiserver.UID(parent) {
			owners = append(owners, owner)
		}
	}
	if adopt {
		owners = append(owners, ownerReference(parent))
	}
	apiserver.Set(updated, owners, "metadata", "ownerReferences")
	_, err := m.client.Update(updated)
	return err
}

func ownerReference(parent apiserver.Object) apiserver.Object {
	return apiserver.Object{
		"apiVersion": parent["apiVersion"], "kind": parent["kind"],
		"name": apiserver.Name(parent), "uid": apiserver.UID(parent),
		"controller": true, "blockOwnerDeletion": true,
	}
}

// manage deletes what is not desired, then creates and updates what is. Objects of one kind are taken in any order, as
// Metacontroller takes them; one that fails stops no other.
func (m *Metacontroller) manage(parent apiserver.Object, observed children, answered []apiserver.Object) error {
	desired := children{}
	for _, child := range answered {
		key := apiserver.KeyOf(child)
		if desired[key.Kind] == nil {
			desired[key.Kind] = map[string]apiserver.Object{}
		}
		desired[key.Kind][key.NamespacedName()] = child
	}
	var failures []error
	for _, kind := range observed.kinds() {
		for _, name := range m.anyOrder(observed[kind]) {
			o := observed[kind][name]
			if apiserver.Terminating(o) || desired[kind][name] != nil {
				continue
			}
			err := m.client.Delete(apiserver.KeyOf(o), apiserver.DeleteOptions{UID: apiserver.UID(o)})
			switch {
			case err == nil:
				delete(m.applied, apiserver.KeyOf(o))
			case !apiserver.IsNotFound(err):
				failures = append(failures, fmt.Errorf("delete: %w", err))
			}
		}
	}
	applyOne := m.apply
	if m.ServerSide {
		applyOne = m.applyServerSide
	}
	for _, kind := range desired.kinds() {
		for _, name := range m.anyOrder(desired[kind]) {
			if err := applyOne(parent, observed[kind][name], desired[kind][name]); err != nil {
				failures = append(failures, fmt.Errorf("%s: %w", apiserver.KeyOf(desired[kind][name]), err))
			}
		}
	}
	return errors.Join(failures...)
}

// anyOrder returns the names in an order that only the seed knows.
func (m *Metacontroller) anyOrder(objects map[string]apiserver.Object) []string {
	names := make([]string, 0, len(objects))
	for name := range objects {
		names = append(names, name)
	}
	slices.Sort(names)
	m.chance.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names
}

// apply creates or updates one child.
func (m *Metacontroller) apply(parent, observed, desired apiserver.Object) error {
	if observed == nil {
		created, err := apply.Created(desired)
		if err != nil {
			return err
		}
		owners, _ := apiserver.Map(created, "metadata")["ownerReferences"].([]any)
		apiserver.Set(created, append(owners, ownerReference(parent)), "metadata", "ownerReferences")
		if _, err := m.client.Create(created); err != nil && !apiserver.IsAlreadyExists(err) {
			return err
		}
		return nil
	}
	method, _ := m.Controller.method(apiserver.KeyOf(desired).Kind)
	now := verdict{apiserver.String(observed, "metadata", "resourceVersion"), reflect.ValueOf(desired).Pointer()}
	if method == OnDelete {
		now.version = "" // whatever has changed of it, nothing is done
	}
	if m.unchanged[apiserver.UID(observed)] == now {
		return nil
	}
	updated, changed, err := apply.Updated(observed, desired)
	if err == nil && (!changed || method == OnDelete) {
		m.unchanged[apiserver.UID(observed)] = now
	}
	if err != nil || !changed || apiserver.Terminating(observed) {
		return err
	}
	switch method {
	case InPlace:
		if _, err := m.client.Update(updated); err != nil && !apiserver.IsNotFound(err) && !apiserver.IsConflict(err) {
			return err
		}
	case Recreate:
		err := m.client.Delete(apiserver.KeyOf(observed), apiserver.DeleteOptions{UID: apiserver.UID(observed)})
		if err != nil && !apiserver.IsNotFound(err) {
			return err
		}
	case OnDelete:
	}
	return nil
}
