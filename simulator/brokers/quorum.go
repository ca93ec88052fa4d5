package brokers

import (
	"cmp"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// elect finds the leader of the quorum. A leader stays as long as it runs and reaches a majority of its voters.
func (k *Kafka) elect(cluster *Cluster, members []*process) {
	before := cluster.leader
	cluster.leader = -1
	cluster.zooKeeper = len(members) > 0 && members[0].zooKeeper
	if cluster.zooKeeper {
		cluster.leader = members[0].id
		return
	}
	var candidates []*process
	for _, p := range members {
		if p.controller && p.stopping.IsZero() {
			candidates = append(candidates, p)
		}
	}
	slices.SortStableFunc(candidates, func(a, b *process) int {
		return cmp.Or(cmp.Compare(cluster.turn(a.id, before), cluster.turn(b.id, before)), cmp.Compare(a.id, b.id))
	})
	cluster.resigned = false
	for _, p := range candidates {
		voters := cluster.votersOf(p)
		if votes(voters, p) && k.reached(p, candidates, voters) > len(voters)/2 {
			cluster.leader, cluster.voters, cluster.formed = p.id, voters, true
			if cluster.level == 0 {
				cluster.level = p.supported.Max // what its storage was formatted with
			}
			return
		}
	}
}

// turn is when a controller stands for election: the leader first, or last when it has resigned.
func (c *Cluster) turn(id, leader int32) int {
	switch {
	case id != leader:
		return 0
	case c.resigned:
		return 1
	}
	return -1
}

// Resign has the leader of the quorum give its place to another that can take it.
func (c *Cluster) Resign() { c.resigned = true }

// reached counts the voters that a controller reaches, itself among them.
func (k *Kafka) reached(p *process, candidates []*process, voters map[int32]string) int {
	reached := 0
	for _, other := range candidates {
		if votes(voters, other) && (other == p || k.reaches(p, other)) {
			reached++
		}
	}
	return reached
}

// votes says that a controller is one of the voters: in a dynamic quorum, with the directory that it was made one with.
func votes(voters map[int32]string, p *process) bool {
	directory, votes := voters[p.id]
	return votes && (len(p.config.voters) > 0 || directory == p.directory)
}

// votersOf are the voters as one controller knows them.
func (c *Cluster) votersOf(p *process) map[int32]string {
	if len(p.config.voters) == 0 {
		return c.voters
	}
	voters := map[int32]string{}
	for id := range p.config.voters {
		voters[id] = ""
	}
	return voters
}

// reaches says that a process reaches a controller by the address that its own configuration has for it.
func (k *Kafka) reaches(p, controller *process) bool {
	if address, static := p.config.voters[controller.id]; static {
		return slices.Contains(k.dial(address), controller)
	}
	return slices.ContainsFunc(p.bootstrap, func(address string) bool {
		return slices.Contains(k.dial(address), controller)
	})
}

// register lets brokers in that reach the quorum's leader, and fences those that are gone. A broker that comes back
// sooner than its controller has noticed its end is let in when that has: until then another incarnation of it has a
// session, and its replicas are in the ISR. Source: Kafka, ClusterControlManager.registerBroker, which refuses it with
// DuplicateBrokerRegistrationException; KIP-631.
func (k *Kafka) register(cluster *Cluster, members []*process) {
	present := map[int32]bool{}
	for _, p := range members {
		if !p.broker || p.config == nil {
			continue
		}
		if !p.stopping.IsZero() {
			if cluster.leader >= 0 {
				p.fenced = true
			}
			continue
		}
		leader := k.leaderOf(cluster, members)
		_, session := cluster.lost[p.id]
		if p.fenced && !session && leader != nil && (p.zooKeeper || p == leader || k.reaches(p, leader)) {
			p.fenced = false
		}
		if !p.fenced {
			present[p.id] = true
			cluster.racks[p.id] = p.values["broker.rack"]
			cluster.runsWith(p)
		}
	}
	if cluster.leader < 0 {
		return // without a quorum nothing that clients see changes
	}
	for id, since := range cluster.lost {
		if k.Now().Sub(since) < sessionTimeout {
			present[id] = true // the controller does not know yet
			continue
		}
		delete(cluster.lost, id)
	}
	cluster.live = present
}

func (k *Kafka) leaderOf(cluster *Cluster, members []*process) *process {
	for _, p := range members {
		if p.id == cluster.leader {
			return p
		}
	}
	return nil
}

// dial returns the processes that answer at host:port, by the Services of the world.
func (k *Kafka) dial(address string) []*process {
	host, portText, err := net.SplitHostPort(address)
	port, numberErr := strconv.Atoi(portText)
	parts := strings.Split(host, ".")
	if err != nil || numberErr != nil || len(parts) < 2 {
		return nil
	}
	service, ok := k.Server.Get(apiserver.Key{Kind: "Service.v1", Namespace: parts[1], Name: parts[0]})
	if ok {
		return k.behind(service, "", port)
	}
	if len(parts) < 3 {
		return nil
	}
	if service, ok = k.Server.Get(apiserver.Key{Kind: "Service.v1", Namespace: parts[2], Name: parts[1]}); ok &&
		apiserver.String(service, "spec", "clusterIP") == "None" {
		return k.behind(service, parts[0], port)
	}
	return nil
}

// behind returns the processes that a Service leads to at a port; hostname selects one of a headless Service's Pods.
func (k *Kafka) behind(service apiserver.Object, hostname string, port int) []*process {
	var result []*process
	for _, p := range k.sorted() {
		pod, ok := k.Server.Get(apiserver.Key{Kind: "Pod.v1", Namespace: p.namespace, Name: p.pod})
		if !ok || p.other || apiserver.UID(pod) != p.uid || !k.up(p) || !serves(service, pod) {
			continue
		}
		if hostname != "" && (apiserver.String(pod, "spec", "hostname") != hostname ||
			apiserver.String(pod, "spec", "subdomain") != apiserver.Name(service)) {
			continue
		}
		target := targetPort(service, pod, port)
		if slices.ContainsFunc(p.listeners, func(l listener) bool { return l.port == target }) {
			result = append(result, p)
		}
	}
	return result
}

// serves says that a Service leads to a Pod: by its selector, and only to a ready one unless it says otherwise.
func serves(service, pod apiserver.Object) bool {
	selector := apiserver.Map(service, "spec", "selector")
	for label, text := range selector {
		if apiserver.Label(pod, label) != text {
			return false
		}
	}
	if len(selector) == 0 || apiserver.Namespace(pod) != apiserver.Namespace(service) {
		return false
	}
	if apiserver.Bool(service, "spec", "publishNotReadyAddresses") {
		return true
	}
	for _, condition := range apiserver.List(pod, "status", "conditions") {
		if apiserver.String(condition, "type") == "Ready" {
			return apiserver.String(condition, "status") == "True"
		}
	}
	return false
}

// targetPort is the Pod's port behind a Service's port. A headless Service translates nothing.
func targetPort(service, pod apiserver.Object, port int) int {
	if apiserver.String(service, "spec", "clusterIP") == "None" {
		return port
	}
	for _, entry := range apiserver.List(service, "spec", "ports") {
		if int(apiserver.Int(entry, "port")) != port {
			continue
		}
		name := apiserver.String(entry, "targetPort")
		if name == "" {
			return int(apiserver.Int(entry, "targetPort"))
		}
		for _, container := range apiserver.List(pod, "spec", "containers") {
			for _, open := range apiserver.List(container, "ports") {
				if apiserver.String(open, "name") == name {
					return int(apiserver.Int(open, "containerPort"))
				}
			}
		}
	}
	return -1
}

// sinceEpoch is a time as Kafka writes it, milliseconds.
func sinceEpoch(at time.Time) int64 { return at.UnixMilli() }
