package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/rs/zerolog"
)

// Timeouts of connections. Metacontroller gives a call 10 s by default; a large body on a busy network may take
// longer to arrive than an answer takes to be made.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 60 * time.Second
	writeTimeout      = 90 * time.Second
	idleTimeout       = 120 * time.Second
)

// What the garbage collector is told, for main to pass on. Between calls next to nothing is live, so that with Go's
// own setting the collector would run within every call, which costs a quarter of a small one. The soft limit brings
// it back to work before memory grows: eight calls for a thousand brokers each have about 100 MiB live together.
const (
	GCPercent       = 400
	SoftMemoryLimit = 400 << 20 // bytes
)

// warnings are log lines of net/http: what a caller did wrong with its connection.
type warnings struct{ logger zerolog.Logger }

func (w warnings) Write(line []byte) (int, error) {
	w.logger.Warn().Msg(strings.TrimSpace(string(line)))
	return len(line), nil
}

// Serve answers calls on the listener until the context ends. Then it reports not ready, goes on serving for
// Options.DrainDelay, accepts no more connections, and gives the calls in flight Options.DrainTimeout to finish.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          log.New(warnings{s.logger}, "", 0),
	}
	ended := make(chan error, 1)
	go func() {
		if s.tls == nil {
			ended <- server.Serve(listener)
			return
		}
		server.TLSConfig = &tls.Config{
			MinVersion:         tls.VersionTLS12,
			GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return s.tls.get(), nil },
		}
		ended <- server.ServeTLS(listener, "", "")
	}()
	s.logger.Info().Str("listen", listener.Addr().String()).Bool("tls", s.tls != nil).Strs("kinds", s.kinds).Msg("serving")

	select {
	case err := <-ended:
		return fmt.Errorf("serve %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	s.draining.Store(true)
	s.logger.Info().Dur("delay", s.options.DrainDelay).Dur("timeout", s.options.DrainTimeout).Msg("shutting down")
	select {
	case err := <-ended:
		return fmt.Errorf("serve %s: %w", listener.Addr(), err)
	case <-time.After(s.options.DrainDelay):
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.DrainTimeout)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		return errors.Join(fmt.Errorf("calls were still in flight after %s: %w", s.options.DrainTimeout, err), server.Close())
	}
	s.logger.Info().Msg("stopped")
	return nil
}
