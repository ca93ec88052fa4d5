package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/kompositor/kompositor/pki"
)

// serviceAccountDirectory is where Kubernetes puts what a Pod needs to reach the API server.
const serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

// certificatesConfig is what the flags of certificates say.
type certificatesConfig struct {
	directory, secret, service, hosts string
	server, account                   string
	every                             time.Duration
	check                             bool
}

// certificates keeps the hook's serving certificate: for ever with --every, once without; with --check it only says
// whether the files are usable.
func certificates(ctx context.Context, args []string, to streams) int {
	config := certificatesConfig{}
	flags := certificatesFlags(&config)
	if code, goOn := parse(flags, args, to); !goOn {
		return code
	}
	if flags.NArg() > 0 {
		return fail(to, fmt.Errorf("certificates takes no arguments, only flags: %q", flags.Args()), exitUsage)
	}
	if config.check {
		if err := pki.Check(config.directory, time.Now()); err != nil {
			return fail(to, err, exitFailed)
		}
		return exitOK
	}
	keeper, err := config.keeper(zerolog.New(to.err).With().Timestamp().Logger())
	if err != nil {
		return fail(to, err, exitFailed)
	}
	if config.every > 0 {
		keeper.Keep(ctx, config.every)
		return exitOK
	}
	if err := keeper.Ensure(ctx); err != nil {
		return fail(to, err, exitFailed)
	}
	return exitOK
}

func certificatesFlags(c *certificatesConfig) *flag.FlagSet {
	flags := flag.NewFlagSet("certificates", flag.ContinueOnError)
	flags.StringVar(&c.directory, "directory", "/certificates", "`FOLDER` for the files that serve reads")
	flags.StringVar(&c.secret, "secret", "kompositor-tls", "`NAME` of the Secret that holds them for all replicas")
	flags.StringVar(&c.service, "service", "kompositor", "`NAME` of the Service by which Metacontroller reaches the hook")
	flags.StringVar(&c.hosts, "hosts", "", "more DNS names and addresses of the hook, separated by commas")
	flags.DurationVar(&c.every, "every", 0, "stay, and look again that often; 0 looks once and ends")
	flags.BoolVar(&c.check, "check", false, "only say, by the exit code, whether the files are usable")
	flags.StringVar(&c.server, "server", "", "`URL` of the API server; empty takes it from the Pod's environment")
	flags.StringVar(&c.account, "service-account", serviceAccountDirectory, "`FOLDER` of token, ca.crt and namespace")
	return flags
}

func (c *certificatesConfig) keeper(logger zerolog.Logger) (*pki.Keeper, error) {
	content, err := os.ReadFile(filepath.Join(c.account, "namespace"))
	if err != nil {
		return nil, fmt.Errorf("read the Pod's namespace: %w", err)
	}
	namespace := strings.TrimSpace(string(content))
	server := c.server
	if server == "" {
		if server, err = apiServer(); err != nil {
			return nil, err
		}
	}
	return &pki.Keeper{
		Secret: pki.SecretRef{
			Server: server, Namespace: namespace, Name: c.secret,
			CAFile: filepath.Join(c.account, "ca.crt"), TokenFile: filepath.Join(c.account, "token"),
		},
		Directory: c.directory,
		Hosts:     hookHosts(c.service, namespace, c.hosts),
		Logger:    logger,
	}, nil
}

// apiServer is the API server's address as Kubernetes tells every Pod.
func apiServer() (string, error) {
	host, port := os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return "", errors.New("the environment names no API server: outside of a Pod, give --server")
	}
	return "https://" + net.JoinHostPort(host, port), nil
}

// hookHosts are the names of a Service within the cluster, what a port-forward is reached by, and what the user adds.
func hookHosts(service, namespace, more string) []string {
	name := service + "." + namespace
	hosts := []string{name + ".svc", name, service, "localhost", "127.0.0.1", "::1"}
	for host := range strings.SplitSeq(more, ",") {
		if host = strings.TrimSpace(host); host != "" {
			hosts = append(hosts, host)
		}
	}
	return hosts
}
