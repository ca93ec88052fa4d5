package kubelet

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// defaultMode is that of files from ConfigMaps and Secrets.
const defaultMode = 0o644

// makeVolumes returns the folder of each volume of the Pod, by the volume's name.
func (p *Pod) makeVolumes() (map[string]string, error) {
	dirs := map[string]string{}
	for i := range p.pod.Spec.Volumes {
		volume := &p.pod.Spec.Volumes[i]
		dir := filepath.Join(p.path("volumes"), volume.Name)
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, err
		}
		dirs[volume.Name] = dir
		var err error
		switch source := &volume.VolumeSource; {
		case source.EmptyDir != nil:
		case source.PersistentVolumeClaim != nil:
			claim := source.PersistentVolumeClaim.ClaimName
			if dirs[volume.Name] = p.volumes.Claims[claim]; dirs[volume.Name] == "" {
				err = fmt.Errorf("there is no claim %s", claim)
			}
		case source.ConfigMap != nil:
			err = p.fillConfigMap(dir, source.ConfigMap)
		case source.Secret != nil:
			err = p.fillSecret(dir, source.Secret)
		}
		if err == nil {
			err = p.own(dirs[volume.Name])
		}
		if err != nil {
			return nil, fmt.Errorf("volume %s: %w", volume.Name, err)
		}
	}
	return dirs, nil
}

// own gives a volume to the Pod's fsGroup.
func (p *Pod) own(dir string) error {
	context := p.pod.Spec.SecurityContext
	if context == nil || context.FSGroup == nil {
		return nil
	}
	return runAll([][]string{
		{"chgrp", "-R", strconv.FormatInt(*context.FSGroup, 10), dir}, {"chmod", "-R", "g+rwX", dir}, {"chmod", "g+s", dir},
	})
}

func (p *Pod) fillConfigMap(dir string, source *corev1.ConfigMapVolumeSource) error {
	object, found := p.volumes.ConfigMaps[source.Name]
	if !found {
		return missing(source.Optional, "ConfigMap", source.Name)
	}
	content := maps.Clone(object.BinaryData)
	if content == nil {
		content = map[string][]byte{}
	}
	for key, text := range object.Data {
		content[key] = []byte(text)
	}
	return fill(dir, content, source.Items, source.DefaultMode)
}

func (p *Pod) fillSecret(dir string, source *corev1.SecretVolumeSource) error {
	object, found := p.volumes.Secrets[source.SecretName]
	if !found {
		return missing(source.Optional, "Secret", source.SecretName)
	}
	return fill(dir, secretData(object), source.Items, source.DefaultMode)
}

// secretData joins data and stringData, as the API server does.
func secretData(secret *corev1.Secret) map[string][]byte {
	content := maps.Clone(secret.Data)
	if content == nil {
		content = map[string][]byte{}
	}
	for key, text := range secret.StringData {
		content[key] = []byte(text)
	}
	return content
}

func missing(optional *bool, kind, name string) error {
	if optional != nil && *optional {
		return nil
	}
	return fmt.Errorf("there is no %s %s", kind, name)
}

// fill lays files out as kubelet does: a key is a link into ..data, which is itself a link, so that all can change at
// once.
func fill(dir string, content map[string][]byte, items []corev1.KeyToPath, mode *int32) error {
	if items == nil {
		for _, key := range slices.Sorted(maps.Keys(content)) {
			items = append(items, corev1.KeyToPath{Key: key, Path: key})
		}
	}
	const version = "..version"
	for _, item := range items {
		text, found := content[item.Key]
		if !found {
			return fmt.Errorf("there is no key %s", item.Key)
		}
		if filepath.Dir(item.Path) != "." {
			return errors.New("a path with folders is not supported")
		}
		file := filepath.Join(dir, version, item.Path)
		perm := os.FileMode(*cmp.Or(item.Mode, mode, new(int32(defaultMode)))) //nolint:gosec // a file mode is small
		if err := errors.Join(
			os.MkdirAll(filepath.Dir(file), 0o755),
			os.WriteFile(file, text, perm),
			os.Chmod(file, perm),
			os.Symlink(filepath.Join("..data", item.Path), filepath.Join(dir, item.Path)),
		); err != nil {
			return err
		}
	}
	return os.Symlink(version, filepath.Join(dir, "..data"))
}

// bind is one mount of a container.
type bind struct{ source, target, mode string }

// binds are the mounts of a container, outer ones first.
func (p *Pod) binds(c *corev1.Container, image *Image) ([]bind, error) {
	var all []bind
	for _, mount := range c.VolumeMounts {
		source, found := p.mounts[mount.Name]
		if !found {
			return nil, fmt.Errorf("container %s mounts volume %s, which the Pod does not have", c.Name, mount.Name)
		}
		mode := "rw"
		if mount.ReadOnly {
			mode = "ro"
		}
		source = filepath.Join(source, mount.SubPath)
		if _, err := os.Stat(source); errors.Is(err, os.ErrNotExist) {
			if err := os.MkdirAll(source, 0o755); err != nil {
				return nil, err
			}
		}
		all = append(all, bind{source: source, target: filepath.Clean(mount.MountPath), mode: mode})
	}
	for _, dir := range image.Host {
		all = append(all, bind{source: dir, target: dir, mode: "ro"})
	}
	slices.SortStableFunc(all, func(a, b bind) int { return cmp.Compare(a.target, b.target) })
	return all, nil
}
