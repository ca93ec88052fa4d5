package brokers

import (
	"fmt"
	"strconv"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/sync"
)

const metadataVersion = "metadata.version"

// supports is the range of metadata.version that a process supports, by the release in its image's tag. A tag that
// names none stands for Kafka 3.9. Source: MetadataVersion.java of each release.
func supports(image string) sync.FeatureRange {
	version := v1beta1.KafkaVersionOfImage(image)
	if version == (v1beta1.KafkaVersion{}) {
		version = v1beta1.KafkaVersion{Major: 3, Minor: 9}
	}
	supported := sync.FeatureRange{Min: 1, Max: 7}
	for _, release := range []struct {
		major, minor int
		min, max     int16
	}{
		{3, 4, 1, 8},
		{3, 5, 1, 11},
		{3, 6, 1, 14},
		{3, 7, 1, 19},
		{3, 8, 1, 20},
		{3, 9, 1, 21},
		{4, 0, 7, 25},
		{4, 1, 7, 27},
		{4, 2, 7, 29},
		{4, 3, 7, 30},
		{4, 4, 7, 33},
	} {
		if version.AtLeast(release.major, release.minor) {
			supported = sync.FeatureRange{Min: release.min, Max: release.max}
		}
	}
	return supported
}

// imageOf is the image of a Pod's Kafka container.
func imageOf(pod apiserver.Object) string {
	for _, container := range apiserver.List(pod, "spec", "containers") {
		if apiserver.String(container, "name") == "kafka" {
			return apiserver.String(container, "image")
		}
	}
	return ""
}

// read ends a process that can not read the cluster's metadata.
func (p *process) read() error {
	if level := p.cluster.level; level != 0 && (level < p.supported.Min || level > p.supported.Max) {
		return fmt.Errorf("metadata.version %d is finalized, and this process supports %d to %d",
			level, p.supported.Min, p.supported.Max)
	}
	return nil
}

// Reads says that a process of an image can read the cluster's metadata.
func (c *Cluster) Reads(image string) bool {
	supported := supports(image)
	return c.level == 0 || c.level >= supported.Min && c.level <= supported.Max
}

// MetadataVersion is the finalized level, empty for none.
func (c *Cluster) MetadataVersion() string {
	if c.level == 0 {
		return ""
	}
	return strconv.Itoa(int(c.level))
}

// features is what every live broker supports, and what is finalized.
func (k *Kafka) features(cluster *Cluster) sync.Fact[sync.Features] {
	if cluster.level == 0 {
		return sync.UnknownFact[sync.Features]("the cluster has no finalized features")
	}
	supported := sync.FeatureRange{Min: 1, Max: 1 << 14}
	for _, p := range k.sorted() {
		if p.cluster == cluster && !p.other && cluster.live[p.id] {
			supported = sync.FeatureRange{Min: max(supported.Min, p.supported.Min), Max: min(supported.Max, p.supported.Max)}
		}
	}
	return sync.Known(sync.Features{
		Finalized: map[string]int16{metadataVersion: cluster.level},
		Supported: map[string]sync.FeatureRange{metadataVersion: supported}, Brokers: cluster.Live(),
	})
}
