package kafka

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kompositor/kompositor/sync"
)

// hangs waits until the race is over.
func hangs(ctx context.Context) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

func TestContest(t *testing.T) {
	fails := errors.New("fails")
	try := func(ctx context.Context, candidate string) (string, error) {
		switch candidate {
		case "hangs":
			return hangs(ctx)
		case "fails":
			return "", fails
		}
		return candidate, nil
	}
	cases := map[string]struct {
		candidates []string
		want       string
	}{
		"the first that answers":     {[]string{"a", "b"}, "a"},
		"the one after a failure":    {[]string{"fails", "b"}, "b"},
		"the one beside a hung one":  {[]string{"hangs", "hangs", "b"}, "b"},
		"no one is left":             {[]string{"fails", "fails"}, ""},
		"no one was there":           {nil, ""},
		"a failure beside a success": {[]string{"hangs", "fails", "c"}, "c"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := contest[string, string]{candidates: c.candidates, after: time.Millisecond, try: try}.run(t.Context())
			if got != c.want || (err == nil) == (c.want == "") {
				t.Errorf("got %q and error %v", got, err)
			}
		})
	}
}

func TestContestEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started := make(chan struct{}, 1)
	go func() {
		<-started
		cancel()
	}()
	try := func(ctx context.Context, _ string) (string, error) {
		started <- struct{}{}
		return hangs(ctx)
	}
	_, err := contest[string, string]{candidates: []string{"a"}, after: signAfter, try: try}.run(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
}

// A connection that comes after the winner is closed.
func TestContestDiscardsWhatIsLate(t *testing.T) {
	won, discarded := make(chan struct{}), make(chan string, 1)
	got, err := contest[string, string]{
		candidates: []string{"late", "first"}, after: time.Millisecond,
		try: func(_ context.Context, candidate string) (string, error) {
			if candidate == "late" {
				<-won
			}
			return candidate, nil
		},
		discard: func(late string) { discarded <- late },
	}.run(t.Context())
	close(won)
	if err != nil || got != "first" || <-discarded != "late" {
		t.Errorf("got %q and error %v", got, err)
	}
}

// Of two that are wanted one may be all there is: the caller sees what he has, and that it is too little.
func TestContestReturnsWhatSucceededBesideTheFailures(t *testing.T) {
	got, err := contest[string, string]{
		candidates: []string{"fails", "b"}, after: time.Millisecond,
		try: func(_ context.Context, candidate string) (string, error) {
			if candidate == "fails" {
				return "", kerr.NotController
			}
			return candidate, nil
		},
	}.some(t.Context(), 2)
	if !errors.Is(err, kerr.NotController) || !errors.Is(err, errTooFew) || !slices.Equal(got, []string{"b"}) {
		t.Errorf("got %v and error %v", got, err)
	}
}

// Some addresses hang, refuse or do not resolve; what Kafka knows is known.
func TestOneAddressIsEnough(t *testing.T) {
	silent := listen(t, func(net.Conn) {})
	cluster := fake(t)
	connection := plaintext(silent, closedPort(t), "kafka.nowhere.invalid:9092", cluster.ListenAddrs()[0])
	u := newUser(t, connection)
	known(t, u.ask(sync.KafkaQuestions{Cluster: true}).Cluster)
	u.done(sync.CreateTopic{ToKafka: u.to, Topic: "orders", Partitions: 1, ReplicationFactor: 1})
}

// What a user has to act on is named, though it is one cause of several.
func TestReasonNamesTheCauseToActOn(t *testing.T) {
	err := errors.Join(context.DeadlineExceeded, &net.DNSError{Name: "kafka"}, kerr.SaslAuthenticationFailed)
	if why := reason(t.Context(), "kafka:9092", err); !strings.Contains(why, "refuses our login") {
		t.Errorf("got %q", why)
	}
}

// A bug in what runs beside the call must end there as one in the call itself does, not the process: whoever called
// knows how to go on.
func TestABugBesideTheCallReachesTheCaller(t *testing.T) {
	for name, do := range map[string]func(){
		"in a contest": func() {
			_, _ = contest[string, string]{
				candidates: []string{"a"}, after: time.Second,
				try: func(context.Context, string) (string, error) { panic("boom") },
			}.run(t.Context())
		},
		"in one of several": func() { abreast([]int{1, 2, 3}, func(int) { panic("boom") }) },
		"in a question": func() {
			New(Options{}).answer(t.Context(), &client{}, &sync.KafkaQuestions{Reassignments: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("nothing reached the caller")
				}
			}()
			do()
		})
	}
}
