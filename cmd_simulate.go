package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/server"
	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/chapters"
	"github.com/kompositor/kompositor/simulator/metacontroller"
)

// simulateConfig is what the flags of simulate say.
type simulateConfig struct {
	file    string
	seconds int
	seed    uint64
	story   bool
	pace    time.Duration
	plain   bool
	objects string
	// seeds and from are of many worlds, script is the file of one.
	seeds  int
	from   uint64
	script string
	// edits is a file for what users did in many worlds.
	edits string
}

// simulate brings a KafkaCluster to Ready in a simulated world that calls the real hook server over HTTP. Exit code: 0
// settled, 1 not within the bound or a law was broken, 2 wrong usage.
func simulate(ctx context.Context, args []string, to streams) int {
	var config simulateConfig
	flags := flag.NewFlagSet("simulate", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(to.err, "usage: kompositor simulate -f CR.yaml [flags], or --seed N, --script FILE, --seeds N\n\n"+
			"Brings a KafkaCluster from nothing to Ready in a simulated world: an API server, Metacontroller, nodes and\n"+
			"Kafka, in memory, one simulated second at a time. The answers come from the hook server itself, over HTTP.\n"+
			"Without -f, a seed or a script makes the world: its cluster, its faults, and what is done to it. --seeds lets\n"+
			"many of them live and sums up.\n"+
			"Exit code: 0 settled, 1 not settled in time or a law was broken, 2 wrong usage.\n\n")
		flags.PrintDefaults()
	}
	flags.StringVar(&config.file, "f", "", "YAML `FILE` with the KafkaCluster and the objects it needs; - reads stdin")
	flags.IntVar(&config.seconds, "seconds", 900, "simulated seconds that each chapter may take")
	flags.Uint64Var(&config.seed, "seed", 1, "the same seed gives the same run")
	flags.BoolVar(&config.story, "story", false, "go on: add a broker, restart all, lose one, delete the cluster")
	flags.DurationVar(&config.pace, "pace", 150*time.Millisecond, "real time of a simulated second on a terminal")
	flags.BoolVar(&config.plain, "plain", false, "print one line a change, as when piped or with NO_COLOR set")
	flags.IntVar(&config.seeds, "seeds", 0, "let the worlds of `N` seeds live, and sum up")
	flags.Uint64Var(&config.from, "from", 1, "the first of the seeds")
	flags.StringVar(&config.edits, "edits", "", "write what users edit in the seeds' worlds, and refusals, to `FILE`")
	flags.StringVar(&config.script, "script", "", "live again what a failed seed has printed; `FILE`, or - for stdin")
	flags.StringVar(&config.objects, "objects", "", "write the cluster's objects to `FILE` at the end, for plan")
	if code, goOn := parse(flags, args, to); !goOn {
		return code
	}
	if config.file == "" {
		if code, done := simulateSeeds(ctx, config, given(flags, "seed"), to); done {
			return code
		}
	}
	documents, err := readFile(config.file)
	if err != nil {
		flags.Usage()
		return fail(to, err, exitUsage)
	}
	story := []chapters.Chapter{chapters.FirstChapter(documents)}
	if config.story {
		story = append(story, chapters.Life()...)
	}
	if err := tell(ctx, config, story, to); err != nil {
		return fail(to, err, exitFailed)
	}
	return exitOK
}

// readFile reads a file, or stdin when its name is "-".
func readFile(name string) (string, error) {
	if name == "" {
		return "", errors.New("-f FILE is needed")
	}
	if name == "-" {
		text, err := io.ReadAll(os.Stdin)
		return string(text), err
	}
	text, err := os.ReadFile(name)
	return string(text), err
}

// tell makes the world and runs the chapters one after the other.
func tell(ctx context.Context, config simulateConfig, story []chapters.Chapter, to streams) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	world, err := worldWithServer(ctx, config.seed)
	if err != nil {
		return err
	}
	screen := newScreen(world, config, to.out)
	defer screen.close()
	for _, chapter := range story {
		what, err := chapter.Begin(world)
		if err != nil {
			return fmt.Errorf("%s: %w", chapter.Title, err)
		}
		screen.chapter(chapter.Title, what)
		err = chapter.Perform(world, config.seconds, func() { screen.step(ctx) })
		if ctx.Err() != nil {
			return errors.New("interrupted")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", chapter.Title, err)
		}
	}
	if breaches := world.Breaches(); len(breaches) > 0 {
		return fmt.Errorf("%d laws were broken, the first at %s", len(breaches), breaches[0])
	}
	if config.objects == "" {
		return nil
	}
	text, err := yaml.Marshal(map[string]any{"apiVersion": "v1", "kind": "List", "items": world.Objects()})
	if err != nil {
		return err
	}
	return os.WriteFile(config.objects, text, 0o600)
}

// worldWithServer returns a world whose Metacontroller posts to a hook server of this process, on a loopback port. The
// server ends with the context.
func worldWithServer(ctx context.Context, seed uint64) (*simulator.World, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen on a loopback port: %w", err)
	}
	hook := httpHook{
		ctx: func() context.Context { return ctx }, url: "http://" + listener.Addr().String(), client: &http.Client{},
	}
	world := simulator.New(simulator.Options{
		Seed: seed, Nodes: 6, Hook: func(*simulator.World) metacontroller.Hook { return hook },
	})
	options := server.Options{
		Hooks: hooks(), Now: world.Now, Logger: zerolog.Nop(), Registry: prometheus.NewRegistry(),
	}
	for _, adapter := range world.Adapters() {
		options.Adapters = append(options.Adapters, adapter)
	}
	s, err := server.New(options)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	go func() { _ = s.Serve(ctx, listener) }() // its end is the end of this process
	return world, nil
}

// httpHook posts to the hook server as Metacontroller does.
type httpHook struct {
	ctx    func() context.Context
	url    string
	client *http.Client
}

// Call posts one hook call.
func (h httpHook) Call(hook, kind string, asked *metacontroller.Request) (int, []byte, error) {
	const timeout = 10 * time.Second // Metacontroller's default
	ctx, cancel := context.WithTimeout(h.ctx(), timeout)
	defer cancel()
	url, body := h.url+"/"+hook+"/"+kind, bytes.NewReader(asked.Whole())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := h.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, text, err
}
