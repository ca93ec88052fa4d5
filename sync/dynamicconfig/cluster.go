package dynamicconfig

import (
	"maps"
	"slices"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/properties"
)

// Cluster is what a KafkaCluster asks of Kafka's dynamic configuration, and what was made of it before.
type Cluster struct {
	Connection sync.KafkaConnection
	// Held says why nothing is asked and changed now; empty when it may be.
	Held string
	// Salt keeps fingerprints of equal secrets in two clusters apart.
	Salt string
	// Wide is spec.clusterWideConfig.
	Wide map[string]string
	// Record is what the status says of it.
	Record  v1beta1.DynamicConfigStatus
	Brokers []Broker

	// Now, Generation and Conditions, those of the status as it came, say when a refused change is tried again.
	Now        time.Time
	Generation int64
	Conditions []metav1.Condition
}

// Broker is one broker of the cluster. Nodes that are only controllers take nothing but clusterWideConfig, as Kafka
// changes a broker's own configuration through that broker.
type Broker struct {
	ID int32
	// Version of Kafka that it runs; the zero value when it is not known.
	Version v1beta1.KafkaVersion
	// Controller says that it is no broker.
	Controller bool
	// Leaving says that the spec no longer lists it and that it holds replicas yet: it keeps what it has.
	Leaving bool
	// Up says that it serves: only then can it be asked, and changed.
	Up bool
	// Config is its brokerConfig.config.
	Config map[string]string
	// File is its readOnlyConfig, with the cluster's below it.
	File map[string]string
	// Record and State are what the status says of it.
	Record v1beta1.DynamicConfigStatus
	State  v1beta1.PerBrokerConfigurationState
	// Koperator has run it, and may have set values of its generated configuration dynamically.
	Koperator bool
	// Restarted says that its process has read, or is about to read, the configuration that Kompositor has generated, so
	// that what Koperator has set can go.
	Restarted bool
}

// Questions are about exactly the keys that matter: those that are asked for, and those that were set.
func (c *Cluster) Questions() []sync.ConfigQuestion {
	var questions []sync.ConfigQuestion
	wide, up := slices.Concat(c.Record.Keys, keys(c.Wide)), false
	for i := range c.Brokers {
		b := &c.Brokers[i]
		if b.Controller || !b.Up {
			continue
		}
		up = true
		wide = append(wide, b.watched()...)
		asked := slices.Concat(wide, b.Record.Keys, keys(b.Config))
		if b.Koperator {
			asked = append(asked, koperatorSets()...)
		}
		questions = ask(questions, b.resource(), asked)
	}
	if !up {
		return nil
	}
	return ask(questions, sync.ConfigResource{Type: sync.BrokerConfig}, wide)
}

// ask adds a question; without keys there is none, as it would be about all of them.
func ask(questions []sync.ConfigQuestion, of sync.ConfigResource, about []string) []sync.ConfigQuestion {
	slices.Sort(about)
	if about = slices.Compact(about); len(about) == 0 {
		return questions
	}
	return append(questions, sync.ConfigQuestion{Resource: of, Keys: slices.Clone(about)})
}

// watched are keys of the broker's file that Kafka itself may set dynamically: with eligible leader replicas (KIP-966,
// Kafka 4.0) it makes min.insync.replicas a default of all brokers, which then outweighs every file.
func (b *Broker) watched() []string {
	if _, set := b.File[minISR]; set && b.Version.AtLeast(4, 0) {
		return []string{minISR}
	}
	return nil
}

const minISR = "min.insync.replicas"

func (b *Broker) resource() sync.ConfigResource {
	return sync.ConfigResource{Type: sync.BrokerConfig, Name: strconv.Itoa(int(b.ID))}
}

// version is the oldest that a broker is known to run: what it takes, all of them take.
func (c *Cluster) version() v1beta1.KafkaVersion {
	var oldest v1beta1.KafkaVersion
	for i := range c.Brokers {
		version, none := c.Brokers[i].Version, v1beta1.KafkaVersion{}
		if version != none && (oldest == none || !version.AtLeast(oldest.Major, oldest.Minor)) {
			oldest = version
		}
	}
	return oldest
}

// Parse reads properties text. Lines with mistakes are left out; whoever takes the spec in reports them.
func Parse(text string) map[string]string {
	if text == "" {
		return nil
	}
	config, _ := properties.Parse(text)
	return config.Map()
}

// keys are the keys of a configuration, sorted.
func keys(config map[string]string) []string {
	if len(config) == 0 {
		return nil
	}
	names := slices.AppendSeq(make([]string, 0, len(config)), maps.Keys(config))
	slices.Sort(names)
	return names
}
