package podphase

import (
	"slices"
	"strings"

	"github.com/kompositor/kompositor/sync"
)

// mostNamed bounds how many keys a message names.
const mostNamed = 3

// Blamed are the keys that a container's last words name: the end of its log, as kubelet keeps it of one that failed.
// Kafka ends so over a value that it can not use. Only keys that are asked about are told, and no other word: a log is
// not for everyone who may read a status.
func Blamed(pods []*sync.Pod, container string, keys []string) []string {
	var words []string
	for _, pod := range pods {
		for i := range pod.Status.ContainerStatuses {
			status := &pod.Status.ContainerStatuses[i]
			for _, state := range []*sync.ContainerState{&status.State, &status.LastState} {
				if state.Terminated != nil && status.Name == container {
					words = append(words, strings.FieldsFunc(state.Terminated.Message, between)...)
				}
			}
		}
	}
	var blamed []string
	for _, key := range keys {
		named := func(word string) bool { return strings.Trim(word, ".") == key }
		if len(blamed) < mostNamed && strings.Contains(key, ".") && slices.ContainsFunc(words, named) {
			blamed = append(blamed, key)
		}
	}
	return blamed
}

// between says that a character is part of no key.
func between(r rune) bool {
	isKey := r == '.' || r == '_' || r == '-' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !isKey
}
