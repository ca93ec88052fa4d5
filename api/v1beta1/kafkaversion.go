package v1beta1

import (
	"fmt"
	"regexp"
	"strconv"
)

// KafkaVersion is a version of Kafka such as 3.9.2. The zero value is a version that is not known.
type KafkaVersion struct {
	Major, Minor, Patch int
}

// KafkaVersionOfImage reads Kafka's version from an image's tag, such as "3.9.2" from
// "ghcr.io/adobe/koperator/kafka:2.13-3.9.2-jdk21" (2.13 being Scala's) or "4.1.0" from "apache/kafka:4.1.0". It is not
// known for a tag of another form.
func KafkaVersionOfImage(image string) KafkaVersion {
	match := regexp.MustCompile(`:(?:v|kafka-)?(?:2\.1[0-9]-)?([0-9]+)\.([0-9]+)(?:\.([0-9]+))?(?:[^0-9.].*)?$`).
		FindStringSubmatch(image)
	if match == nil {
		return KafkaVersion{}
	}
	var version KafkaVersion
	for i, part := range []*int{&version.Major, &version.Minor, &version.Patch} {
		if match[i+1] == "" {
			continue
		}
		number, err := strconv.Atoi(match[i+1])
		if err != nil {
			return KafkaVersion{}
		}
		*part = number
	}
	return version
}

// AtLeast reports whether the version is known and not older than major.minor.
func (v KafkaVersion) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// String is the version as Kafka writes it, empty when it is not known.
func (v KafkaVersion) String() string {
	if v == (KafkaVersion{}) {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}
