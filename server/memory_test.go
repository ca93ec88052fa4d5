package server_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

// The goal for memory: this many calls at once, each for a cluster of this many brokers, in less than this many MiB.
const (
	memoryCalls   = 8
	memoryBrokers = 1000
	memoryGoal    = 600
)

// BenchmarkPeakMemory starts the shipped binary, gives it memoryCalls calls at once, again and again, and reports the
// peak of its resident memory as the kernel counts it. It fails above the goal.
func BenchmarkPeakMemory(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "kompositor")
	if out, err := exec.Command("go", "build", "-o", binary, "..").CombinedOutput(); err != nil {
		b.Fatalf("build the binary: %v\n%s", err, out)
	}
	body := settledRequest(b, memoryBrokers)
	process, address := startBinary(b, binary)
	for b.Loop() {
		results := make(chan error, memoryCalls)
		for range memoryCalls {
			go func() { results <- postTo(b, address, body) }()
		}
		for range memoryCalls {
			if err := <-results; err != nil {
				b.Fatal(err)
			}
		}
	}
	peak := peakMemory(b, process.Pid)
	b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
	b.ReportMetric(float64(len(body)), "request-bytes")
	if peak > memoryGoal<<20 {
		b.Errorf("the peak is %d MiB, the goal %d", peak>>20, memoryGoal)
	}
}

// startBinary serves on a free port of the loopback until the benchmark ends.
func startBinary(b *testing.B, binary string) (process *os.Process, address string) {
	b.Helper()
	command := exec.CommandContext(b.Context(), binary, "serve", "--listen", "127.0.0.1:0")
	log, err := command.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	lines := bufio.NewReader(log)
	first, err := lines.ReadString('\n')
	if err != nil {
		b.Fatalf("the server said %q: %v", first, err)
	}
	var line struct {
		Listen string `json:"listen"`
	}
	if err := json.Unmarshal([]byte(first), &line); err != nil || line.Listen == "" {
		b.Fatalf("the server said %q: %v", first, err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return command.Process, line.Listen
}

func postTo(b *testing.B, address string, body []byte) error {
	request, err := http.NewRequestWithContext(
		b.Context(), http.MethodPost, "http://"+address+"/sync/kafkacluster", bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("got %d %s", response.StatusCode, answer)
	}
	return err
}

// peakMemory is the largest resident set that a process has had, in bytes. Source: proc(5), VmHWM.
func peakMemory(b *testing.B, pid int) int {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatalf("peak memory is read from Linux's /proc: %v", err)
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmHWM:" {
			kibibytes, err := strconv.Atoi(fields[1])
			if err != nil {
				b.Fatal(err)
			}
			return kibibytes << 10
		}
	}
	b.Fatalf("no VmHWM in %s", status)
	return 0
}
