package server

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"github.com/kompositor/kompositor/sync"
)

// Options are what a Server is made of.
type Options struct {
	// Hooks by the parent's kind in lower case, which is the last element of the hook's path.
	Hooks map[string]sync.Hook
	// Adapters answer questions and perform commands. A question without an adapter stays unknown.
	Adapters []Adapter
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Logger gets one line a call.
	Logger zerolog.Logger
	// Registry holds the metrics and serves /metrics; a new one when nil.
	Registry *prometheus.Registry
	// MaxRequestBytes is the largest body that is read; DefaultMaxRequestBytes when 0.
	MaxRequestBytes int64
	// AnswerTimeout and PerformTimeout bound the two doors to the outside; 3 s each when 0, so that both fit
	// into the 10 s that Metacontroller waits.
	AnswerTimeout, PerformTimeout time.Duration
	// RecordDir is where calls are recorded as case folders; empty records nothing.
	RecordDir string
	// RecordLimit is the number of recorded calls that are kept; DefaultRecordLimit when 0.
	RecordLimit int
	// TLS turns HTTPS on when its CertFile is set.
	TLS TLS
	// TokenFile holds the bearer tokens that calls must carry, one a line; empty asks for none. It is read again when
	// it changes.
	TokenFile string
	// DrainDelay is how long the server goes on serving, not ready, after it was told to stop.
	DrainDelay time.Duration
	// DrainTimeout is how long calls in flight may take after that; 15 s when 0.
	DrainTimeout time.Duration
}

// Defaults of Options.
const (
	DefaultMaxRequestBytes = 64 << 20
	DefaultRecordLimit     = 1000
	defaultSideTimeout     = 3 * time.Second
	defaultDrainTimeout    = 15 * time.Second
)

// Server answers Metacontroller's hooks.
type Server struct {
	options  Options
	kinds    []string
	adapters []Adapter
	logger   zerolog.Logger
	metrics  *metrics
	recorder *recorder
	tokens   *watched[tokens]
	tls      *watched[*tlsConfig]
	buffers  buffers
	calls    atomic.Uint64
	draining atomic.Bool
	router   http.Handler
}

// New checks the options and reads the files that they name.
func New(options Options) (*Server, error) {
	if len(options.Hooks) == 0 {
		return nil, errors.New("a server needs at least one hook")
	}
	options = withDefaults(options)
	s := &Server{
		options: options, kinds: slices.Sorted(maps.Keys(options.Hooks)), adapters: options.Adapters, logger: options.Logger,
	}
	var err error
	if s.metrics, err = newMetrics(options.Registry); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	if options.RecordDir != "" {
		if s.recorder, err = newRecorder(options); err != nil {
			return nil, fmt.Errorf("record calls: %w", err)
		}
	}
	if options.TokenFile != "" {
		if s.tokens, err = watch(s.logger, readTokens, options.TokenFile); err != nil {
			return nil, fmt.Errorf("read the bearer tokens: %w", err)
		}
	}
	if s.tls, err = options.TLS.watch(s.logger); err != nil {
		return nil, err
	}
	s.router = s.routes()
	return s, nil
}

func withDefaults(options Options) Options {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Registry == nil {
		options.Registry = prometheus.NewRegistry()
	}
	options.MaxRequestBytes = orDefault(options.MaxRequestBytes, DefaultMaxRequestBytes)
	options.RecordLimit = orDefault(options.RecordLimit, DefaultRecordLimit)
	options.AnswerTimeout = orDefault(options.AnswerTimeout, defaultSideTimeout)
	options.PerformTimeout = orDefault(options.PerformTimeout, defaultSideTimeout)
	options.DrainTimeout = orDefault(options.DrainTimeout, defaultDrainTimeout)
	return options
}

func orDefault[T int | int64 | time.Duration](value, fallback T) T {
	if value == 0 {
		return fallback
	}
	return value
}

// ServeHTTP serves the hooks, the probes and the metrics.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }

func (s *Server) routes() http.Handler {
	router := chi.NewRouter()
	router.Use(middleware.GetHead, anyMethod)
	for hook, walk := range map[string]walker{hookSync: s.walk, hookFinalize: s.walk, hookCustomize: s.walkCustomize} {
		router.Handle("/"+hook+"/{kind}", s.serveHook(hook, walk))
	}
	router.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, "ok") })
	router.Get("/readyz", func(w http.ResponseWriter, _ *http.Request) {
		if s.draining.Load() {
			reply(w, http.StatusServiceUnavailable, "shutting down")
			return
		}
		reply(w, http.StatusOK, "ok")
	})
	router.Method(http.MethodGet, "/metrics", promhttp.HandlerFor(s.options.Registry, promhttp.HandlerOpts{}))
	router.NotFound(func(w http.ResponseWriter, r *http.Request) {
		reply(w, http.StatusNotFound, "there is no "+r.URL.Path+"; "+s.paths())
	})
	router.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", "GET, HEAD")
		reply(w, http.StatusMethodNotAllowed, r.URL.Path+" is read with GET, not "+r.Method)
	})
	return router
}

// anyMethod leads a call with a method that the router has never heard of, which it would refuse before it looks at the
// path, the way of all wrong methods.
func anyMethod(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
			http.MethodConnect, http.MethodOptions, http.MethodTrace:
		default:
			chi.RouteContext(r.Context()).RouteMethod = http.MethodTrace
		}
		next.ServeHTTP(w, r)
	})
}

// paths says what there is to call.
func (s *Server) paths() string {
	return "the hooks are /sync/KIND, /finalize/KIND and /customize/KIND for KIND " + strings.Join(s.kinds, ", ")
}

// reply sends one line of text.
func reply(w http.ResponseWriter, status int, text string) {
	http.Error(w, text, status)
}
