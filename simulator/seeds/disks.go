package seeds

import (
	"fmt"
	"strconv"

	"github.com/kompositor/kompositor/simulator"
)

// disks are what befalls log directories: disks come and go, mostly of the brokers that are no controllers, and are
// taken back, for there are few paths; they fail, and are given up; and Kafka's own tool moves replicas between them.
func disks() []choice {
	const seldom = 8 // a controller is asked for a second disk, which is a mistake
	return []choice{
		{4, func(d *drawer) simulator.Deed {
			size := 10
			if d.shape.Class != "fixed" {
				size += d.IntN(3)
			}
			return deed("add-disk", "group", "broker", "path", d.path(1), "size", strconv.Itoa(size)+"Gi")
		}},
		{4, func(d *drawer) simulator.Deed { return deed("remove-disk", "group", "broker", "path", d.path(1)) }},
		{1, func(d *drawer) simulator.Deed { return deed("remove-disk", "group", "broker", "path", d.path(0)) }},
		{2, func(d *drawer) simulator.Deed {
			if d.IntN(seldom) == 0 {
				return deed("add-disk", "group", d.group(), "path", d.path(1))
			}
			return deed("add-disk", "broker", d.diskful(), "path", d.path(1))
		}},
		{1, func(d *drawer) simulator.Deed { return deed("remove-disk", "broker", d.diskful(), "path", d.path(1)) }},
		{3, func(d *drawer) simulator.Deed {
			d.failed = []string{"broker", d.diskful(), "path", d.path(0)}
			return deed("fail-disk", d.failed...)
		}},
		{3, func(d *drawer) simulator.Deed { return deed("delete-claim", d.failed...) }},
		{2, func(d *drawer) simulator.Deed {
			return deed("move-replicas", "broker", d.diskful(), "path", d.path(0), "topic", d.one("orders", "invoices"))
		}},
	}
}

// path is where one of a few disks is mounted, of those from the first on.
func (d *drawer) path(first int) string {
	const paths = 3
	return fmt.Sprintf("/kafka-logs-%d", first+d.IntN(paths-first))
}

// diskful is a broker that may have several disks, one that was added perhaps.
func (d *drawer) diskful() string {
	_, ids := d.shape.groups()
	members := d.shape.members()
	return strconv.Itoa(members - len(ids["broker"]) + d.IntN(len(ids["broker"])+spare))
}
