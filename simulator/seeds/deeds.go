package seeds

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/kompositor/kompositor/simulator"
)

// choice is one thing that users, nodes and others do in a script, and how often it is drawn.
type choice struct {
	weight int
	draw   func(*drawer) simulator.Deed
}

// drawer draws the deeds of one cluster.
type drawer struct {
	*rand.Rand
	shape *Shape
	// failed is the disk that was drawn last to fail, as a deed has it.
	failed []string
}

// drawScript draws what is done to a cluster, mostly while the deed before has not come to its end.
func drawScript(chance *rand.Rand, shape *Shape) []simulator.Deed {
	d := &drawer{Rand: chance, shape: shape}
	all, sum := choices(), 0
	if shape.Unguarded {
		all = append(all, mistakes()...)
	}
	for _, c := range all {
		sum += c.weight
	}
	var script []simulator.Deed
	if shape.Control {
		script = append(script, deed("cruise-control"))
	}
	for range 2 + chance.IntN(7) {
		at := chance.IntN(sum)
		for _, c := range all {
			if at -= c.weight; at < 0 {
				next := c.draw(d)
				next.After = chance.IntN(40)
				script = append(script, next)
				break
			}
		}
	}
	const one = 25 // of so many clusters is deleted in the end
	if chance.IntN(one) == 0 {
		last := deed("delete")
		last.After = chance.IntN(40)
		script = append(script, last)
	}
	return script
}

// deed makes a deed of name=value pairs.
func deed(command string, pairs ...string) simulator.Deed {
	d := simulator.Deed{Command: command, Arguments: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		d.Arguments[pairs[i]] = pairs[i+1]
	}
	return d
}

// choices are all that can be drawn.
func choices() []choice { return slices.Concat(harms(), edits(), disks(), tools()) }

// harms are what befalls Pods, disks and nodes.
func harms() []choice {
	of := func(command string) func(*drawer) simulator.Deed {
		return func(d *drawer) simulator.Deed { return deed(command, "broker", d.broker()) }
	}
	return []choice{
		{3, of("kill")},
		{3, of("delete-pod")},
		{2, of("lose-disk")},
		{1, of("evict")},
		{2, of("fill")},
		{2, of("node-down")},
		{1, of("node-remove")},
		{3, func(*drawer) simulator.Deed { return deed("mend-nodes") }},
		{1, func(d *drawer) simulator.Deed { return deed("zone-down", "zone", "zone-"+string(rune('a'+d.IntN(3)))) }},
	}
}

// edits are changes of the KafkaCluster.
func edits() []choice {
	return []choice{
		{4, func(d *drawer) simulator.Deed { return deed("add-broker", "id", d.newcomer(), "group", "broker") }},
		{4, func(d *drawer) simulator.Deed { return deed("remove-broker", "id", d.leaver()) }},
		{1, func(d *drawer) simulator.Deed { return deed("remove-broker", "id", d.broker()) }},
		{2, func(d *drawer) simulator.Deed {
			return deed("grow", "group", d.group(), "size", strconv.Itoa(11+d.IntN(9))+"Gi")
		}},
		{3, func(d *drawer) simulator.Deed {
			return deed("set", "clusterImage", d.image())
		}},
		{3, func(d *drawer) simulator.Deed {
			return deed("annotate", "kompositor.io/restart", strconv.Itoa(d.IntN(3)))
		}},
		{4, func(d *drawer) simulator.Deed {
			return deed("set", "readOnlyConfig", "queued.max.requests="+strconv.Itoa(500+d.IntN(4)))
		}},
		{2, func(d *drawer) simulator.Deed {
			return deed("set", "clusterWideConfig", "log.retention.ms="+strconv.Itoa(d.IntN(3)),
				"brokerConfigGroups."+d.group()+".config", "num.io.threads="+strconv.Itoa(1+d.IntN(20)))
		}},
		{2, func(d *drawer) simulator.Deed {
			return deed("set", "rollingUpgradeConfig.concurrentBrokerRestartCountPerRack", strconv.Itoa(1+d.IntN(3)),
				"rollingUpgradeConfig.restorePreferredLeaders", strconv.FormatBool(d.IntN(2) == 0))
		}},
		{1, func(d *drawer) simulator.Deed { return deed("annotate", "kompositor.io/pause", d.one("true", "")) }},
		{1, func(d *drawer) simulator.Deed {
			return deed("annotate", "kompositor.io/accept-unavailability", d.one("true", ""))
		}},
		{1, func(d *drawer) simulator.Deed {
			return deed("set", "rollingUpgradeConfig.failureThreshold", d.one("-1", "1", "2"))
		}},
	}
}

// mistakes are edits that our CRDs let nobody make, and their mending.
func mistakes() []choice {
	return []choice{
		{4, func(d *drawer) simulator.Deed { return deed("set", "kRaft", d.one("true", "perhaps")) }},
		{2, func(*drawer) simulator.Deed { return edit("KafkaTopic", "invoices", "partitions", "0") }},
		{2, func(d *drawer) simulator.Deed {
			return edit("KafkaUser", "shop", "secretName", d.one("7", "shop-login"))
		}},
	}
}

// tools are what others do to Cruise Control, to Kafka, and to topics and users.
func tools() []choice {
	return []choice{
		{2, func(d *drawer) simulator.Deed {
			return deed("cruise-control", "do", d.one("restart", "down", "up", "slow", "fast", "lose-answers", "rebalance"))
		}},
		{1, func(d *drawer) simulator.Deed {
			return deed("kafka-configs", "log.retention.ms", strconv.Itoa(d.IntN(9)))
		}},
		{1, func(*drawer) simulator.Deed { return deed("alter-topic", "name", "invoices", "retention.ms", "1") }},
		{1, func(*drawer) simulator.Deed { return deed("delete-topic", "name", "invoices") }},
		{1, func(*drawer) simulator.Deed { return deed("drop-login", "user", "shop") }},
		{2, func(d *drawer) simulator.Deed {
			return edit("KafkaTopic", "invoices", d.one("partitions", "replicationFactor"), strconv.Itoa(1+d.IntN(9)))
		}},
		{1, func(d *drawer) simulator.Deed {
			return edit("KafkaTopic", "invoices", "config/min.insync.replicas", strconv.Itoa(1+d.IntN(4)))
		}},
		{1, func(d *drawer) simulator.Deed {
			return edit("KafkaUser", "shop", "quotas.producerByteRate", strconv.Itoa(1024*d.IntN(3)))
		}},
		{1, func(d *drawer) simulator.Deed {
			return deed("add-acl", "principal", "User:shop", "topic", d.one("orders", "audit"), "operation", "write")
		}},
		{1, func(*drawer) simulator.Deed { return remove("KafkaTopic", "invoices") }},
		{1, func(*drawer) simulator.Deed { return remove("KafkaUser", "shop") }},
		{1, func(*drawer) simulator.Deed { return deed("crash") }},
	}
}

// edit changes a field of a topic or user.
func edit(kind, name, path, value string) simulator.Deed {
	return deed("edit", "kind", kind+".kafka.banzaicloud.io/v1alpha1", "namespace", "kafka", "name", name, path, value)
}

// remove is the deletion of a topic or user.
func remove(kind, name string) simulator.Deed {
	return deed("delete", "kind", kind+".kafka.banzaicloud.io/v1alpha1", "namespace", "kafka", "name", name)
}

// one is one of several texts.
func (d *drawer) one(texts ...string) string { return texts[d.IntN(len(texts))] }

// members is how many brokers and controllers the cluster begins with.
func (s *Shape) members() int { return s.Brokers + s.Controllers }

// broker is any broker or controller, one that was added perhaps.
func (d *drawer) broker() string { return strconv.Itoa(d.IntN(d.shape.members() + spare)) }

// newcomer is the id of a broker that can be added, leaver of one that can be taken away again.
func (d *drawer) newcomer() string { return strconv.Itoa(d.shape.members() + d.IntN(spare)) }

func (d *drawer) leaver() string {
	const last = 2 // brokers that the cluster begins with
	return strconv.Itoa(max(0, d.shape.members()-last) + d.IntN(last+spare))
}

// group is a broker config group that has brokers.
func (d *drawer) group() string {
	names, ids := d.shape.groups()
	for {
		if name := names[d.IntN(len(names))]; len(ids[name]) > 0 {
			return name
		}
	}
}
