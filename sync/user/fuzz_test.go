package user_test

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/user"
)

// FuzzObserve plans any request with no facts and with the best ones: it is refused, or answered with a decision that
// may be sent, and never panics.
func FuzzObserve(f *testing.F) {
	dirs, err := cases.Walk("testdata/cases")
	if err != nil {
		f.Fatal(err)
	}
	for _, dir := range dirs {
		c, err := cases.Load(dir)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(c.Request))
	}
	best := sync.Facts{Now: time.Unix(1767225600, 0)}
	best.Kafka.Cluster = sync.Known(sync.KafkaCluster{ID: "D2o8HlsdTDmaVy8fbV2PEA"})
	best.Kafka.User = sync.Known(sync.User{})
	best.PKI.Password = sync.Known(sync.Confidential(password))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, facts := range []sync.Facts{{Now: best.Now}, best} {
			var request sync.Request
			if json.Unmarshal(body, &request) != nil {
				return
			}
			observed, err := user.Hook{}.Observe(request)
			if err != nil {
				return
			}
			observed.Ask()
			decision := observed.Plan(facts)
			if err := sync.Guard(&request, &decision); err != nil {
				t.Errorf("%v\n%s", err, body)
			}
			if _, err := json.Marshal(decision.Respond(nil), sync.Encoding()); err != nil {
				t.Errorf("%v\n%s", err, body)
			}
		}
	})
}
