package v1beta1

import (
	"fmt"
	"strconv"
	"strings"
)

// KafkaVersion is a version of Kafka such as 3.9.2. The zero value is a version that is not known.
type KafkaVersion struct {
	Major, Minor, Patch int
}

// KafkaVersionOfImage reads Kafka's version from an image's tag, such as "3.9.2" from
// "ghcr.io/adobe/koperator/kafka:2.13-3.9.2-jdk21" (2.13 being Scala's) or "4.1.0" from "apache/kafka:4.1.0". It is not
// known for a tag of another form.
func KafkaVersionOfImage(image string) KafkaVersion {
	for rest := image; ; {
		_, tag, found := strings.Cut(rest, ":")
		if !found {
			return KafkaVersion{}
		}
		if version, ok := kafkaVersionOfTag(tag); ok {
			return version
		}
		rest = tag // that was a registry's port
	}
}

// kafkaVersionOfTag reads "[v|kafka-][<Scala's version>-]<major>.<minor>[.<patch>]", with anything after it that
// could not be more of the number.
func kafkaVersionOfTag(tag string) (version KafkaVersion, ok bool) {
	if short, cut := strings.CutPrefix(tag, "v"); cut {
		tag = short
	} else {
		tag = strings.TrimPrefix(tag, "kafka-")
	}
	if len(tag) > len("2.13-") && strings.HasPrefix(tag, "2.1") && digits(tag[3:]) == 1 && tag[4] == '-' {
		tag = tag[len("2.13-"):]
	}
	numbers := 0
	for _, part := range []*int{&version.Major, &version.Minor, &version.Patch} {
		length := digits(tag)
		number, err := strconv.Atoi(tag[:length])
		if err != nil {
			return KafkaVersion{}, false
		}
		*part, tag = number, tag[length:]
		numbers++
		if numbers == 3 || !strings.HasPrefix(tag, ".") {
			break
		}
		tag = tag[1:]
	}
	return version, numbers > 1 && !strings.HasPrefix(tag, ".")
}

// digits counts the digits that a text begins with.
func digits(text string) int {
	return len(text) - len(strings.TrimLeft(text, "0123456789"))
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
