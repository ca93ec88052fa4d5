package server_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	gosync "sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/rs/zerolog"

	"github.com/kompositor/kompositor/server"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
)

// sizes are the clusters that are measured, in brokers.
var sizes = []int{3, 30, 300, 1000}

// sink is a response writer that keeps nothing but the status.
type sink struct {
	header http.Header
	status int
	bytes  int
}

func (s *sink) Header() http.Header { return s.header }

func (s *sink) WriteHeader(status int) { s.status = status }

func (s *sink) Write(p []byte) (int, error) {
	s.bytes += len(p)
	return len(p), nil
}

// tuned runs the garbage collector as the shipped binary does.
func tuned(b *testing.B) {
	b.Helper()
	percent, limit := debug.SetGCPercent(server.GCPercent), debug.SetMemoryLimit(server.SoftMemoryLimit)
	b.Cleanup(func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	})
}

func newServer(tb testing.TB) *server.Server {
	tb.Helper()
	s, err := server.New(server.Options{
		Hooks: map[string]sync.Hook{"kafkacluster": cluster.Hook{}}, Logger: zerolog.New(io.Discard),
		Now: func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// callHandler posts a sync call and returns the size of the answer.
func callHandler(tb testing.TB, s *server.Server, body []byte) int {
	answered := sink{header: http.Header{}, status: http.StatusOK}
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, "/sync/kafkacluster", bytes.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	s.ServeHTTP(&answered, request)
	if answered.status != http.StatusOK {
		tb.Fatalf("got %d", answered.status)
	}
	return answered.bytes
}

// callFloor decodes and encodes, and returns the size of the answer.
func callFloor(tb testing.TB, body []byte, answer sync.Response) int {
	var request sync.Request
	if err := json.UnmarshalRead(bytes.NewReader(body), &request); err != nil {
		tb.Fatal(err)
	}
	out, _ := floorBuffers.Get().(*bytes.Buffer)
	defer floorBuffers.Put(out)
	out.Reset()
	if err := json.MarshalWrite(out, answer, sync.Encoding()); err != nil {
		tb.Fatal(err)
	}
	return out.Len()
}

// floorBuffers hold the floor's answers between calls, as the handler's own do.
var floorBuffers = gosync.Pool{New: func() any { return new(bytes.Buffer) }}

// BenchmarkHandler is a whole sync call of a settled cluster, from the bytes of the request to those of the answer.
func BenchmarkHandler(b *testing.B) {
	tuned(b)
	s := newServer(b)
	for _, brokers := range sizes {
		b.Run(fmt.Sprintf("brokers=%d", brokers), func(b *testing.B) {
			body := settledRequest(b, brokers)
			size := 0
			measure(b, brokers, len(body), func() { size = callHandler(b, s, body) })
			b.ReportMetric(float64(size), "response-bytes")
		})
	}
}

// BenchmarkFloor is what no handler can do without: the same library decodes the same bytes into the same types, and
// encodes the same answer.
func BenchmarkFloor(b *testing.B) {
	tuned(b)
	for _, brokers := range sizes {
		b.Run(fmt.Sprintf("brokers=%d", brokers), func(b *testing.B) {
			body := settledRequest(b, brokers)
			answer := answerTo(b, body)
			size := 0
			measure(b, brokers, len(body), func() { size = callFloor(b, body, answer) })
			b.ReportMetric(float64(size), "response-bytes")
		})
	}
}

// BenchmarkFloorAny is the same without types: what a handler would pay that knows no type of its own.
func BenchmarkFloorAny(b *testing.B) {
	tuned(b)
	for _, brokers := range sizes {
		b.Run(fmt.Sprintf("brokers=%d", brokers), func(b *testing.B) {
			body := settledRequest(b, brokers)
			answer := decoded(b, encoded(b, answerTo(b, body)))
			var out bytes.Buffer
			measure(b, brokers, len(body), func() {
				var request any
				if err := json.UnmarshalRead(bytes.NewReader(body), &request); err != nil {
					b.Fatal(err)
				}
				out.Reset()
				if err := json.MarshalWrite(&out, answer, sync.Encoding()); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

// BenchmarkOverFloor runs the handler and its floor in turns and compares the processor time of the two, garbage
// collection included, so that what else the machine does weighs on both alike. "x-floor" is the quotient.
func BenchmarkOverFloor(b *testing.B) {
	tuned(b)
	s := newServer(b)
	for _, brokers := range sizes {
		b.Run(fmt.Sprintf("brokers=%d", brokers), func(b *testing.B) {
			body := settledRequest(b, brokers)
			answer := answerTo(b, body)
			var handler, floor time.Duration
			for b.Loop() {
				handler += processorTime(b, func() { callHandler(b, s, body) })
				floor += processorTime(b, func() { callFloor(b, body, answer) })
			}
			b.ReportMetric(float64(handler)/float64(floor), "x-floor")
			b.ReportMetric(float64(handler.Nanoseconds())/float64(b.N)/float64(brokers), "handler-cpu-ns/broker")
			b.ReportMetric(float64(floor.Nanoseconds())/float64(b.N)/float64(brokers), "floor-cpu-ns/broker")
		})
	}
}

// processorTime is what a step costs this process in user and system time, with the garbage that it leaves collected.
func processorTime(tb testing.TB, step func()) time.Duration {
	tb.Helper()
	used := func() time.Duration {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			tb.Fatal(err)
		}
		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	before := used()
	step()
	return used() - before
}

// measure runs the loop and reports its cost for each broker, and the size of the request.
func measure(b *testing.B, brokers, size int, once func()) {
	b.Helper()
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		once()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(brokers), "ns/broker")
	b.ReportMetric(float64(size), "request-bytes")
}

// answerTo is the response to a request, as the hook makes it.
func answerTo(tb testing.TB, body []byte) sync.Response {
	tb.Helper()
	var request sync.Request
	if err := json.Unmarshal(body, &request); err != nil {
		tb.Fatal(err)
	}
	observed, err := cluster.Hook{}.Observe(request)
	if err != nil {
		tb.Fatal(err)
	}
	decision := observed.Plan(sync.Facts{Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	return decision.Respond(nil)
}
