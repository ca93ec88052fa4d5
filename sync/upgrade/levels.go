package upgrade

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
)

// Feature is the name of the feature.
const Feature = "metadata.version"

// release is what the nodes of one Kafka release support.
type release struct {
	major, minor    int
	lowest, highest int16
}

// releases are Kafka's, ascending. Source: MetadataVersion.java on the branch of each release, MINIMUM_VERSION (before
// 4.0 MINIMUM_KRAFT_VERSION) and LATEST_PRODUCTION (before 3.7 the last one). Patch releases do not change them.
func releases() []release {
	return []release{
		{3, 3, 1, 7},
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
	}
}

// lowestNamed is the level of the first of the names.
const lowestNamed = 1

// names are the levels' names in their order. Source: Kafka, MetadataVersion.java.
func names() []string {
	return []string{
		"3.0-IV1", "3.1-IV0", "3.2-IV0", "3.3-IV0", "3.3-IV1", "3.3-IV2", "3.3-IV3", "3.4-IV0", "3.5-IV0", "3.5-IV1",
		"3.5-IV2", "3.6-IV0", "3.6-IV1", "3.6-IV2", "3.7-IV0", "3.7-IV1", "3.7-IV2", "3.7-IV3", "3.7-IV4", "3.8-IV0",
		"3.9-IV0", "4.0-IV0", "4.0-IV1", "4.0-IV2", "4.0-IV3", "4.1-IV0", "4.1-IV1", "4.2-IV0", "4.2-IV1", "4.3-IV0",
		"4.4-IV0", "4.4-IV1", "4.4-IV2",
	}
}

// of finds a release; a version that is not known, or newer than this table, has none.
func of(version v1beta1.KafkaVersion) (release, bool) {
	for _, r := range releases() {
		if r.major == version.Major && r.minor == version.Minor {
			return r, true
		}
	}
	return release{}, false
}

// NameOf is Kafka's name of a level, such as 3.9-IV0; empty for one that is newer than this table.
func NameOf(level int16) string {
	if at := int(level) - lowestNamed; at >= 0 && at < len(names()) {
		return names()[at]
	}
	return ""
}

// Text names a level in messages, such as 21 (3.9-IV0).
func Text(level int16) string {
	if name := NameOf(level); name != "" {
		return fmt.Sprintf("%d (%s)", level, name)
	}
	return strconv.Itoa(int(level))
}

// Level reads a level as users write it: its number, its name, or the release that it is the highest of.
func Level(text string) (int16, bool) {
	if number, err := strconv.ParseInt(text, 10, 16); err == nil {
		return int16(number), number > 0
	}
	for at, name := range names() {
		if name == text {
			return int16(at + lowestNamed), true
		}
	}
	for _, r := range releases() {
		if text == fmt.Sprintf("%d.%d", r.major, r.minor) {
			return r.highest, true
		}
	}
	return 0, false
}

// Refuses says why nodes of a Kafka version can not run in a cluster with the finalized level; empty when they can, and
// when that is not known: of a version that no tag tells or that is newer than this release, or of level 0, which says
// that nobody has read the level yet.
func Refuses(version v1beta1.KafkaVersion, finalized int16) string {
	r, known := of(version)
	switch {
	case !known || finalized == 0:
		return ""
	case finalized > r.highest:
		return fmt.Sprintf("Kafka %s supports metadata.version up to %s, and the cluster's is %s, which can not be lowered: "+
			"ask for %s", version, Text(r.highest), Text(finalized), newer(finalized))
	case finalized < r.lowest:
		return fmt.Sprintf("Kafka %s needs metadata.version %s at least, and the cluster's is %s: let it be raised first, "+
			"with an image of Kafka 3.3 to 3.9", version, Text(r.lowest), Text(finalized))
	}
	return ""
}

// newer names the first release that supports a level.
func newer(level int16) string {
	for _, r := range releases() {
		if level <= r.highest {
			return fmt.Sprintf("Kafka %d.%d or newer", r.major, r.minor)
		}
	}
	name, _, _ := strings.Cut(NameOf(level), "-")
	return strings.TrimSpace("a newer Kafka " + name)
}

// Unproven says that only the level that is finalized now tells whether a node may change its image: the new one is
// older, or nobody knows what the old one was, or it is the next major version and the level was never read.
func Unproven(was, is string, read int16) bool {
	before, after := v1beta1.KafkaVersionOfImage(was), v1beta1.KafkaVersionOfImage(is)
	unknown := v1beta1.KafkaVersion{}
	switch {
	case was == is || after == unknown:
		return false
	case before == unknown || !after.AtLeast(before.Major, before.Minor):
		return true
	}
	return before.Major != after.Major && read == 0
}
