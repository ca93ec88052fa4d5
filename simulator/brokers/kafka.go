package brokers

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/identity"
	"github.com/kompositor/kompositor/simulator/kubelet"
	"github.com/kompositor/kompositor/sync"
)

// How long things take.
const (
	// startTime is from the start of a process to its first answer.
	startTime = 3 * time.Second
	// stopTime is a controlled shutdown.
	stopTime = 2 * time.Second
	// sessionTimeout is broker.session.timeout.ms.
	sessionTimeout = 9 * time.Second
	// untold is how long a voter that has died may still be told as caught up: the quorum's fetch timeout, and the age
	// that an answer has when a call acts on it.
	untold = 5 * time.Second
	// catchUpTime is how long a replica needs to be in sync again.
	catchUpTime = 4 * time.Second
	// otherTime is how long a process that is no broker needs to be ready.
	otherTime = 2 * time.Second
)

// Options of Kafka.
type Options struct {
	Server *apiserver.Server
	Now    func() time.Time
}

// Kafka holds every Kafka process of the world and what is on their volumes.
type Kafka struct {
	Options
	processes map[string]*process // by Pod uid
	disks     map[string]*disk    // by claim uid
	clusters  map[string]*Cluster // by namespace/name
	// Violations are the breaches of a broker's identity that processes ran into, for the laws.
	Violations []string
	// Endangered are the changes of voters that left a quorum without its majority, for the laws.
	Endangered []string
}

// process is one running process.
type process struct {
	uid, namespace, pod string
	*config
	cluster  *Cluster
	started  time.Time
	stopping time.Time // zero: not asked to stop
	other    bool      // no broker at all
	// fenced: the controller does not count it as live yet.
	fenced bool
	// supported is the range of metadata.version that it supports.
	supported sync.FeatureRange
	// directory is the id of its metadata directory in a dynamic quorum.
	directory string
	// offline are the disks of its log directories that have failed under it; outlives says that one was repaired since.
	offline  []string
	outlives bool
}

// disk is what Kafka left on a volume.
type disk struct {
	cluster   string
	clusterID string
	node      int32
	directory string
	// full is the size that the volume had when its last byte was written; empty while there is room.
	full string
	// metadata says that it holds the metadata log, failed that nothing can be read or written.
	metadata, failed bool
}

// New returns a world without Kafka processes.
func New(options Options) *Kafka {
	return &Kafka{
		Options: options, processes: map[string]*process{}, disks: map[string]*disk{}, clusters: map[string]*Cluster{},
	}
}

var _ kubelet.Workload = (*Kafka)(nil)

// Start starts a Pod's containers.
func (k *Kafka) Start(run kubelet.Run) error {
	p := &process{
		uid: apiserver.UID(run.Pod), namespace: apiserver.Namespace(run.Pod),
		pod: apiserver.Name(run.Pod), started: k.Now(), fenced: true,
	}
	if identity.Broker(run.Pod) == "" {
		p.other = true
		k.processes[p.uid] = p
		return nil
	}
	read, err := readConfig(run)
	if err != nil {
		return err
	}
	p.config = read
	p.cluster = k.cluster(identity.Cluster(run.Pod))
	for _, other := range k.sorted() {
		if other.cluster == p.cluster && !other.other && other.id == p.id && other.uid != p.uid {
			return fmt.Errorf("a process with node.id %d runs already in Pod %s", p.id, other.pod)
		}
	}
	p.supported = supports(imageOf(run.Pod))
	if err := k.format(p, run.Pod); err != nil {
		return err
	}
	if err := p.read(); err != nil {
		return err
	}
	if err := k.works(p); err != nil {
		return err
	}
	k.processes[p.uid] = p
	return nil
}

// format writes meta.properties to empty log directories and compares it in the others.
func (k *Kafka) format(p *process, pod apiserver.Object) error {
	id := variable(pod, "CLUSTER_ID")
	if !p.zooKeeper && id == "" {
		return errors.New("the Pod has no CLUSTER_ID to format its storage with")
	}
	for i, dir := range p.dirs {
		claim := dir.disk
		if known := k.disks[claim]; known != nil && (known.clusterID != id || known.node != p.id) {
			breach := fmt.Sprintf(
				"the volume of claim %s belongs to node %d of cluster %q, and node %d of cluster %q was started on it",
				claim, known.node, known.clusterID, p.id, id)
			k.Violations = append(k.Violations, breach)
			return errors.New(breach)
		} else if known != nil && known.metadata && i > 0 {
			return fmt.Errorf("KafkaException: Found unexpected metadata location in data directory %s", dir.path)
		}
	}
	if p.cluster.ID != "" && p.cluster.ID != id {
		p.cluster = k.fresh(p.cluster.Name, id)
	}
	p.cluster.ID = id
	for i, dir := range p.dirs {
		claim := dir.disk
		if strings.HasPrefix(claim, ofPod) || k.disks[claim] != nil {
			continue
		}
		k.disks[claim] = &disk{cluster: p.cluster.Name, clusterID: id, node: p.id}
		if i == 0 && p.controller && len(p.bootstrap) > 0 {
			k.disks[claim].directory = k.formatVoter(p, variable(pod, "STORAGE_FORMAT_ARGUMENTS"))
		}
	}
	if first := k.disks[p.identity()]; first != nil {
		p.directory, first.metadata = first.directory, !p.zooKeeper
	}
	return nil
}

// formatVoter formats a controller's metadata directory for a dynamic quorum and returns its directory id. The founders
// are written into the directory; a quorum that exists already must not be founded again.
func (k *Kafka) formatVoter(p *process, arguments string) string {
	founders, founding := strings.CutPrefix(arguments, "--initial-controllers=")
	if !founding {
		return "joined " + p.identity() // an id of its own that no voter has
	}
	own := ""
	for founder := range strings.SplitSeq(founders, ",") {
		parts := strings.FieldsFunc(founder, func(r rune) bool { return r == '@' || r == ':' })
		id, err := strconv.ParseInt(parts[0], 10, 32)
		if err != nil || len(parts) != 4 {
			continue
		}
		if int32(id) == p.id {
			own = parts[3]
		}
		if !p.cluster.formed {
			p.cluster.voters[int32(id)] = parts[3]
		}
	}
	// A founder that is slow comes to a quorum that the others have formed: it is awaited there, once.
	if p.cluster.formed && (p.cluster.voters[p.id] != own || p.cluster.founded[own]) {
		k.Violations = append(k.Violations, fmt.Sprintf(
			"node %d was formatted to found the quorum of %s, which exists already", p.id, p.cluster.Name))
	}
	p.cluster.founded[own] = true
	return own
}

// fresh is a cluster that replaces another of the same name. If the other still runs, that is a breach.
func (k *Kafka) fresh(name, id string) *Cluster {
	for _, other := range k.processes {
		if !other.other && other.cluster.Name == name {
			k.Violations = append(k.Violations, fmt.Sprintf("the cluster id of %s changes from %q to %q while it runs",
				name, other.cluster.ID, id))
			break
		}
	}
	delete(k.clusters, name)
	return k.cluster(name)
}

// Controllers returns the ids of a cluster's controllers that run and are not stopping, ascending.
func (k *Kafka) Controllers(cluster *Cluster) []int32 {
	var ids []int32
	for _, p := range k.processes {
		if p.cluster == cluster && !p.other && p.controller && k.up(p) && p.stopping.IsZero() {
			ids = append(ids, p.id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Voting returns the ids of a cluster's voters that run, with the disk that they vote with, and are not stopping.
func (k *Kafka) Voting(cluster *Cluster) []int32 {
	var ids []int32
	for _, p := range k.sorted() {
		if p.cluster == cluster && !p.other && p.controller && k.up(p) && p.stopping.IsZero() && votes(cluster.voters, p) {
			ids = append(ids, p.id)
		}
	}
	return ids
}

// Serves says that a broker's process runs, is counted as live and was not asked to stop.
func (k *Kafka) Serves(cluster *Cluster, id int32) bool {
	for _, p := range k.processes {
		if p.cluster == cluster && !p.other && p.id == id {
			return p.broker && !p.fenced && p.stopping.IsZero()
		}
	}
	return false
}

// Unnoticed says that a broker's process was ended so short a time ago that the controller counts it as live still.
func (k *Kafka) Unnoticed(cluster *Cluster, id int32) bool {
	at, was := cluster.killed[id]
	return was && cluster.live[id] && k.Now().Sub(at) <= sessionTimeout
}

// Formatted says that Kafka has written to the volume of a claim.
func (k *Kafka) Formatted(claim string) bool { return k.disks[claim] != nil }

// Check says whether a Pod's containers are ready.
func (k *Kafka) Check(pod string) (bool, error) {
	p := k.processes[pod]
	if p == nil {
		return false, errors.New("the process has ended")
	}
	if p.other {
		return k.Now().Sub(p.started) >= otherTime, nil
	}
	if err := k.works(p); err != nil {
		k.Kill(pod)
		return false, err
	}
	if p.controller && p.cluster.leader >= 0 && !votes(p.cluster.votersOf(p), p) {
		return false, nil // an observer
	}
	if p.broker {
		return !p.fenced && p.stopping.IsZero(), nil
	}
	return p.cluster.leader >= 0 && k.up(p), nil
}

// Stop begins a controlled shutdown and says whether it is over.
func (k *Kafka) Stop(pod string) bool {
	p := k.processes[pod]
	if p == nil {
		return true
	}
	if p.stopping.IsZero() {
		p.stopping = k.Now()
	}
	if !p.other && k.Now().Sub(p.stopping) < stopTime {
		return false
	}
	if !p.other && p.broker && !p.fenced {
		p.cluster.lost[p.id] = k.Now() // without a quorum nobody took its leaderships away
	}
	delete(k.processes, pod)
	return true
}

// Kill ends a process at once.
func (k *Kafka) Kill(pod string) {
	if p := k.processes[pod]; p != nil && !p.other && p.stopping.IsZero() {
		p.cluster.killed[p.id] = k.Now()
		if p.broker && !p.fenced {
			p.cluster.lost[p.id] = k.Now()
		}
	}
	delete(k.processes, pod)
}

// up says that a process answers.
func (k *Kafka) up(p *process) bool {
	return k.Now().Sub(p.started) >= startTime && k.processes[p.uid] == p
}

// sorted returns the processes by namespace and Pod name.
func (k *Kafka) sorted() []*process {
	result := make([]*process, 0, len(k.processes))
	for _, p := range k.processes {
		result = append(result, p)
	}
	slices.SortFunc(result, func(a, b *process) int {
		if a.namespace+a.pod < b.namespace+b.pod {
			return -1
		}
		return 1
	})
	return result
}

// Step is one second of every cluster's life.
func (k *Kafka) Step() {
	processes := k.sorted()
	for _, name := range k.Names() {
		cluster := k.clusters[name]
		var members []*process
		for _, p := range processes {
			if p.cluster == cluster && k.up(p) {
				members = append(members, p)
			}
		}
		k.elect(cluster, members)
		k.register(cluster, members)
		cluster.publish()
		cluster.replicate(k.Now())
	}
}

// Names returns the clusters that ever had a process, sorted.
func (k *Kafka) Names() []string {
	names := make([]string, 0, len(k.clusters))
	for name := range k.clusters {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Cluster returns a cluster by namespace/name; nil when it never had a process.
func (k *Kafka) Cluster(name string) *Cluster { return k.clusters[name] }

func (k *Kafka) cluster(name string) *Cluster {
	known := k.clusters[name]
	if known == nil {
		known = &Cluster{
			Name: name, leader: -1, lost: map[int32]time.Time{}, live: map[int32]bool{}, voters: map[int32]string{},
			dirs: map[int32][]logDir{}, racks: map[int32]string{}, altered: map[string]map[string]string{},
			founded: map[string]bool{}, killed: map[int32]time.Time{}, offline: map[int32][]string{},
		}
		k.clusters[name] = known
	}
	return known
}

// text writes broker ids for people.
func text(ids []int32) string {
	var result []byte
	for i, id := range ids {
		if i > 0 {
			result = append(result, ' ')
		}
		result = strconv.AppendInt(result, int64(id), 10)
	}
	return string(result)
}
