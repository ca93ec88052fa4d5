package scale

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	gosync "sync"
	"testing"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/live"
)

// departure watches the objects of a broker that leaves. At each step it asks Kafka itself what the broker holds.
type departure struct {
	t      *testing.T
	broker int32
	admin  *confluent.AdminClient

	mu    gosync.Mutex
	seen  map[string]bool
	steps []step
}

// step is something that has happened to an object.
type step struct {
	// revision is that of the API server: it orders what has happened to objects of all kinds.
	revision int
	at       time.Time
	what     string
	// replicas are those that the broker holds, as Kafka says at that moment.
	replicas int
	// onDisk are the partitions that lie on the disk of a claim at that moment.
	onDisk []string
}

// newDeparture watches from now on.
func newDeparture(c *live.Cluster, broker int32) *departure {
	c.T.Helper()
	d := &departure{t: c.T, broker: broker, admin: c.Admin(), seen: map[string]bool{}}
	client := c.Run.Control.Client
	for _, kind := range []string{"Pod", "PersistentVolumeClaim", "ConfigMap"} {
		resource, err := client.Kind(c.T.Context(), "v1", kind)
		if err != nil {
			c.T.Fatal(err)
		}
		watch, err := client.Follow(c.T.Context(), resource, c.Key.Namespace, func(event kube.Event, object *kube.Object) {
			if object.GetLabels()["brokerId"] != strconv.Itoa(int(broker)) {
				return
			}
			if event == kube.Deleted || object.GetDeletionTimestamp() != nil {
				d.note(event, object, c.Run.Dir)
			}
		})
		if err != nil {
			c.T.Fatal(err)
		}
		c.T.Cleanup(watch.Close)
	}
	c.T.Cleanup(d.admin.Close)
	return d
}

func (d *departure) note(event kube.Event, object *kube.Object, dir string) {
	now := step{at: time.Now(), what: object.GetKind() + " is to go"}
	if event == kube.Deleted {
		now.what = object.GetKind() + " is gone"
	}
	if !d.first(now.what) {
		return
	}
	now.replicas = d.replicas()
	if object.GetKind() == "PersistentVolumeClaim" {
		all := partitionsOn(filepath.Join(dir, "claims", string(object.GetUID())))
		now.onDisk = slices.DeleteFunc(slices.Clone(all), func(name string) bool { return name == metadataLog })
		if len(all) == len(now.onDisk) {
			d.t.Errorf("claim %s is no disk of a broker: it has no %s", object.GetName(), metadataLog)
		}
	}
	var err error
	if now.revision, err = strconv.Atoi(object.GetResourceVersion()); err != nil {
		d.t.Error(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.steps = append(d.steps, now)
}

// first says that this has not happened before: a Pod that is to go changes several times until it is gone.
func (d *departure) first(what string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	before := d.seen[what]
	d.seen[what] = true
	return !before
}

// replicas counts what Kafka says to be on the broker, -1 for no answer.
func (d *departure) replicas() int {
	for deadline := time.Now().Add(live.Patience); time.Now().Before(deadline); {
		if metadata, err := d.admin.GetMetadata(nil, true, 5000); err == nil {
			return live.On(metadata, d.broker)
		}
	}
	return -1
}

// inOrder are the steps so far, as the API server orders them.
func (d *departure) inOrder() []step {
	d.mu.Lock()
	defer d.mu.Unlock()
	steps := slices.Clone(d.steps)
	slices.SortFunc(steps, func(a, b step) int { return a.revision - b.revision })
	return steps
}

// at is when something has happened; false before.
func (d *departure) at(what string) (time.Time, bool) {
	for _, step := range d.inOrder() {
		if step.what == what {
			return step.at, true
		}
	}
	return time.Time{}, false
}

// order is the only one in which a broker's objects may go: the disk after the broker, and what the broker was drawn
// from after the disk.
var order = []string{
	"Pod is to go", "Pod is gone", "PersistentVolumeClaim is to go", "PersistentVolumeClaim is gone", "ConfigMap is gone",
}

// check fails unless all has gone in order, and nothing before Kafka said that the broker is empty.
func (d *departure) check() {
	d.t.Helper()
	var happened []string
	for _, step := range d.inOrder() {
		happened = append(happened, step.what)
		if step.replicas != 0 {
			d.t.Errorf("%s, and Kafka says that broker %d holds %d replicas", step.what, d.broker, step.replicas)
		}
		if len(step.onDisk) > 0 {
			d.t.Errorf("%s, and on its disk are %v", step.what, step.onDisk)
		}
	}
	if !slices.Equal(happened, order) {
		d.t.Errorf("what has happened: %s; not in this order: %s", strings.Join(happened, ", "), strings.Join(order, ", "))
	}
}

// partitionFolder is a folder of a partition of which Kafka has not said that it is deleted. Kafka renames what it
// deletes, and removes it a minute later (file.delete.delay.ms).
var partitionFolder = regexp.MustCompile(`^.+-\d+$`)

// metadataLog is the partition that every node has.
const metadataLog = "__cluster_metadata-0"

// partitionsOn are the partitions that lie below a claim's folder.
func partitionsOn(claim string) (partitions []string) {
	_ = filepath.WalkDir(claim, func(_ string, entry os.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return nil //nolint:nilerr // what goes while it is looked at is not there
		}
		if partitionFolder.MatchString(entry.Name()) {
			partitions = append(partitions, entry.Name())
		}
		return nil
	})
	return partitions
}
