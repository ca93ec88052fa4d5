package dynamicconfig

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// mostCommands bounds how many changes are sent in one call; the rest goes with the next.
const mostCommands = 100

// Settled is what is to be done, and to be told.
type Settled struct {
	// Commands are to be performed now. They restart nothing.
	Commands []sync.Command

	cluster *Cluster
	wide    *scope
	brokers map[int32]*scope
	// findings are what the user has to know.
	findings findings
}

// Settle compares what the CR asks for with what Kafka says. The facts are believed: who hands them over has seen to it
// that the right cluster answers.
func (c *Cluster) Settle(facts *sync.KafkaFacts) *Settled {
	s := &Settled{cluster: c, brokers: make(map[int32]*scope, len(c.Brokers)), findings: findings{}}
	s.settleWide(facts, c.Held)
	for i := range c.Brokers {
		s.settleBroker(&c.Brokers[i], facts, c.Held)
	}
	to := sync.ToKafka{Connection: c.Connection}
	scopes := []*scope{s.wide}
	for i := range c.Brokers {
		scopes = append(scopes, s.brokers[c.Brokers[i].ID])
	}
	for _, scope := range scopes {
		if commands := scope.commands(to); len(s.Commands)+len(commands) <= mostCommands {
			s.Commands = append(s.Commands, commands...)
			continue
		}
		scope.record, scope.set, scope.remove = scope.before, nil, nil
	}
	return s
}

// described finds what Kafka says of one configuration.
func described(facts *sync.KafkaFacts, of sync.ConfigResource, why string) *sync.DescribedConfigs {
	all, known := facts.Configs.Get()
	if why == "" && !known {
		why = facts.Configs.Why()
	}
	if why != "" {
		return &sync.DescribedConfigs{Resource: of, Unknown: why}
	}
	for i := range all {
		if all[i].Resource == of {
			return &all[i]
		}
	}
	return &sync.DescribedConfigs{Resource: of, Unknown: "it was not asked for"}
}

// settleWide settles the default of all brokers.
func (s *Settled) settleWide(facts *sync.KafkaFacts, why string) {
	c := s.cluster
	s.wide = &scope{
		resource: sync.ConfigResource{Type: sync.BrokerConfig}, source: sync.SourceDefaultBroker,
		wanted: map[string]string{}, salt: c.Salt, before: c.Record,
		backOff: c.backOff(),
	}
	for _, key := range keys(c.Wide) {
		if wrong := wrongWide(key, ModeOf(key, c.version())); wrong != "" {
			s.findings.add(misplaced, wrong, everywhere)
			continue
		}
		s.wide.wanted[key] = c.Wide[key]
	}
	up := slices.ContainsFunc(c.Brokers, func(b Broker) bool { return b.Up && !b.Controller })
	if !up {
		why = "no broker is ready"
	}
	s.wide.settle(described(facts, s.wide.resource, why))
	s.tell(s.wide, everywhere, up)
}

// wrongWide says why a key can not stand in clusterWideConfig; empty when it can.
func wrongWide(key string, mode Mode) string {
	prefix, _ := split(key)
	switch {
	case generated(key):
		return key + " is made of listenersConfig: take it out of clusterWideConfig"
	case mode == ReadOnly:
		return key + " can not be changed without a restart: move it from clusterWideConfig to readOnlyConfig"
	case mode == PerListener:
		return key + " is dynamic for one broker's listener only: move it from clusterWideConfig to brokerConfig.config, " +
			"as " + listenerPrefix + "<name>." + key
	case mode == PerBroker, prefix != "" && mode == Unknown:
		return key + " is dynamic for one broker only: move it from clusterWideConfig to brokerConfig.config"
	}
	return ""
}

// wrongHere says why a key can not stand in brokerConfig.config; empty when it can.
func wrongHere(key string, mode Mode) string {
	switch {
	case generated(key):
		return key + " is made of listenersConfig: take it out of brokerConfig.config"
	case mode == ReadOnly:
		return key + " can not be changed without a restart: move it from brokerConfig.config to readOnlyConfig"
	case mode == PerListener:
		return key + " is dynamic for a listener only: name it " + listenerPrefix + "<name>." + key +
			" in brokerConfig.config"
	}
	return ""
}

// settleBroker settles one broker's own configuration.
func (s *Settled) settleBroker(b *Broker, facts *sync.KafkaFacts, why string) {
	here := &scope{
		resource: b.resource(), source: sync.SourceBroker, wanted: map[string]string{}, salt: s.cluster.Salt,
		before: b.Record, backOff: s.cluster.backOff(),
	}
	s.brokers[b.ID] = here
	if b.Controller || b.Leaving {
		here.record = b.Record
		if len(b.Config) > 0 && b.Controller {
			s.findings.add(remarked, "brokerConfig.config changes nothing of a node that is only a controller: use "+
				"readOnlyConfig or clusterWideConfig", b.ID)
		}
		return
	}
	if !b.Up {
		why = "it is not ready"
	}
	seen := described(facts, here.resource, why)
	for _, key := range keys(b.Config) {
		if wrong := wrongHere(key, modeSeen(key, b.Version, found(seen, key))); wrong != "" {
			s.findings.add(misplaced, wrong, b.ID)
			continue
		}
		here.wanted[key] = b.Config[key]
	}
	here.settle(seen)
	s.outweighed(b, here, seen)
	s.inherited(b, here, seen)
	s.tell(here, b.ID, b.Up)
}

func found(seen *sync.DescribedConfigs, key string) *sync.ConfigEntry {
	if entry, listed := seen.Entry(key); listed {
		return &entry
	}
	return nil
}

// outweighed finds the keys whose value in force is another than the CR says, because it is set where it counts more.
func (s *Settled) outweighed(b *Broker, here *scope, seen *sync.DescribedConfigs) {
	ours := union(here.before.Keys, keys(here.wanted))
	for _, key := range keys(s.wide.wanted) {
		entry, listed := seen.Entry(key)
		if listed && entry.Source == sync.SourceBroker && !slices.Contains(ours, key) {
			s.findings.add(overridden, fmt.Sprintf("%s is set in Kafka for the broker itself, by somebody else, and outweighs "+
				"clusterWideConfig: delete it there, or list it in brokerConfig.config", key), b.ID)
		}
	}
	for _, key := range keys(b.File) {
		_, own := here.wanted[key]
		_, wide := s.wide.wanted[key]
		entry, listed := seen.Entry(key)
		dynamic := entry.Source == sync.SourceBroker || entry.Source == sync.SourceDefaultBroker
		switch {
		case own:
			s.findings.add(remarked, key+" of readOnlyConfig has no effect: brokerConfig.config outweighs it", b.ID)
		case wide:
			s.findings.add(remarked, key+" of readOnlyConfig has no effect: clusterWideConfig outweighs it", b.ID)
		case listed && dynamic && tells(b.File[key], &entry) && !same(key, b.File[key], entry.Value):
			s.findings.add(overridden, fmt.Sprintf("%s=%s of readOnlyConfig has no effect: %s is set in Kafka and outweighs "+
				"it; move it to clusterWideConfig", key, b.File[key], entry.Value), b.ID)
		}
	}
}

// inherited takes back what Koperator has set dynamically of the configuration that it generated: those values outweigh
// the file, and nobody would ever change them again.
func (s *Settled) inherited(b *Broker, here *scope, seen *sync.DescribedConfigs) {
	if !b.Koperator || seen.Unknown != "" {
		return
	}
	for _, key := range koperatorSets() {
		entry, listed := seen.Entry(key)
		_, wanted := here.wanted[key]
		switch {
		case !listed || entry.Source != sync.SourceBroker || wanted || slices.Contains(here.remove, key):
		case b.Restarted:
			here.remove, here.pending = append(here.remove, key), append(here.pending, key)
		default:
			s.findings.add(remarked, key+" is as Koperator has set it in Kafka, until the next restart", b.ID)
		}
	}
}

// tell adds what is pending or unknown of a scope. Of a broker that is down nothing is awaited when it had all: Kafka
// keeps it meanwhile.
func (s *Settled) tell(of *scope, id int32, up bool) {
	if of.unknown != "" && (up || !of.applied()) {
		s.findings.add(unknown, of.unknown, id)
	}
	s.findings.addRefused(of, id)
	for _, key := range of.pending {
		s.findings.add(pending, key, id)
	}
}

// Refused is the same when commands failed: what they were to change is not recorded as applied, and Kafka's words are.
func (s *Settled) Refused(outcomes sync.Outcomes) *Settled {
	after := &Settled{
		cluster: s.cluster, wide: s.wide.refused(outcomes), brokers: make(map[int32]*scope, len(s.brokers)),
		findings: s.findings.clone(),
	}
	after.findings.addRefused(after.wide, everywhere)
	for i := range s.cluster.Brokers {
		id := s.cluster.Brokers[i].ID
		after.brokers[id] = s.brokers[id].refused(outcomes)
		after.findings.addRefused(after.brokers[id], id)
	}
	return after
}

// Wide is what the status says of clusterWideConfig from now on.
func (s *Settled) Wide() v1beta1.DynamicConfigStatus { return s.wide.record }

// Broker is what the status says of a broker from now on.
func (s *Settled) Broker(id int32) (record v1beta1.DynamicConfigStatus, state v1beta1.PerBrokerConfigurationState) {
	i := slices.IndexFunc(s.cluster.Brokers, func(b Broker) bool { return b.ID == id })
	if i < 0 {
		return record, v1beta1.PerBrokerConfigInSync
	}
	here := s.brokers[id]
	switch {
	case s.cluster.Brokers[i].Leaving:
		state = cmp.Or(s.cluster.Brokers[i].State, v1beta1.PerBrokerConfigInSync)
	case here.record.Refused != "" || s.findings.has(misplaced, id):
		state = v1beta1.PerBrokerConfigError
	case len(here.pending) > 0 || !here.applied():
		state = v1beta1.PerBrokerConfigOutOfSync
	default:
		state = v1beta1.PerBrokerConfigInSync
	}
	return here.record, state
}
