package dynamicconfig

import (
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/sync"
)

// tells says that a described value can be compared with a wanted one: Kafka tells no secret, and shows a reference to
// a config provider (KIP-297) as what it refers to.
func tells(wanted string, entry *sync.ConfigEntry) bool {
	return !entry.Sensitive && !strings.Contains(wanted, "${")
}

// same says that two values mean the same to Kafka: it describes them as it has read them, not as they were written.
// Source: ConfigDef.parseType and convertToString.
func same(key, a, b string) bool {
	if a == b {
		return true
	}
	kind := typeOf(key)
	return kind != "" && canonical(kind, a) == canonical(kind, b)
}

func canonical(kind, value string) string {
	value = strings.TrimSpace(value)
	switch kind {
	case "boolean":
		return strings.ToLower(value)
	case "int", "short", "long":
		if number, err := strconv.ParseInt(value, 10, 64); err == nil {
			return strconv.FormatInt(number, 10)
		}
	case "double":
		if number, err := strconv.ParseFloat(value, 64); err == nil {
			return strconv.FormatFloat(number, 'g', -1, 64)
		}
	case "list":
		items := strings.Split(value, ",")
		for i := range items {
			items[i] = strings.TrimSpace(items[i])
		}
		return strings.Join(items, ",")
	}
	return value
}
