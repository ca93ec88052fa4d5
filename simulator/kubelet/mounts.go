package kubelet

import (
	"encoding/base64"
	"fmt"
	"maps"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// mounts reads what a Pod's containers find in their file systems.
func (n *Nodes) mounts(pod apiserver.Object) (Run, error) {
	run, missing := n.mountsOf(pod)
	if missing != nil {
		return Run{}, missing
	}
	return run, nil
}

// mountsOf is mounts without what is missing, and the first of that.
func (n *Nodes) mountsOf(pod apiserver.Object) (run Run, missing error) {
	namespace := apiserver.Namespace(pod)
	files, claims := map[string]map[string]string{}, map[string]string{}
	for _, volume := range apiserver.List(pod, "spec", "volumes") {
		name := apiserver.String(volume, "name")
		if claim := apiserver.String(volume, "persistentVolumeClaim", "claimName"); claim != "" {
			stored, _ := n.Server.Get(apiserver.Key{Kind: claimKind, Namespace: namespace, Name: claim})
			claims[name] = apiserver.UID(stored)
			continue
		}
		content, err := n.content(namespace, volume)
		if err != nil && missing == nil {
			missing = err
		}
		if content != nil {
			files[name] = content
		}
	}
	run = Run{Pod: pod, Files: map[string]map[string]string{}, Claims: map[string]string{}}
	for _, container := range apiserver.List(pod, "spec", "containers") {
		for _, mount := range apiserver.List(container, "volumeMounts") {
			place(run, mount, files[apiserver.String(mount, "name")], claims[apiserver.String(mount, "name")])
		}
	}
	return run, missing
}

// place puts a volume at its mount path.
func place(run Run, mount apiserver.Object, files map[string]string, claim string) {
	path := strings.TrimSuffix(apiserver.String(mount, "mountPath"), "/")
	if claim != "" {
		run.Claims[path] = claim
	}
	if files == nil {
		return
	}
	if single := apiserver.String(mount, "subPath"); single != "" {
		cut := strings.LastIndex(path, "/")
		directory, name := path[:cut], path[cut+1:]
		if run.Files[directory] == nil {
			run.Files[directory] = map[string]string{}
		}
		run.Files[directory][name] = files[single]
		return
	}
	run.Files[path] = files
}

// content returns the files of a volume that is made of ConfigMaps and Secrets; nil for any other volume.
func (n *Nodes) content(namespace string, volume apiserver.Object) (map[string]string, error) {
	key := apiserver.Key{Kind: "ConfigMap.v1", Namespace: namespace}
	if source := apiserver.Map(volume, "configMap"); source != nil {
		key.Name = apiserver.String(source, "name")
		return n.data(key, source)
	}
	key.Kind = "Secret.v1"
	if source := apiserver.Map(volume, "secret"); source != nil {
		key.Name = apiserver.String(source, "secretName")
		return n.data(key, source)
	}
	sources := apiserver.List(volume, "projected", "sources")
	if len(sources) == 0 {
		return nil, nil
	}
	all := map[string]string{}
	for _, source := range sources {
		part, err := n.content(namespace, apiserver.Object{"configMap": source["configMap"]})
		if secret := apiserver.Map(source, "secret"); err == nil && secret != nil {
			key.Name = apiserver.String(secret, "name")
			part, err = n.data(key, secret)
		}
		if err != nil {
			return nil, err
		}
		maps.Copy(all, part)
	}
	return all, nil
}

// data reads a ConfigMap or Secret as files, with the items that the volume's source selects.
func (n *Nodes) data(key apiserver.Key, source apiserver.Object) (map[string]string, error) {
	object, ok := n.Server.Get(key)
	if !ok {
		if apiserver.Bool(source, "optional") {
			return map[string]string{}, nil
		}
		return nil, fmt.Errorf("%s not found", key)
	}
	all := map[string]string{}
	for name := range apiserver.Map(object, "data") {
		text := apiserver.String(object, "data", name)
		if key.Kind == "Secret.v1" {
			decoded, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				return nil, fmt.Errorf("%s: %s is not base64", key, name)
			}
			text = string(decoded)
		}
		all[name] = text
	}
	items := apiserver.List(source, "items")
	if len(items) == 0 {
		return all, nil
	}
	chosen := map[string]string{}
	for _, item := range items {
		text, ok := all[apiserver.String(item, "key")]
		if !ok {
			return nil, fmt.Errorf("%s has no key %s", key, apiserver.String(item, "key"))
		}
		chosen[apiserver.String(item, "path")] = text
	}
	return chosen, nil
}
