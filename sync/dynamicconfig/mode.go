package dynamicconfig

import (
	"slices"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// Mode is Kafka's update mode of a key.
type Mode byte

// The modes, as table.go writes them.
const (
	// Unknown: the release has no such key. Kafka stores such a key for whoever may read it, a plugin perhaps.
	Unknown Mode = '-'
	// ReadOnly: a change needs a restart.
	ReadOnly Mode = 'R'
	// PerBroker: dynamic, for one broker only.
	PerBroker Mode = 'B'
	// PerListener: dynamic, for one broker and only behind the prefix of a listener.
	PerListener Mode = 'L'
	// ClusterWide: dynamic, for one broker or for all.
	ClusterWide Mode = 'C'
)

// Dynamic says that the key can be changed without a restart.
func (m Mode) Dynamic() bool { return m == PerBroker || m == PerListener || m == ClusterWide }

// ModeOf returns the mode of a key in a release of Kafka. An older release than the table has is taken for its oldest,
// a newer one for its newest. With a release that is not known, the mode is known where all releases agree.
func ModeOf(key string, version v1beta1.KafkaVersion) Mode {
	prefix, base := split(key)
	if prefix == "" {
		return modeIn(row(key), version)
	}
	switch mode := modeIn(row(base), version); {
	case mode == ReadOnly, mode == Unknown:
		return mode
	case listenerWide(base):
		return ClusterWide
	}
	return PerBroker
}

// modeIn reads the column of a release.
func modeIn(row string, version v1beta1.KafkaVersion) Mode {
	modes, _, _ := strings.Cut(row, " ")
	if modes == "" {
		return Unknown
	}
	if version == (v1beta1.KafkaVersion{}) {
		has := strings.ReplaceAll(modes, string(Unknown), "")
		if strings.Count(has, has[:1]) == len(has) {
			return Mode(has[0])
		}
		return Unknown
	}
	column := 0
	for i, name := range strings.Fields(versions) {
		if oldest := v1beta1.KafkaVersionOfImage("kafka:" + name); version.AtLeast(oldest.Major, oldest.Minor) {
			column = i
		}
	}
	return Mode(modes[column])
}

// typeOf is the type of a key's values, empty when it is not known.
func typeOf(key string) string {
	_, base := split(key)
	_, kind, _ := strings.Cut(row(base), " ")
	return kind
}

// secret says that the values of a key must not be shown: Kafka takes those of every key without a type for secret too.
func secret(key string) bool { return typeOf(key) == "" || typeOf(key) == "password" }

// listenerPrefix begins the name of a key that is for one listener.
const listenerPrefix = "listener.name."

// split parts a key into the prefix of a listener, empty for none, and the key that it has its mode and type from.
// Source: DynamicBrokerConfig.brokerConfigSynonyms.
func split(key string) (prefix, base string) {
	rest, prefixed := strings.CutPrefix(key, listenerPrefix)
	listener, base, found := strings.Cut(rest, ".")
	if !prefixed || !found {
		return "", key
	}
	prefix = listenerPrefix + listener + "."
	for _, each := range [...]string{ // for each SASL mechanism: listener.name.<listener>.<mechanism>.<key>
		"connections.max.reauth.ms", "sasl.jaas.config", "sasl.login.callback.handler.class", "sasl.login.class",
		"sasl.server.callback.handler.class",
	} {
		if strings.HasSuffix(base, each) {
			return prefix, each
		}
	}
	return prefix, base
}

// listenerWide says of a key that it may stand behind the prefix of a listener for all brokers too. Source:
// DynamicBrokerConfig.ClusterLevelListenerConfigs.
func listenerWide(base string) bool {
	return base == "max.connections" || base == "max.connection.creation.rate" || base == "num.network.threads"
}

// modeSeen is the mode of a key with what its broker says of it.
func modeSeen(key string, version v1beta1.KafkaVersion, entry *sync.ConfigEntry) Mode {
	mode := ModeOf(key, version)
	prefix, _ := split(key)
	switch {
	case entry == nil, prefix != "", entry.Sensitive, entry.Source == sync.SourceBroker,
		entry.Source == sync.SourceDefaultBroker:
		return mode
	case entry.ReadOnly:
		return ReadOnly
	case mode == ReadOnly:
		return ClusterWide // a release that the table does not have; Kafka says where it belongs
	}
	return mode
}

// generated are the keys that are made of spec.listenersConfig. Set dynamically, they would outweigh what a restart has
// just changed.
func generated(key string) bool {
	return slices.Contains([]string{"listeners", "advertised.listeners", "listener.security.protocol.map"}, key)
}

// koperatorSets are the keys of its generated configuration that Koperator sets dynamically too.
func koperatorSets() []string {
	return []string{"advertised.listeners", "listener.security.protocol.map", "listeners", "ssl.client.auth"}
}
