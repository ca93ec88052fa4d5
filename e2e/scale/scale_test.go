package scale

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kompositor/kompositor/e2e/cruisecontrol"
	"github.com/kompositor/kompositor/e2e/live"
)

const (
	// broker is the one that comes and goes.
	broker = 103
	name   = "large-103"
	// address is where Cruise Control is played.
	address = "127.0.0.1:8090"
	// changePatience bounds the coming or going of a broker, with a task that has failed and is run again.
	changePatience = 4 * time.Minute
)

// cruiseControl has the operator ask the one that is played, and bounds what is moved at a time.
const cruiseControl = `
cruiseControlConfig:
  cruiseControlEndpoint: ` + address + `
  cruiseControlOperationSpec:
    parameters:
      replication_throttle: "4000000"
      concurrent_partition_movements_per_broker: "8"
`

// scaled is a live cluster with its Cruise Control.
type scaled struct {
	*live.Cluster
	control *cruisecontrol.Server
	marks   []mark
	// brokeDown is when breaksDown has killed all.
	brokeDown time.Time
}

// Three brokers become four and three again under load, twice; the second time Cruise Control crashes and the
// operator is killed while the fourth is being emptied. No acknowledged record is lost, and the broker's disk goes only
// when Kafka itself says that nothing is on it.
func TestBrokersComeAndGo(t *testing.T) {
	c := &scaled{Cluster: live.New(t, &run, live.Config{
		Sample: "kafkacluster-kraft-separate.yaml", Spec: cruiseControl,
		Load: live.Load{Every: 10 * time.Millisecond, Records: 20, Size: 256},
	})}
	c.control = cruisecontrol.New(cruisecontrol.Config{Bootstrap: c.Bootstrap, Address: address})
	c.start()
	t.Cleanup(func() { c.control.Stop() })
	var all []live.Measured
	var comes, goes times
	step := func(name string, story func()) {
		passed := t.Run(name, func(t *testing.T) {
			c.T, c.marks = t, nil
			all = append(all, c.Measure(name, story))
		})
		if len(all)%2 == 1 {
			comes.add(name, c.marks)
		} else {
			goes.add(name, c.marks)
		}
		if c.T = t; !passed {
			t.FailNow()
		}
	}
	step("a broker comes", c.comes)
	step("it goes", func() { c.goes(func() {}) })
	step("it comes back, with an empty disk", c.comes)
	step("it goes, and all that moves it breaks down", func() {
		c.control.CrashAt(10)
		c.goes(c.breaksDown)
		c.wasRunAgain()
	})
	c.Traffic.End()
	live.Table(t, all)
	t.Logf("\n%s\n%s", &comes, &goes)
}

func (c *scaled) start() {
	c.T.Helper()
	if err := c.control.Start(); err != nil {
		c.T.Fatal(err)
	}
}

// nodes are the sample's, with these brokers.
func nodes(brokers ...int) string {
	var text strings.Builder
	text.WriteString("brokers:\n")
	for _, id := range []int{0, 1, 2} {
		fmt.Fprintf(&text, "- {id: %d, brokerConfigGroup: controller}\n", id)
	}
	for _, id := range brokers {
		fmt.Fprintf(&text, "- {id: %d, brokerConfigGroup: broker}\n", id)
	}
	return text.String()
}

// comes adds the broker, and waits until it has its share of the replicas and the operator says so.
func (c *scaled) comes() {
	began, tasks := time.Now(), len(c.control.Started())
	reached := func(what string) { c.marks = append(c.marks, mark{what, time.Since(began)}) }
	c.Change(nodes(100, 101, 102, broker))
	c.CallUntil("the broker to be ready", changePatience, func() string {
		return live.MissingUnless(c.IsReady(name), "it is not")
	})
	reached("its Pod is ready")
	c.CallUntil("Cruise Control to be told", changePatience, func() string { return c.notStarted(tasks) })
	reached("Cruise Control is told to give it replicas")
	c.CallUntil("its share of the records", changePatience, func() string {
		_, of := c.control.Progress()
		return live.MissingUnless(of == 0 && c.Sampler.On(broker) > 0, "replicas are being moved")
	})
	reached("it has its replicas, and nothing is moved any more")
	c.T.Logf("it has %d replicas", c.Sampler.On(broker))
	c.CallUntil("the operator to know", changePatience, func() string {
		if state := c.gracefulState(); state != "GracefulUpscaleSucceeded" {
			return "its state is " + state
		}
		return c.NotSettled()
	})
	reached("the operator takes it for done")
	if started := c.control.Started()[tasks:]; len(started) != 1 || !isFor(started[0], "add_broker") {
		c.T.Errorf("Cruise Control was told: %v", started)
	}
	if records := c.records(); records != live.Partitions*3/4 {
		c.T.Errorf("broker %d has %d replicas of %s", broker, records, live.Topic)
	}
}

// goes removes the broker. During is done in each look, while it is emptied.
func (c *scaled) goes(during func()) {
	began, tasks := time.Now(), len(c.control.Started())
	reached := func(what string) { c.marks = append(c.marks, mark{what, time.Since(began)}) }
	watched := newDeparture(c.Cluster, broker)
	c.Leaves, c.BeforeCalls = name, during
	defer func() { c.Leaves, c.BeforeCalls = "", nil }()
	c.Change(nodes(100, 101, 102))
	c.CallUntil("Cruise Control to be told", changePatience, func() string { return c.notStarted(tasks) })
	reached("Cruise Control is told to empty it")
	c.CallUntil("it to be empty", changePatience, func() string {
		return live.MissingUnless(c.Sampler.On(broker) == 0, fmt.Sprintf("it has %d replicas", c.Sampler.On(broker)))
	})
	reached("Kafka says that it is empty")
	c.CallUntil("all of it to be gone", changePatience, func() string {
		_, gone := watched.at("ConfigMap is gone")
		return live.MissingUnless(gone, "some of it is there")
	})
	for _, what := range order {
		if at, happened := watched.at(what); happened {
			c.marks = append(c.marks, mark{"its " + what, at.Sub(began)})
		}
	}
	watched.check()
	c.CallUntil("the operations to have ended", changePatience, func() string {
		if missing := c.running(); missing != "" {
			return missing
		}
		return c.NotSettled()
	})
	reached("the operator takes it for done")
	for _, started := range c.control.Started()[tasks:] {
		if !isFor(started, "remove_broker") {
			c.T.Errorf("Cruise Control was told: %s", started)
		}
	}
}

// breaksDown kills the operator once Cruise Control has crashed in the midst of its moves, and brings both back after a
// while. Kafka goes on with what it was told to move, and Cruise Control knows nothing of it.
func (c *scaled) breaksDown() {
	const away = 2 * time.Second
	switch {
	case c.brokeDown.IsZero() && !c.control.Running():
		run.Product.Kill()
		c.Down, c.brokeDown = true, time.Now()
	case c.Down && time.Since(c.brokeDown) > away:
		c.T.Logf("broker %d has %d replicas when Cruise Control comes back", broker, c.Sampler.On(broker))
		c.start()
		if err := run.Product.Start(); err != nil {
			c.T.Fatal(err)
		}
		if err := run.Product.WaitReady(c.T.Context()); err != nil {
			c.T.Fatal(err)
		}
		c.Down = false
	}
}

// wasRunAgain checks that the removal was interrupted, and that the operator has seen that and begun anew.
func (c *scaled) wasRunAgain() {
	if c.brokeDown.IsZero() {
		c.T.Error("nothing was killed")
	}
	retries := int64(0)
	for _, operation := range c.Operations() {
		n, _, _ := unstructured.NestedInt64(operation.Object, "status", "retryCount")
		retries += n
	}
	if retries == 0 {
		c.T.Error("no operation was run again")
	}
}

// notStarted says what the operator waits for until Cruise Control has been told more than so many tasks.
func (c *scaled) notStarted(tasks int) string {
	why := "the operator says nothing of it"
	if rebalancing := c.Condition("Rebalancing"); rebalancing != nil {
		why = rebalancing.Message
	}
	return live.MissingUnless(len(c.control.Started()) > tasks, why)
}

// isFor says that a task was asked for, with the CR's limits.
func isFor(request, endpoint string) bool {
	_, query, _ := strings.Cut(request, "/kafkacruisecontrol/"+endpoint+"?")
	parameters := strings.Split(query, "&")
	return slices.Contains(parameters, fmt.Sprintf("brokerid=%d", broker)) &&
		slices.Contains(parameters, "replication_throttle=4000000") && slices.Contains(parameters, "dryrun=false")
}

// running says which operation has not ended.
func (c *scaled) running() string {
	for _, operation := range c.Operations() {
		state, _, _ := unstructured.NestedString(operation.Object, "status", "currentTask", "state")
		if state != "Completed" {
			return operation.GetName() + " is " + state
		}
	}
	return ""
}

// gracefulState is what the status says of the broker's data, in Koperator's words.
func (c *scaled) gracefulState() string {
	c.T.Helper()
	var status struct {
		BrokersState map[string]struct {
			GracefulActionState struct{ CruiseControlState string }
		}
	}
	c.Status(&status)
	return status.BrokersState[strconv.Itoa(broker)].GracefulActionState.CruiseControlState
}

// records asks Kafka how many replicas of the records the broker holds.
func (c *scaled) records() (replicas int) {
	c.T.Helper()
	admin, topic := c.Admin(), live.Topic
	defer admin.Close()
	live.Until(c.T, "Kafka to tell where its replicas are", func() string {
		metadata, err := admin.GetMetadata(&topic, false, 5000)
		if err != nil {
			return err.Error()
		}
		replicas = live.On(metadata, broker)
		return ""
	})
	return replicas
}
