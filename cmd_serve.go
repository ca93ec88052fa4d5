package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/rs/zerolog"

	"github.com/kompositor/kompositor/kubernetes"
	"github.com/kompositor/kompositor/server"
)

// serveConfig is what the flags of serve say.
type serveConfig struct {
	listen         string
	logLevel       string
	serviceAccount string
	options        server.Options
}

// serve answers Metacontroller's hooks until it is told to stop.
func serve(ctx context.Context, args []string, to streams) int {
	config := serveConfig{}
	flags := serveFlags(&config)
	if code, goOn := parse(flags, args, to); !goOn {
		return code
	}
	if flags.NArg() > 0 {
		return fail(to, fmt.Errorf("serve takes no arguments, only flags: %q", flags.Args()), exitUsage)
	}
	if err := config.check(); err != nil {
		return fail(to, err, exitUsage)
	}
	level, err := zerolog.ParseLevel(config.logLevel)
	if err != nil {
		return fail(to, fmt.Errorf("--log-level: %w", err), exitUsage)
	}
	tuneCollector()
	zerolog.DurationFieldUnit = time.Millisecond
	options := config.options
	options.Logger = zerolog.New(to.err).Level(level).With().Timestamp().Logger()
	options.Registry = prometheus.NewRegistry()
	options.Registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	options.Hooks = hooks()
	world, err := connectOutside(options.Registry, config.serviceAccount)
	if err != nil {
		return fail(to, err, exitFailed)
	}
	defer func() { _ = world.Close() }()
	options.Adapters = world.adapters
	s, err := server.New(options)
	if err != nil {
		return fail(to, err, exitFailed)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", config.listen)
	if err != nil {
		return fail(to, fmt.Errorf("--listen: %w", err), exitFailed)
	}
	if err := s.Serve(ctx, listener); err != nil {
		return fail(to, err, exitFailed)
	}
	return exitOK
}

// check finds amounts with which a server would answer nothing.
func (c *serveConfig) check() error {
	o := &c.options
	for _, amount := range []struct {
		flag   string
		nought bool
	}{
		{"max-request-bytes", o.MaxRequestBytes <= 0},
		{"answer-timeout", o.AnswerTimeout <= 0},
		{"perform-timeout", o.PerformTimeout <= 0},
		{"record-limit", o.RecordLimit <= 0},
		{"drain-timeout", o.DrainTimeout <= 0},
	} {
		if amount.nought {
			return fmt.Errorf("--%s: give more than 0", amount.flag)
		}
	}
	if o.DrainDelay < 0 {
		return errors.New("--drain-delay: give 0 or more")
	}
	return nil
}

// tuneCollector sets the garbage collector up for a server of calls; GOGC and GOMEMLIMIT in the environment win.
func tuneCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(server.GCPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(server.SoftMemoryLimit)
	}
}

// serveFlags are the flags of serve; what they say goes to c.
func serveFlags(c *serveConfig) *flag.FlagSet {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	o := &c.options
	flags.StringVar(&c.listen, "listen", "127.0.0.1:8080",
		"`HOST:PORT` to serve hooks, probes and metrics on; port 0 picks one")
	flags.StringVar(&c.serviceAccount, "service-account", kubernetes.ServiceAccountDirectory,
		"`FOLDER` of the token and ca.crt for the API server, in a Pod")
	flags.StringVar(&c.logLevel, "log-level", "info", "trace, debug, info, warn or error")
	flags.Int64Var(&o.MaxRequestBytes, "max-request-bytes", server.DefaultMaxRequestBytes, "largest body that is read")
	flags.DurationVar(&o.AnswerTimeout, "answer-timeout", 3*time.Second, "time that the outside has to answer questions")
	flags.DurationVar(&o.PerformTimeout, "perform-timeout", 3*time.Second, "time that commands to the outside may take")
	flags.StringVar(&o.RecordDir, "record-dir", "",
		"`FOLDER` to record every call in, secrets redacted; empty records nothing")
	flags.IntVar(&o.RecordLimit, "record-limit", server.DefaultRecordLimit, "recorded calls that are kept")
	flags.StringVar(&o.TLS.CertFile, "tls-cert", "", "PEM `FILE` of the certificate chain; empty serves plain HTTP")
	flags.StringVar(&o.TLS.KeyFile, "tls-key", "", "PEM `FILE` of the certificate's key")
	flags.StringVar(&o.TLS.ClientCAFile, "client-ca", "",
		"PEM `FILE` of the CAs of the client certificates that hook calls must present; empty asks for none")
	flags.StringVar(&o.TokenFile, "token-file", "",
		"`FILE` of the bearer tokens, one a line, of which hook calls must carry one; empty asks for none")
	flags.DurationVar(&o.DrainDelay, "drain-delay", 0, "time to go on serving, not ready, after SIGTERM")
	flags.DurationVar(&o.DrainTimeout, "drain-timeout", 15*time.Second, "time that calls in flight have to end after that")
	return flags
}
