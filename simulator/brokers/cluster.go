package brokers

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Cluster is one Kafka cluster as its controller sees it.
type Cluster struct {
	// Name is namespace/name of the KafkaCluster.
	Name string
	// ID is the cluster id that its storage was formatted with.
	ID string

	zooKeeper bool
	leader    int32
	resigned  bool                // the leader gives its place away
	formed    bool                // the quorum had a leader once
	voters    map[int32]string    // voter -> its directory id; "" in a static quorum
	founded   map[string]bool     // directories that were formatted by a founder
	live      map[int32]bool      // registered and unfenced brokers
	lost      map[int32]time.Time // killed brokers that have a session still: the controller counts them as live
	killed    map[int32]time.Time // when processes were last ended at once, by their id
	level     int16               // the finalized metadata.version, 0 for none
	dirs      map[int32][]logDir  // broker -> the log directories it last ran with, each with its disk
	offline   map[int32][]string  // broker -> the disks of these that have failed
	racks     map[int32]string    // broker -> the broker.rack that it last ran with

	// altered is the dynamic configuration by broker, "" for all, as the controller has it, dynamic as the brokers do.
	altered, dynamic map[string]map[string]string

	partitions []*Partition
	moves      []move
	carries    []carry
	topics     map[string]*topic
	users      users
	made       uint64 // topics so far
}

// Partition is one partition, with its replicas' progress.
type Partition struct {
	Topic    string
	Number   int32
	Leader   int32 // -1 for none
	Replicas []int32
	ISR      []int32
	MinISR   int
	// Acknowledged counts the records that clients were told are safe.
	Acknowledged int64
	// ends are the replicas' ends and the disks that they are on, by broker.
	ends map[int32]end
	// behind is since when a replica that is not in sync has been catching up.
	behind map[int32]time.Time
}

// On says that a broker holds a replica.
func (p *Partition) On(broker int32) bool { return slices.Contains(p.Replicas, broker) }

type end struct {
	disk   string
	offset int64
}

// Live returns the registered and unfenced brokers, ascending.
func (c *Cluster) Live() []int32 { return slices.Sorted(maps.Keys(c.live)) }

// Leader returns the quorum's leader, -1 for none.
func (c *Cluster) Leader() int32 { return c.leader }

// Voters returns the quorum's voters, ascending.
func (c *Cluster) Voters() []int32 { return slices.Sorted(maps.Keys(c.voters)) }

// Partitions returns the partitions. They must not be changed.
func (c *Cluster) Partitions() []*Partition { return c.partitions }

// Rack returns the rack that a broker last ran with, empty for none.
func (c *Cluster) Rack(broker int32) string { return c.racks[broker] }

// racksOfLive are the racks of the live brokers that have one.
func (c *Cluster) racksOfLive() map[int32]string {
	racks := map[int32]string{}
	for id := range c.live {
		if c.racks[id] != "" {
			racks[id] = c.racks[id]
		}
	}
	return racks
}

// byTurns are the live brokers, one of each rack in turn.
func (c *Cluster) byTurns() []int32 {
	live := c.Live()
	turn := map[int32]int{}
	seen := map[string]int{}
	for _, id := range live {
		turn[id] = seen[c.racks[id]]
		seen[c.racks[id]]++
	}
	slices.SortStableFunc(live, func(a, b int32) int {
		return cmp.Or(cmp.Compare(turn[a], turn[b]), cmp.Compare(c.racks[a], c.racks[b]))
	})
	if len(seen) == 1 {
		slices.Sort(live)
	}
	return live
}

// CreateTopic makes a topic as its user would.
func (c *Cluster) CreateTopic(topic string, partitions, replicas, minISR int) error {
	return c.place(topic, partitions, replicas, map[string]string{minISRKey: strconv.Itoa(minISR)})
}

// place places a new topic's replicas in turn over the live brokers, and over their racks.
func (c *Cluster) place(topic string, partitions, replicas int, config map[string]string) error {
	live := c.byTurns()
	if len(live) < replicas || c.leader < 0 {
		return fmt.Errorf("topic %s wants %d replicas, live are the brokers [%s]", topic, replicas, text(live))
	}
	c.remember(topic, config)
	for number := range partitions {
		c.addPartition(topic, number, replicas, minISROf(config))
	}
	return nil
}

func (c *Cluster) addPartition(topic string, number, replicas, minISR int) {
	p := &Partition{
		Topic: topic, Number: int32(number), MinISR: minISR,
		ends: map[int32]end{}, behind: map[int32]time.Time{},
	}
	live := c.byTurns()
	for i := range min(replicas, len(live)) {
		id := live[(number+i)%len(live)]
		p.Replicas = append(p.Replicas, id)
		p.ends[id] = end{disk: c.emptiest(id)}
	}
	p.ISR = slices.Sorted(slices.Values(p.Replicas))
	p.Leader = p.Replicas[0]
	c.partitions = append(c.partitions, p)
}

// Holds says that a broker holds a replica.
func (c *Cluster) Holds(broker int32) bool {
	return slices.ContainsFunc(c.partitions, func(p *Partition) bool { return slices.Contains(p.Replicas, broker) })
}

// Lost returns the acknowledged records that no leader has any more, in words; empty when there are none.
func (c *Cluster) Lost() string {
	for _, p := range c.partitions {
		if p.Leader >= 0 && c.end(p, p.Leader) < p.Acknowledged {
			return fmt.Sprintf("%s-%d: %d records were acknowledged, its leader %d has %d",
				p.Topic, p.Number, p.Acknowledged, p.Leader, c.end(p, p.Leader))
		}
	}
	return ""
}

// Hollow says that an ISR counts a replica whose disk is gone, so that Kafka may have it lead.
func (c *Cluster) Hollow() bool {
	return slices.ContainsFunc(c.partitions, func(p *Partition) bool {
		gone := func(id int32) bool { return c.end(p, id) < p.Acknowledged && c.end(p, id) == 0 }
		return slices.ContainsFunc(p.ISR, gone)
	})
}

// end is a replica's end, where its broker runs with the disk that it is on.
func (c *Cluster) end(p *Partition, broker int32) int64 {
	known := p.ends[broker]
	if !c.has(broker, known.disk) {
		return 0
	}
	return known.offset
}

// replicate is one second of all partitions: replicas fall out and catch up, leaders change, clients write.
func (c *Cluster) replicate(now time.Time) {
	if c.leader >= 0 {
		c.finishMoves()
		c.finishCarries()
	}
	for _, p := range c.partitions {
		if c.leader >= 0 {
			c.shrink(p)
			c.lead(p)
			c.grow(p, now)
		}
		c.write(p)
	}
}

// shrink takes replicas that do not serve out of the ISR; the last one stays in it.
func (c *Cluster) shrink(p *Partition) {
	for _, id := range slices.Clone(p.ISR) {
		if !c.serves(p, id) && len(p.ISR) > 1 {
			p.ISR = slices.DeleteFunc(slices.Clone(p.ISR), func(other int32) bool { return other == id })
		}
	}
}

// Lag takes a broker's replicas out of the ISRs of which others are left; they catch up again.
func (c *Cluster) Lag(broker int32) {
	for _, p := range c.partitions {
		if c.leader >= 0 && p.Leader != broker && len(p.ISR) > 1 {
			p.ISR = slices.DeleteFunc(slices.Clone(p.ISR), func(other int32) bool { return other == broker })
		}
	}
}

// lead gives the partition a leader out of its ISR.
func (c *Cluster) lead(p *Partition) {
	if p.Leader >= 0 && c.serves(p, p.Leader) && slices.Contains(p.ISR, p.Leader) {
		return
	}
	p.Leader = -1
	for _, id := range p.Replicas {
		if c.serves(p, id) && slices.Contains(p.ISR, id) {
			p.Leader = id
			return
		}
	}
}

// grow lets replicas back into the ISR that have had the time to catch up.
func (c *Cluster) grow(p *Partition, now time.Time) {
	for _, id := range p.Replicas {
		if slices.Contains(p.ISR, id) || !c.serves(p, id) || p.Leader < 0 {
			delete(p.behind, id)
			continue
		}
		since, known := p.behind[id]
		if !known {
			p.behind[id] = now
			continue
		}
		if now.Sub(since) >= catchUpTime {
			p.ends[id] = end{disk: p.ends[id].disk, offset: c.end(p, p.Leader)}
			p.ISR = slices.Sorted(slices.Values(append(slices.Clone(p.ISR), id)))
			delete(p.behind, id)
		}
	}
}

// write is a client that writes one record with acks=all.
func (c *Cluster) write(p *Partition) {
	_, dead := c.lost[p.Leader]
	if p.Leader < 0 || !c.serves(p, p.Leader) || dead || len(p.ISR) < p.MinISR {
		return
	}
	for _, id := range p.ISR {
		if _, dead := c.lost[id]; dead || !c.serves(p, id) {
			return // not acknowledged before the ISR has shrunk
		}
	}
	offset := c.end(p, p.Leader) + 1
	for _, id := range p.ISR {
		p.ends[id] = end{disk: p.ends[id].disk, offset: offset}
	}
	p.Acknowledged = max(p.Acknowledged, offset)
}
