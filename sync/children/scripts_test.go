package children

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// node is a directory with stand-ins for Kafka's own scripts, in which the scripts of the kafka container can run.
type node struct {
	dir string
	env []string
}

func newNode(t *testing.T) *node {
	t.Helper()
	dir := t.TempDir()
	n := &node{dir: dir, env: []string{
		"PATH=" + os.Getenv("PATH"), "KAFKA_HOME=" + dir, "WAIT_DIR=" + dir, "BROKER_CONFIG=" + filepath.Join(dir, "config"),
	}}
	n.write(t, "config", "log.dirs="+dir+"/a,"+dir+"/b\ncontroller.quorum.voters=1@x:1,10@x:1,2@x:1\n")
	n.write(t, "bin/kafka-storage.sh",
		`printf '%s|' "$@" "opts=$KAFKA_OPTS" "jmx=$JMX_PORT" >>"$WAIT_DIR/formatted"; exit ${FORMAT_EXIT:-0}`)
	n.write(t, "bin/kafka-server-start.sh", `echo "started $1"; exec ${SERVER:-true}`)
	return n
}

func (n *node) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(n.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(name, ".sh") {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := os.WriteFile(path, []byte("#!/usr/bin/env bash\n"+text+"\n"), 0o755); err != nil { //nolint:gosec // a script
		t.Fatal(err)
	}
}

func (n *node) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(n.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (n *node) command(script string, arguments ...string) (*exec.Cmd, *bytes.Buffer) {
	command := exec.Command("bash", append([]string{"-c", script, "script"}, arguments...)...)
	var output bytes.Buffer
	command.Env, command.Stdout, command.Stderr = n.env, &output, &output
	return command, &output
}

func (n *node) run(script string, arguments ...string) (code int, output string) {
	command, out := n.command(script, arguments...)
	_ = command.Run() // the exit code says it
	return command.ProcessState.ExitCode(), out.String()
}

func TestStartFormatsAndLeavesWithKafkasExitCode(t *testing.T) {
	for _, test := range []struct {
		name, server string
		want         int
	}{{"success", "true", 0}, {"a crash", "false", 1}, {"asked to leave", "bash -c 'exit 143'", 0}} {
		t.Run(test.name, func(t *testing.T) {
			n := newNode(t)
			n.write(t, "server.sh", "exec "+test.server)
			n.env = append(n.env, "SERVER="+n.dir+"/server.sh", "CLUSTER_ID=abc", "KAFKA_OPTS=-javaagent:x", "JMX_PORT=1",
				"STORAGE_FORMAT_ARGUMENTS=--no-initial-controllers")
			code, output := n.run(startScript)
			if code != test.want || !strings.Contains(output, "started "+n.dir+"/config") {
				t.Errorf("exit code %d, want %d; output:\n%s", code, test.want, output)
			}
			want := "format|--cluster-id=abc|--ignore-formatted|--no-initial-controllers|-c|" + n.dir + "/config|opts=|jmx=|"
			if got := n.read(t, "formatted"); got != want {
				t.Errorf("formatted with %q, want %q", got, want)
			}
			for _, file := range []string{"do-not-exit-yet", "kafka.pid"} {
				if _, err := os.Stat(filepath.Join(n.dir, file)); err == nil {
					t.Errorf("%s is still there", file)
				}
			}
		})
	}
}

func TestStartDoesNotStartKafkaOnADiskThatCanNotBeFormatted(t *testing.T) {
	n := newNode(t)
	n.env = append(n.env, "CLUSTER_ID=abc", "FORMAT_EXIT=3")
	if code, output := n.run(startScript); code != 3 || strings.Contains(output, "started") {
		t.Errorf("exit code %d; output:\n%s", code, output)
	}
}

func TestStartFormatsNothingInZooKeeperMode(t *testing.T) {
	n := newNode(t)
	if code, output := n.run(startScript); code != 0 || !strings.Contains(output, "started") {
		t.Errorf("exit code %d; output:\n%s", code, output)
	}
	if _, err := os.Stat(filepath.Join(n.dir, "formatted")); err == nil {
		t.Error("kafka-storage.sh was called without a cluster id")
	}
}

func TestStartUpdatesRecordedVotersOnlyWhenTheyDiffer(t *testing.T) {
	const file = "a/__cluster_metadata-0/quorum-state"
	state := func(leader, epoch int, voters string) string {
		return fmt.Sprintf(`{"clusterId":"","leaderId":%d,"leaderEpoch":%d,"votedId":-1,"appliedOffset":0,`+
			`"currentVoters":[%s],"data_version":0}`, leader, epoch, voters)
	}
	const configured, turned = `{"voterId":1},{"voterId":2},{"voterId":10}`, `{"voterId":10},{"voterId":2},{"voterId":1}`
	dynamic := `{"leaderId":1,"leaderEpoch":4,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}`
	for _, test := range []struct{ name, before, after string }{
		{"the same", state(2, 7, configured), state(2, 7, configured)},
		{"in another order", state(2, 7, turned), state(2, 7, turned)},
		{"one less", state(2, 7, `{"voterId":1},{"voterId":2}`), state(-1, 8, configured)},
		{"a dynamic quorum records none", dynamic, dynamic},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := newNode(t)
			n.write(t, file, test.before)
			n.env = append(n.env, "CLUSTER_ID=abc")
			if code, output := n.run(startScript); code != 0 {
				t.Errorf("exit code %d; output:\n%s", code, output)
			}
			if got := n.read(t, file); got != test.after {
				t.Errorf("quorum-state is %s, want %s", got, test.after)
			}
		})
	}
}

// TestStartLeavesWhenItIsAskedToBeforeKafkaRuns: a Pod may be deleted while its disks are formatted. What a crash has
// left behind must not stand for the process to stop meanwhile.
func TestStartLeavesWhenItIsAskedToBeforeKafkaRuns(t *testing.T) {
	n := newNode(t)
	n.write(t, "bin/kafka-storage.sh", `echo formatting; until [[ -e $WAIT_DIR/go ]]; do sleep 0.05; done`)
	bystander := exec.Command("sleep", "60")
	if err := bystander.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = bystander.Process.Kill()
		if err := bystander.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Errorf("another process was stopped in Kafka's place: %v", err)
		}
	})
	n.write(t, "kafka.pid", strconv.Itoa(bystander.Process.Pid)+"\n")
	n.env = append(n.env, "CLUSTER_ID=abc")
	command, _ := n.command(startScript)
	command.Stdout = nil
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(output, make([]byte, len("formatting"))); err != nil {
		t.Fatal(err)
	}
	defer n.write(t, "go", "")
	if _, err := os.Stat(filepath.Join(n.dir, "kafka.pid")); err == nil {
		t.Fatal("kafka.pid names a process of the run before")
	}
	if code, text := n.run(stopScript); code != 0 {
		t.Errorf("pre-stop left with %d: %s", code, text)
	}
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	n.write(t, "go", "")
	rest, _ := io.ReadAll(output)
	if err := command.Wait(); err != nil {
		t.Errorf("an orderly stop is a failure of the container: %v", err)
	}
	if strings.Contains(string(rest), "started") {
		t.Errorf("Kafka was started all the same:\n%s", rest)
	}
}

// TestStopWaitsUntilKafkaHasLeft starts a Kafka that takes a moment to leave, and stops it as kubelet does: with the
// pre-stop script.
func TestStopWaitsUntilKafkaHasLeft(t *testing.T) {
	n := newNode(t)
	n.write(t, "server.sh",
		`trap 'sleep 0.3; echo >"$WAIT_DIR/left"; exit 143' TERM; echo ready; while :; do sleep 0.05; done`)
	n.env = append(n.env, "SERVER="+n.dir+"/server.sh")
	command, _ := n.command(startScript)
	command.Stdout = nil
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	for seen := []byte{}; !bytes.Contains(seen, []byte("ready")); {
		chunk := make([]byte, 64)
		size, err := output.Read(chunk)
		if err != nil {
			t.Fatalf("%v after %q", err, seen)
		}
		seen = append(seen, chunk[:size]...)
	}
	if code, text := n.run(stopScript); code != 0 {
		t.Errorf("pre-stop left with %d: %s", code, text)
	}
	if _, err := os.Stat(filepath.Join(n.dir, "left")); err != nil {
		t.Error("pre-stop did not wait for Kafka")
	}
	_, _ = io.Copy(io.Discard, output)
	if err := command.Wait(); err != nil {
		t.Errorf("an orderly stop is a failure of the container: %v", err)
	}
	if code, _ := n.run(stopScript); code != 0 {
		t.Error("pre-stop fails when Kafka has left already")
	}
}

const (
	leader   = "kafka_server_raft_metrics_current_state_leader 1.0\n"
	follower = "kafka_server_raft_metrics_current_state_follower 1\n"
	observer = "kafka_server_raft_metrics_current_state_observer 1.0\n"
	running  = "kafka_server_kafkaserver_brokerstate 3.0\n"
	recovery = "kafka_server_kafkaserver_brokerstate 2.0\n"
)

func TestReadiness(t *testing.T) {
	for _, test := range []struct {
		name, roles, metrics string
		open, ready          bool
	}{
		{"a leader", "controller", leader, false, true},
		{"a follower", "controller", follower, false, true},
		{"an observer", "controller", observer, false, false},
		{"no state yet", "controller", "x 1\n", false, false},
		{"no exporter", "controller", "", false, false},
		{"a running broker", "broker", running, true, true},
		{"a broker in recovery", "broker", recovery, true, false},
		{"a closed listener", "broker", running, false, false},
		{"an open listener, and a user's own exporter rules", "broker", "x 1\n", true, true},
		{"an open listener, and no exporter", "broker", "", true, true},
		{"both roles", "broker controller", running + follower, true, true},
		{"both roles, not in the quorum", "broker controller", running + observer, true, false},
		{"both roles, not running", "broker controller", recovery + leader, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := newNode(t)
			n.exporter(t, test.metrics)
			code, output := n.run(checkScript, "readiness", test.roles, listenerPort(t, test.open))
			if (code == 0) != test.ready {
				t.Errorf("exit code %d; output: %s", code, output)
			}
			if code != 0 && strings.TrimSpace(output) == "" {
				t.Error("it does not say why")
			}
		})
	}
}

// TestABrokerThatWasRunningIsNotAskedAgain: a scrape of a large broker is expensive.
func TestABrokerThatWasRunningIsNotAskedAgain(t *testing.T) {
	n := newNode(t)
	port := listenerPort(t, true)
	scrapes := n.exporter(t, running)
	for range 3 {
		if code, output := n.run(checkScript, "readiness", "broker", port); code != 0 {
			t.Fatal(output)
		}
	}
	if *scrapes != 1 {
		t.Errorf("%d scrapes for three checks", *scrapes)
	}
}

func TestLivenessFailsOnlyWhenTheJVMHangs(t *testing.T) {
	n := newNode(t)
	n.exporter(t, "") // refused
	if code, output := n.run(checkScript, "liveness", "broker", "0"); code != 0 {
		t.Errorf("a node without an exporter is killed: %s", output)
	}
	n.exporter(t, recovery)
	if code, output := n.run(checkScript, "liveness", "broker", "0"); code != 0 {
		t.Errorf("a broker in recovery is killed: %s", output)
	}
	n.env = append(n.env, "METRICS_PORT="+listenerPort(t, true)) // accepts, and says nothing
	if code, _ := n.run(checkScript, "liveness", "broker", "0"); code == 0 {
		t.Error("a JVM that hangs is alive")
	}
	n.env = append(n.env, "KRAFT_HEALTH_CHECK_SKIP=True")
	if code, output := n.run(checkScript, "liveness", "broker", "0"); code != 0 {
		t.Errorf("KRAFT_HEALTH_CHECK_SKIP is not heeded: %s", output)
	}
}

// exporter starts a JMX exporter with these metrics, or makes sure that there is none, and counts how often it is
// scraped.
func (n *node) exporter(t *testing.T, metrics string) *int {
	t.Helper()
	scrapes := new(int)
	port := listenerPort(t, false)
	if metrics != "" {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/metrics" {
				*scrapes++
				_, _ = io.WriteString(w, "# HELP\n"+metrics+"last 1\n")
			}
		}))
		t.Cleanup(server.Close)
		_, port, _ = net.SplitHostPort(server.Listener.Addr().String())
	}
	n.env = append(n.env, "METRICS_PORT="+port)
	return scrapes
}

// listenerPort is a port of this machine at which connections are accepted, or refused.
func listenerPort(t *testing.T, open bool) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if open {
		t.Cleanup(func() { _ = listener.Close() })
	} else if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}
