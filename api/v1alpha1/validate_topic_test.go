package v1alpha1

import (
	"strings"
	"testing"
)

func TestValidateTopic(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*KafkaTopicSpec)
		wrong  []string // fields
	}{
		"as it should be": {func(*KafkaTopicSpec) {}, nil},
		"the brokers' defaults": {func(s *KafkaTopicSpec) {
			s.Partitions, s.ReplicationFactor = BrokerDefault, BrokerDefault
		}, nil},
		"the longest name":  {func(s *KafkaTopicSpec) { s.Name = strings.Repeat("a", 249) }, nil},
		"too long a name":   {func(s *KafkaTopicSpec) { s.Name = strings.Repeat("a", 250) }, []string{"spec.name"}},
		"every letter":      {func(s *KafkaTopicSpec) { s.Name = "aZ0._-" }, nil},
		"a dot":             {func(s *KafkaTopicSpec) { s.Name = "." }, []string{"spec.name"}},
		"two dots":          {func(s *KafkaTopicSpec) { s.Name = ".." }, []string{"spec.name"}},
		"three dots":        {func(s *KafkaTopicSpec) { s.Name = "..." }, nil},
		"a line break":      {func(s *KafkaTopicSpec) { s.Name = "orders\n" }, []string{"spec.name"}},
		"no name":           {func(s *KafkaTopicSpec) { s.Name = "" }, []string{"spec.name"}},
		"no partition":      {func(s *KafkaTopicSpec) { s.Partitions = 0 }, []string{"spec.partitions"}},
		"below the default": {func(s *KafkaTopicSpec) { s.Partitions = -2 }, []string{"spec.partitions"}},
		"the most replicas": {func(s *KafkaTopicSpec) { s.ReplicationFactor = 32767 }, nil},
		"more than that":    {func(s *KafkaTopicSpec) { s.ReplicationFactor = 32768 }, []string{"spec.replicationFactor"}},
		"no replica":        {func(s *KafkaTopicSpec) { s.ReplicationFactor = 0 }, []string{"spec.replicationFactor"}},
		"no cluster":        {func(s *KafkaTopicSpec) { s.ClusterRef.Name = "" }, []string{"spec.clusterRef.name"}},
		"keys": {func(s *KafkaTopicSpec) {
			s.Config = map[string]string{"": "1", "retention.ms ": "1", "retention.ms": ""}
		}, []string{"spec.config", "spec.config"}},
	} {
		t.Run(name, func(t *testing.T) {
			topic := KafkaTopic{Spec: KafkaTopicSpec{
				Name: "orders", Partitions: 1, ReplicationFactor: 1, ClusterRef: ClusterReference{Name: "kafka"},
			}}
			c.change(&topic.Spec)
			var fields []string
			for _, mistake := range topic.Validate() {
				fields = append(fields, mistake.Field)
			}
			if strings.Join(fields, " ") != strings.Join(c.wrong, " ") {
				t.Errorf("wrong are %q, want %q", fields, c.wrong)
			}
		})
	}
}
