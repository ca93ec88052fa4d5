package server_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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

// BenchmarkHandler is a whole sync call of a settled cluster, from the bytes of the request to those of the answer.
func BenchmarkHandler(b *testing.B) {
	s := newServer(b)
	for _, brokers := range sizes {
		b.Run(fmt.Sprintf("brokers=%d", brokers), func(b *testing.B) {
			body := settledRequest(b, brokers)
			answered := &sink{header: http.Header{}}
			measure(b, brokers, len(body), func() {
				*answered = sink{header: answered.header, status: http.StatusOK}
				s.ServeHTTP(answered, httptest.NewRequestWithContext(
					context.Background(), http.MethodPost, "/sync/kafkacluster", bytes.NewReader(body)))
				if answered.status != http.StatusOK {
					b.Fatalf("got %d", answered.status)
				}
			})
			b.ReportMetric(float64(answered.bytes), "response-bytes")
		})
	}
}

// BenchmarkFloor is what no handler can do without: the same library decodes the same bytes into the same types, and encodes
// the same answer.
func BenchmarkFloor(b *testing.B) {
	for _, brokers := range sizes {
		b.Run(fmt.Sprintf("brokers=%d", brokers), func(b *testing.B) {
			body := settledRequest(b, brokers)
			answer := answerTo(b, body)
			var out bytes.Buffer
			measure(b, brokers, len(body), func() {
				var request sync.Request
				if err := json.UnmarshalRead(bytes.NewReader(body), &request); err != nil {
					b.Fatal(err)
				}
				out.Reset()
				if err := json.MarshalWrite(&out, answer, sync.Encoding()); err != nil {
					b.Fatal(err)
				}
			})
			b.ReportMetric(float64(out.Len()), "response-bytes")
		})
	}
}

// BenchmarkFloorAny is the same without types: what a handler would pay that knows no type of its own.
func BenchmarkFloorAny(b *testing.B) {
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
