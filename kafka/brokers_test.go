//go:build brokers

package kafka

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kompositor/kompositor/sync"
)

// These tests ask real brokers, of all the versions that make kafka-dist has fetched: nodes of a KRaft cluster as
// processes on loopback. Run them with go test -tags brokers ./kafka/.

// clusterID is given at formatting.
const clusterID = "6P1sQ9XgR_qk5Lm0rTqWxw"

// nodes is a cluster of real brokers, each a controller too.
type nodes struct {
	t    *testing.T
	dir  string
	home string // Kafka's
	all  []*node
}

// node is one process.
type node struct {
	id, plain, sasl, tls, controller int // the id, and the ports
	directory                        string
	cmd                              *exec.Cmd
}

func (n *node) address() string      { return fmt.Sprintf("127.0.0.1:%d", n.plain) }
func (n *node) loginAddress() string { return fmt.Sprintf("127.0.0.1:%d", n.sasl) }
func (n *node) tlsAddress() string   { return fmt.Sprintf("127.0.0.1:%d", n.tls) }

// eachVersion runs a test with each version of Kafka.
func eachVersion(t *testing.T, test func(t *testing.T, home string)) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	versions, err := os.ReadFile(filepath.Join(root, "e2e", "kafka", "dist", "versions"))
	if err != nil {
		t.Fatal(err)
	}
	cache := os.Getenv("KOMPOSITOR_CACHE")
	if cache == "" {
		cache = filepath.Join(root, ".cache", "e2e")
	}
	for version := range strings.FieldsSeq(string(versions)) {
		t.Run(version, func(t *testing.T) {
			home := filepath.Join(cache, "kafka", version, "kafka", "opt", "kafka")
			if _, err := os.Stat(home); err != nil {
				t.Fatalf("there is no Kafka %s: run make kafka-dist: %v", version, err)
			}
			test(t, home)
		})
	}
}

// shape is what differs between clusters.
type shape struct {
	size int
	// static is a quorum as it was before KIP-853.
	static bool
	// release is the release whose metadata version it is formatted with, empty for the newest.
	release    string
	properties string // more of them
	// keystore and truststore are PEM files of a listener with TLS, which asks clients for a certificate; empty for none.
	keystore, truststore string
}

// tls are the listener's properties.
func (of *shape) tls(n *node) string {
	if of.keystore == "" {
		return ""
	}
	listeners := fmt.Sprintf("PLAIN://127.0.0.1:%d,SASL://127.0.0.1:%d,TLS://127.0.0.1:%d", n.plain, n.sasl, n.tls)
	return fmt.Sprintf(`listeners=%[1]s,CONTROLLER://127.0.0.1:%[2]d
advertised.listeners=%[1]s
listener.security.protocol.map=PLAIN:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT
listener.name.tls.ssl.client.auth=required
listener.name.tls.ssl.keystore.type=PEM
listener.name.tls.ssl.keystore.location=%[3]s
listener.name.tls.ssl.truststore.type=PEM
listener.name.tls.ssl.truststore.location=%[4]s
`, listeners, n.controller, of.keystore, of.truststore)
}

// start formats and starts a cluster, and waits until all its brokers are live.
func start(t *testing.T, home string, of shape) *nodes {
	t.Helper()
	began := time.Now()
	c := &nodes{t: t, dir: t.TempDir(), home: home}
	ports := freePorts(t, 4*of.size)
	voters := make([]string, 0, of.size)
	for id := range of.size {
		n := &node{id: id, plain: ports[4*id], sasl: ports[4*id+1], tls: ports[4*id+2], controller: ports[4*id+3]}
		n.directory = uuidText([16]byte{'d', 'i', 'r', byte(id), 15: byte(id + 1)})
		voters = append(voters, fmt.Sprintf("%d@127.0.0.1:%d:%s", id, n.controller, n.directory))
		c.all = append(c.all, n)
	}
	var format []string
	if of.release != "" {
		format = append(format, "--release-version", of.release)
	}
	if !of.static {
		format = append(format, "--initial-controllers", strings.Join(voters, ","))
	}
	t.Cleanup(c.end)
	formatted := make(chan error, of.size)
	for _, n := range c.all {
		c.configure(n, &of)
		go func() {
			output, err := c.script("kafka-storage.sh",
				append([]string{"format", "-t", clusterID, "-c", c.path(n, "properties")}, format...)...).CombinedOutput()
			if err != nil {
				err = fmt.Errorf("format node %d: %w: %s", n.id, err, output)
			}
			formatted <- err
		}()
	}
	for range c.all {
		if err := <-formatted; err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range c.all {
		c.run(n)
	}
	c.live()
	t.Logf("%d nodes are live after %.1f s", of.size, time.Since(began).Seconds())
	return c
}

func (c *nodes) path(n *node, name string) string {
	return filepath.Join(c.dir, fmt.Sprintf("%d-%s", n.id, name))
}

func (c *nodes) configure(n *node, of *shape) {
	c.t.Helper()
	var addresses, voters []string
	for _, other := range c.all {
		addresses = append(addresses, fmt.Sprintf("127.0.0.1:%d", other.controller))
		voters = append(voters, fmt.Sprintf("%d@127.0.0.1:%d", other.id, other.controller))
	}
	quorum := "bootstrap.servers=" + strings.Join(addresses, ",")
	if of.static {
		quorum = "voters=" + strings.Join(voters, ",")
	}
	// The cleaner's buffer is half of the heap by default, and a node that starts on a busy machine runs out of memory.
	text := fmt.Sprintf(`process.roles=broker,controller
node.id=%[1]d
broker.rack=rack-%[1]d
listeners=PLAIN://127.0.0.1:%[2]d,SASL://127.0.0.1:%[3]d,CONTROLLER://127.0.0.1:%[4]d
advertised.listeners=PLAIN://127.0.0.1:%[2]d,SASL://127.0.0.1:%[3]d
listener.security.protocol.map=PLAIN:PLAINTEXT,SASL:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAIN
controller.listener.names=CONTROLLER
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
log.dirs=%[5]s,%[6]s
controller.quorum.fetch.timeout.ms=2345
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
replica.lag.time.max.ms=3000
auto.leader.rebalance.enable=false
log.cleaner.dedupe.buffer.size=4194304
controller.quorum.%[7]s
%[8]s
`, n.id, n.plain, n.sasl, n.controller, c.path(n, "a"), c.path(n, "b"), quorum, of.properties)
	text += of.tls(n) // of a key that is there twice, Java takes the last
	if err := os.WriteFile(c.path(n, "properties"), []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *nodes) script(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.home, "bin", name), args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "KAFKA_HEAP_OPTS=-Xms64m -Xmx256m",
		"KAFKA_JVM_PERFORMANCE_OPTS=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto")
	// Whatever becomes of the test, its brokers do not outlive it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// run starts a node that is formatted.
func (c *nodes) run(n *node) {
	c.t.Helper()
	log, err := os.OpenFile(c.path(n, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	n.cmd = c.script("kafka-server-start.sh", c.path(n, "properties"))
	n.cmd.Stdout, n.cmd.Stderr = log, log
	if err := n.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
}

func (c *nodes) signal(n *node, signal syscall.Signal) {
	c.t.Helper()
	if err := n.cmd.Process.Signal(signal); err != nil {
		c.t.Fatal(err)
	}
	if signal == syscall.SIGKILL {
		_ = n.cmd.Wait() // it was killed
	}
}

// to is the connection of an administrator.
func (c *nodes) to() sync.KafkaConnection {
	connection := sync.KafkaConnection{Cluster: "data/" + c.t.Name(), Protocol: "PLAINTEXT"}
	for _, n := range c.all {
		connection.Bootstrap = append(connection.Bootstrap, n.address())
	}
	return connection
}

// live waits until as many nodes as run are live brokers, in the eyes of each of them.
func (c *nodes) live() {
	c.t.Helper()
	var running []*user
	for _, n := range c.all {
		if n.cmd.ProcessState == nil {
			to := c.to()
			to.Cluster, to.Bootstrap = fmt.Sprintf("%s/%d", to.Cluster, n.id), []string{n.address()}
			running = append(running, newUser(c.t, to))
		}
	}
	until(c.t, fmt.Sprintf("%d live brokers", len(running)), func() bool {
		return !slices.ContainsFunc(running, func(u *user) bool {
			client, err := u.adapter.pool.get(&u.to.Connection)
			if err != nil {
				c.t.Fatal(err)
			}
			defer client.release()
			client.via = client.narrow.SeedBrokers()[0]
			ctx, cancel := bounded(c.t.Context())
			defer cancel()
			cluster, err := client.cluster(ctx)
			return err != nil || len(cluster.Brokers) != len(running)
		})
	})
}

// end kills what still runs, and shows the end of every log if the test failed.
func (c *nodes) end() {
	for _, n := range c.all {
		if n.cmd != nil && n.cmd.ProcessState == nil {
			_ = n.cmd.Process.Kill()
			_ = n.cmd.Wait()
		}
		if c.t.Failed() {
			text, _ := os.ReadFile(c.path(n, "log"))
			lines := slices.DeleteFunc(strings.Split(string(text), "\n"), func(line string) bool {
				return !strings.Contains(line, "ERROR") && !strings.HasPrefix(line, "java.lang.")
			})
			c.t.Logf("node %d complains:\n%s", n.id, strings.Join(lines[max(0, len(lines)-15):], "\n"))
		}
	}
}

func freePorts(t *testing.T, count int) []int {
	t.Helper()
	ports := make([]int, 0, count)
	for range count {
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = listener.Close() }()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports
}
