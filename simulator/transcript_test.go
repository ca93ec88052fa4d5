package simulator

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/metacontroller"
)

// The transcripts below testdata tell stories; go test ./simulator -rewrite writes them anew. A story begins with
//
//	world [seed=1] [nodes=3] [hook=cluster|toy]	with nothing in it, or
//	ready [seed=1] [nodes=3] [cluster=demo|racks] [authorizer=class]	with a cluster that is Ready, and topic orders that
//	                                                                 	clients write to
//	koperator	with a cluster that Koperator has left; label [kind=Pod] gives its objects the label that they need
//
// and goes on with the commands of World.Do, with run [until=ready] [bound=300], with wait seconds=60, and with table,
// topics, users, volumes, leaders, log-dirs, operations, ports or drawn-by. What happens meanwhile is the expected
// text, but between hush and tell.
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		teller := &teller{}
		datadriven.RunTest(t, path, teller.run)
		if teller.world == nil {
			return
		}
		for _, breach := range teller.world.Breaches() {
			t.Errorf("%s: %s", path, breach)
		}
	})
}

// Every story is listed in docs/stories.md, and no other.
func TestStoriesAreListed(t *testing.T) {
	page, err := os.ReadFile("../docs/stories.md")
	if err != nil {
		t.Fatal(err)
	}
	table, _, _ := strings.Cut(string(page), "## To tell another one")
	var listed []string
	for line := range strings.Lines(table) {
		if cells := strings.Split(line, " | "); strings.HasPrefix(line, "| ") && len(cells) > 1 {
			for _, quoted := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(cells[len(cells)-2], -1) {
				listed = append(listed, quoted[1])
			}
		}
	}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		files[i] = strings.TrimSuffix(filepath.Base(files[i]), ".txt")
	}
	slices.Sort(files)
	slices.Sort(listed)
	if !slices.Equal(listed, files) {
		t.Errorf("docs/stories.md lists %v\nand the transcripts are %v", listed, files)
	}
}

// teller runs the commands of one transcript.
type teller struct {
	world *World
	told  strings.Builder
}

func (s *teller) run(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	s.told.Reset()
	arguments := map[string]string{}
	for _, argument := range d.CmdArgs {
		arguments[argument.Key] = strings.Join(argument.Vals, ",")
	}
	if err := s.do(d.Cmd, arguments, d.Input); err != nil {
		fmt.Fprintf(&s.told, "error: %v\n", err)
	}
	return s.told.String()
}

func (s *teller) do(command string, arguments map[string]string, input string) error {
	switch command {
	case "world":
		s.world = New(Options{
			Seed: uint64(number(arguments["seed"], 1)), Nodes: number(arguments["nodes"], 3),
			Hook: hookNamed(arguments["hook"]), TwiceEvery: 1,
		})
		s.world.Tell(s.sentence)
		return nil
	case "ready":
		return s.ready(arguments)
	case "hush":
		s.world.Tell(nil)
		return nil
	case "tell":
		s.world.Tell(s.sentence)
		return nil
	case "koperator":
		return s.koperator()
	case "label":
		return s.label(arguments["kind"])
	case "drawn-by":
		s.told.WriteString(s.world.drawnBy())
		return nil
	case "table":
		s.told.WriteString(s.world.Table())
		return nil
	case "wait":
		s.world.Run(number(arguments["seconds"], 1))
		return nil
	case "topics":
		s.told.WriteString(s.world.Kafka.ShowTopics())
		return nil
	case "users":
		s.told.WriteString(s.world.Users())
		return nil
	case "log-dirs":
		s.told.WriteString(s.world.Kafka.Cluster(s.world.parentName()).ShowLogDirs())
		return nil
	case "operations":
		s.told.WriteString(s.world.Operations())
		return nil
	case "ports":
		for _, service := range s.world.Server.List("Service.v1") {
			var ports []string
			for _, port := range apiserver.List(service, "spec", "ports") {
				ports = append(ports, fmt.Sprintf("%s=%d", apiserver.String(port, "name"), apiserver.Int(port, "port")))
			}
			fmt.Fprintf(&s.told, "%s: %s\n", apiserver.KeyOf(service), strings.Join(ports, " "))
		}
		return nil
	case "leaders":
		for _, p := range s.world.Kafka.Cluster(s.world.parentName()).Partitions() {
			fmt.Fprintf(&s.told, "%s-%d: leader %d of %v\n", p.Topic, p.Number, p.Leader, p.Replicas)
		}
		return nil
	case "volumes":
		for _, claim := range s.world.Server.List(claimKind) {
			owned := "owned"
			if apiserver.ControllerUID(claim) == "" {
				owned = "kept"
			}
			has, wants := apiserver.Capacity(claim), apiserver.Request(claim)
			fmt.Fprintf(&s.told, "%s: %s of %s, %s\n", apiserver.KeyOf(claim), has.String(), wants.String(), owned)
		}
		return nil
	case "run":
		goal, err := ParseGoal(orElse(arguments["until"], "settled"))
		if err != nil {
			return err
		}
		return s.world.RunUntil(goal, number(arguments["bound"], 300))
	default:
		return s.world.Do(command, arguments, input)
	}
}

// ready brings a cluster to Ready without telling of it, and gives it a topic that clients write to.
func (s *teller) ready(arguments map[string]string) error {
	demo, err := os.ReadFile("../manifests/samples/kafkacluster-demo.yaml")
	if err != nil {
		return err
	}
	s.world = New(Options{
		Seed: uint64(number(arguments["seed"], 1)), Nodes: number(arguments["nodes"], 3),
		Hook: clusterHook, TwiceEvery: 1,
	})
	documents := string(demo)
	if arguments["cluster"] == "racks" {
		documents = rackCluster
	}
	if class := arguments["authorizer"]; class != "" {
		const first = "readOnlyConfig: |\n"
		documents = strings.Replace(documents, first, first+"    authorizer.class.name="+class+"\n", 1)
	}
	if err := s.world.Apply(documents); err != nil {
		return err
	}
	if err := s.world.RunUntil(Ready, 120); err != nil {
		return err
	}
	s.world.Tell(s.sentence)
	return s.world.createTopic(map[string]string{"name": "orders"})
}

func (s *teller) sentence(sentence Sentence) { fmt.Fprintln(&s.told, sentence) }

// hookNamed returns the service under trial.
func hookNamed(name string) func(*World) metacontroller.Hook {
	if name == "toy" {
		return toyHook("")
	}
	return clusterHook
}

func number(text string, otherwise int) int {
	if parsed, err := strconv.Atoi(text); err == nil {
		return parsed
	}
	return otherwise
}

// rackCluster has controllers of their own, and two brokers in each of three zones.
const rackCluster = `apiVersion: kafka.banzaicloud.io/v1beta1
kind: KafkaCluster
metadata:
  name: demo
  namespace: kafka
spec:
  kRaft: true
  headlessServiceEnabled: true
  oneBrokerPerNode: true
  clusterImage: ghcr.io/adobe/koperator/kafka:2.13-3.9.2-jdk21.0.11
  rackAwareness: {labels: [topology.kubernetes.io/zone]}
  brokerConfigGroups:
    controller:
      processRoles: [controller]
      storageConfigs:
        - mountPath: /kafka-logs
          pvcSpec:
            accessModes: [ReadWriteOnce]
            resources: {requests: {storage: 10Gi}}
    broker:
      processRoles: [broker]
      storageConfigs:
        - mountPath: /kafka-logs
          pvcSpec:
            accessModes: [ReadWriteOnce]
            resources: {requests: {storage: 10Gi}}
  brokers:
    - {id: 0, brokerConfigGroup: controller}
    - {id: 1, brokerConfigGroup: controller}
    - {id: 2, brokerConfigGroup: controller}
    - {id: 3, brokerConfigGroup: broker}
    - {id: 4, brokerConfigGroup: broker}
    - {id: 5, brokerConfigGroup: broker}
    - {id: 6, brokerConfigGroup: broker}
    - {id: 7, brokerConfigGroup: broker}
    - {id: 8, brokerConfigGroup: broker}
  rollingUpgradeConfig:
    failureThreshold: 1
    concurrentBrokerRestartCountPerRack: 3
  listenersConfig:
    internalListeners:
      - {type: plaintext, name: internal, containerPort: 29092, usedForInnerBrokerCommunication: true}
      - {type: plaintext, name: controller, containerPort: 29093, usedForControllerCommunication: true}
  cruiseControlConfig: {}`
