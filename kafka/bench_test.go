package kafka

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// The size that an answer has to fit its three seconds at.
const (
	manyBrokers = 100
	manyTopics  = 1000
	perTopic    = 10
)

// fakeVariable makes the test binary a large fake cluster instead, so that what it costs is not counted as ours.
const fakeVariable = "KOMPOSITOR_TEST_FAKE_KAFKA"

func TestMain(m *testing.M) {
	if os.Getenv(fakeVariable) != "" {
		serveFake()
		return
	}
	os.Exit(m.Run())
}

// serveFake writes the addresses of a large fake cluster, and lives until its input is closed.
func serveFake() {
	topics := make([]string, 0, manyTopics)
	for i := range manyTopics {
		topics = append(topics, fmt.Sprintf("topic-%04d", i))
	}
	cluster := kfake.MustCluster(kfake.NumBrokers(manyBrokers), kfake.SeedTopics(perTopic, topics...))
	// The fake lists all partitions at every broker; a broker has its share, three replicas of each partition given.
	const share = 3 * manyTopics * perTopic / manyBrokers
	cluster.ControlKey(int16(kmsg.DescribeLogDirs), func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		response := request.ResponseKind().(*kmsg.DescribeLogDirsResponse)
		dir := kmsg.NewDescribeLogDirsResponseDir()
		dir.Dir = "/kafka-logs"
		for i := range share {
			topic := kmsg.NewDescribeLogDirsResponseDirTopic()
			topic.Topic = topics[i]
			topic.Partitions = []kmsg.DescribeLogDirsResponseDirTopicPartition{{Size: 1}}
			dir.Topics = append(dir.Topics, topic)
		}
		response.Dirs = append(response.Dirs, dir)
		return response, nil, true
	})
	fmt.Println(strings.Join(cluster.ListenAddrs(), ","))
	_, _ = os.Stdin.Read(make([]byte, 1)) // ends with the benchmark
}

// largeFake is a fake cluster of many brokers and partitions in a process of its own.
func largeFake(b *testing.B) []string {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), fakeVariable+"=1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	var addresses string
	if _, err := fmt.Fscanln(stdout, &addresses); err != nil {
		b.Fatal(err)
	}
	return strings.Split(addresses, ",")
}

// BenchmarkAnswer asks a cluster of 100 brokers and 10,000 partitions, with connections kept and without.
func BenchmarkAnswer(b *testing.B) {
	addresses := largeFake(b)
	brokers := make([]int32, 0, manyBrokers)
	for i := range int32(manyBrokers) {
		brokers = append(brokers, i)
	}
	questions := []struct {
		name  string
		asked sync.KafkaQuestions
	}{
		{"cluster", sync.KafkaQuestions{Cluster: true}},
		{"partitions", sync.KafkaQuestions{Partitions: true}},
		{"logDirs", sync.KafkaQuestions{LogDirs: brokers}},
		{"features", sync.KafkaQuestions{Features: true}},
		{"all", sync.KafkaQuestions{
			Cluster: true, Partitions: true, Reassignments: true, Features: true, LogDirs: brokers,
		}},
	}
	for _, q := range questions {
		q.asked.Connection = plaintext(addresses[:3]...)
		for _, kept := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/kept=%t", q.name, kept), func(b *testing.B) { benchmarkAnswer(b, q.asked, kept) })
		}
	}
}

func benchmarkAnswer(b *testing.B, asked sync.KafkaQuestions, kept bool) {
	adapter := New(Options{})
	defer func() { _ = adapter.Close() }()
	ask := func() {
		ctx, cancel := context.WithTimeout(b.Context(), 3*time.Second)
		defer cancel()
		facts := adapter.Answer(ctx, sync.Questions{Kafka: &asked}).Kafka
		partitions, _ := facts.Partitions.Get()
		if asked.Partitions && len(partitions) != manyTopics*perTopic {
			b.Fatalf("got %d partitions: %s", len(partitions), facts.Partitions.Why())
		}
		for _, why := range []string{
			facts.Cluster.Why(), facts.Reassignments.Why(), facts.Features.Why(), facts.LogDirs.Why(),
		} {
			if why != "" && why != "it was not asked for" {
				b.Fatal(why)
			}
		}
	}
	if kept {
		ask()
	}
	b.ReportAllocs()
	for b.Loop() {
		if !kept {
			_ = adapter.Close()
			adapter = New(Options{})
		}
		ask()
	}
	b.ReportMetric(float64(threads(b)), "threads")
}

// threads is how many threads of the operating system this process has, librdkafka's among them.
func threads(b *testing.B) int {
	b.Helper()
	entries, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return 0 // not Linux
	}
	return len(entries)
}
