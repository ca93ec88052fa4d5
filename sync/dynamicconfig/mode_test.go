package dynamicconfig

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

func TestModeOf(t *testing.T) {
	var (
		v39 = v1beta1.KafkaVersion{Major: 3, Minor: 9, Patch: 2}
		v40 = v1beta1.KafkaVersion{Major: 4, Minor: 0, Patch: 1}
		v31 = v1beta1.KafkaVersion{Major: 3, Minor: 1}
		v50 = v1beta1.KafkaVersion{Major: 5}
	)
	for _, c := range []struct {
		key     string
		version v1beta1.KafkaVersion
		want    Mode
	}{
		{"log.retention.ms", v39, ClusterWide},
		{"log.retention.hours", v40, ReadOnly},
		{"ssl.keystore.location", v40, PerListener},
		{"ssl.client.auth", v40, PerBroker},
		{"listener.name.internal.ssl.keystore.location", v40, PerBroker},
		{"listener.name.internal.scram-sha-512.sasl.jaas.config", v40, PerBroker},
		{"listener.name.internal.plain.connections.max.reauth.ms", v40, ReadOnly},
		{"listener.name.internal.max.connections", v40, ClusterWide},
		{"listener.name.internal.num.io.threads", v40, PerBroker},
		{"listener.name.internal.my.plugin", v40, Unknown},
		{"listener.name.internal", v40, Unknown},
		{"leader.replication.throttled.rate", v39, ClusterWide},
		{"my.plugin", v40, Unknown},
		// It was dynamic with ZooKeeper, whose last release is 3.9.
		{"advertised.listeners", v39, PerBroker},
		{"advertised.listeners", v40, ReadOnly},
		{"cordoned.log.dirs", v40, Unknown},
		// Releases beyond the table are taken for the nearest one.
		{"advertised.listeners", v31, PerBroker},
		{"advertised.listeners", v50, ReadOnly},
		// Without a release, only what all of them agree on is known.
		{"advertised.listeners", v1beta1.KafkaVersion{}, Unknown},
		{"cordoned.log.dirs", v1beta1.KafkaVersion{}, PerBroker},
		{"num.partitions", v1beta1.KafkaVersion{}, ReadOnly},
	} {
		if got := ModeOf(c.key, c.version); got != c.want {
			t.Errorf("%s in Kafka %q is %c, want %c", c.key, c.version, got, c.want)
		}
	}
}

// What DescribeConfigs says was seen with brokers of 3.9.2 and 4.4.0.
func TestModeSeen(t *testing.T) {
	v39 := v1beta1.KafkaVersion{Major: 3, Minor: 9}
	for name, c := range map[string]struct {
		key   string
		entry *sync.ConfigEntry
		want  Mode
	}{
		"not described":    {"num.partitions", nil, ReadOnly},
		"the table's word": {"num.partitions", &sync.ConfigEntry{ReadOnly: true, Source: sync.SourceDefault}, ReadOnly},
		"read-only by now": {"log.retention.ms", &sync.ConfigEntry{ReadOnly: true, Source: sync.SourceStatic}, ReadOnly},
		"dynamic by now":   {"num.partitions", &sync.ConfigEntry{Source: sync.SourceDefault}, ClusterWide},
		"new, and read-only": {
			"some.new.key", &sync.ConfigEntry{ReadOnly: true, Source: sync.SourceDefault}, ReadOnly,
		},
		"a plugin's": {
			"my.plugin", &sync.ConfigEntry{ReadOnly: true, Sensitive: true, Source: sync.SourceStatic}, Unknown,
		},
		"behind a prefix": {
			"listener.name.a.max.connections", &sync.ConfigEntry{ReadOnly: true, Source: sync.SourceStatic}, ClusterWide,
		},
		"a throttle": {
			"leader.replication.throttled.rate", &sync.ConfigEntry{ReadOnly: true, Source: sync.SourceBroker}, ClusterWide,
		},
	} {
		if got := modeSeen(c.key, v39, c.entry); got != c.want {
			t.Errorf("%s: %s is %c, want %c", name, c.key, got, c.want)
		}
	}
}

// Every row of the table has a mode for each release, and a type.
func TestRowsFitTheVersions(t *testing.T) {
	table, err := os.ReadFile("table.go")
	if err != nil {
		t.Fatal(err)
	}
	form := fmt.Sprintf(`^[-RBLC]{%d} (boolean|class|double|int|list|long|password|short|string)$`,
		len(strings.Fields(versions)))
	rows := regexp.MustCompile(`return "(.+)"`).FindAllSubmatch(table, -1)
	for _, row := range rows {
		if !regexp.MustCompile(form).Match(row[1]) {
			t.Errorf("the row %q is not of the form %s", row[1], form)
		}
	}
	if len(rows) < 50 {
		t.Errorf("the table has %d rows: the test does not read it", len(rows))
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		key, a, b string
		want      bool
	}{
		{"unclean.leader.election.enable", "TRUE", "true", true},
		{"log.cleaner.threads", " 2", "2", true},
		{"log.cleaner.threads", "2", "3", false},
		{"log.cleaner.min.cleanable.ratio", "0.50", "0.5", true},
		{"log.cleaner.io.max.bytes.per.second", "1.7976931348623157E308", "1.7976931348623157e+308", true},
		{"log.cleanup.policy", "compact , delete", "compact,delete", true},
		{"log.cleanup.policy", "compact,delete", "delete,compact", false},
		{"log.message.timestamp.type", "CreateTime", "createtime", false},
		{"listener.name.internal.max.connections", "010", "10", true},
		{"my.plugin", "1", "01", false},
		{"log.cleaner.threads", "many", "many", true},
	} {
		if got := same(c.key, c.a, c.b); got != c.want {
			t.Errorf("%s: %q and %q are the same: %t, want %t", c.key, c.a, c.b, got, c.want)
		}
	}
}

func TestNeedsNoRestart(t *testing.T) {
	v40 := v1beta1.KafkaVersion{Major: 4}
	for name, changed := range map[string][]string{
		"none": nil, "one is read-only": {"log.retention.ms", "num.partitions"}, "a generated one": {"listeners"},
		"many more": {"log.retention.ms", "3 more keys"},
	} {
		if hint := NeedsNoRestart(changed, v40); hint != "" {
			t.Errorf("%s: %s", name, hint)
		}
	}
	const want = " This needs no restart in clusterWideConfig or brokerConfig.config, where dynamic keys belong: " +
		"log.retention.ms."
	if hint := NeedsNoRestart([]string{"log.retention.ms"}, v40); hint != want {
		t.Errorf("the hint is %q, want %q", hint, want)
	}
}
