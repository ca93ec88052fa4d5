package cluster

import (
	"reflect"

	"github.com/kompositor/kompositor/sync/asked"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/claims"
	"github.com/kompositor/kompositor/sync/connection"
	"github.com/kompositor/kompositor/sync/disks"
	"github.com/kompositor/kompositor/sync/externaladdress"
	"github.com/kompositor/kompositor/sync/parent"
	"github.com/kompositor/kompositor/sync/properties"
)

// stock is what is known before any outside fact: what every broker is drawn from, what the CR asks of it, and what of
// that its Pod was not drawn from. It is taken once for a call: Ask and Plan both read it.
type stock struct {
	o *Observed

	cluster  *children.Cluster
	drawn    map[int32]*children.Broker
	claims   map[int32]claims.Settled
	external *externaladdress.Settled
	// clusterReadOnly is the cluster's readOnlyConfig, parsed.
	clusterReadOnly map[string]string
	fingerprints    map[int32]string
	// staleness says what the CR asks of a broker that its Pod was not drawn from; a broker that is not stale has none.
	staleness map[int32]string
	// former is where those that are stale listen.
	former []connection.Former
	// disks says what becomes of the brokers' log directories that the spec no longer lists.
	disks map[int32]disks.Settled
	// keeps are the brokers that keep their image. Whether somebody had named it, or it was the default, is not known any
	// more: it makes no Pod stale.
	keeps map[int32]bool
	// refusals are the parts of the spec that are not carried out.
	refusals parent.Refusals
}

func (o *Observed) takeStock() *stock {
	if o.taken != nil {
		return o.taken
	}
	size := len(o.brokers)
	s := &stock{
		o: o, drawn: make(map[int32]*children.Broker, size), claims: make(map[int32]claims.Settled, size),
		fingerprints: make(map[int32]string, size), staleness: make(map[int32]string), keeps: make(map[int32]bool),
	}
	for _, b := range o.brokers {
		if !b.listed {
			b.spec = o.remembered(b)
		}
	}
	readOnly, _ := properties.Parse(o.parent.Spec.ReadOnlyConfig)
	s.clusterReadOnly = readOnly.Map()
	s.refuse()
	s.settleExternal()
	s.settleBrokers()
	s.judge()
	s.settleFormer()
	o.taken = s
	return s
}

// settleBrokers resolves what every broker is drawn from.
func (s *stock) settleBrokers() {
	brokers := make([]children.Broker, 0, len(s.o.brokers))
	for _, b := range s.o.brokers {
		if b.spec == nil {
			continue
		}
		s.claims[b.id] = claims.Settle(s.situation(b, nil))
		brokers = append(brokers, children.Broker{
			ResolvedBroker: *b.spec, Volumes: s.claims[b.id].Volumes, Rack: s.rack(b), External: s.external.Of[b.id],
		})
	}
	s.cluster = children.NewCluster(&s.o.parent, s.o.clusterID(), s.o.settleQuorum(), brokers)
	for i := range s.cluster.Brokers {
		s.drawn[s.cluster.Brokers[i].ID] = &s.cluster.Brokers[i]
	}
}

// judge fingerprints what the CR asks of every broker, and compares it with what its Pod was drawn from.
func (s *stock) judge() {
	config, last, text := asked.OfCluster(s.cluster), asked.Broker{}, ""
	for _, b := range s.o.brokers {
		drawn := s.drawn[b.id]
		if drawn == nil {
			continue
		}
		// Brokers of one group ask for the same, and to compare is cheaper than to fingerprint again.
		if now := asked.Of(s.cluster, drawn, config, s.readOnlyConfig(b)); text == "" || !reflect.DeepEqual(now, last) {
			last, text = now, now.Fingerprint()
		}
		s.fingerprints[b.id] = text
		if why := s.stale(b); why != "" {
			s.staleness[b.id] = why
		}
	}
}
