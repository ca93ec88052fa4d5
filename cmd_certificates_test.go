package main

import (
	"bytes"
	"flag"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/manifests"
)

// The shipped Deployment starts subcommands that exist, with flags that they have.
func TestDeploymentArguments(t *testing.T) {
	pod := deployment(t).Spec.Template.Spec
	var serving serveConfig
	var keeping certificatesConfig
	for _, test := range []struct {
		subcommand string
		flags      *flag.FlagSet
		args       []string
	}{
		{"certificates", certificatesFlags(&keeping), pod.InitContainers[0].Args},
		{"certificates", certificatesFlags(&certificatesConfig{}), pod.InitContainers[0].StartupProbe.Exec.Command[1:]},
		{"serve", serveFlags(&serving), pod.Containers[0].Args},
	} {
		test.flags.SetOutput(io.Discard)
		if test.args[0] != test.subcommand {
			t.Errorf("subcommand %q, not %q", test.args[0], test.subcommand)
		}
		if err := test.flags.Parse(test.args[1:]); err != nil || test.flags.NArg() > 0 {
			t.Errorf("%s: %v, %q left over", test.args, err, test.flags.Args())
		}
	}
	for _, file := range []string{serving.options.TLS.CertFile, serving.options.TLS.KeyFile, serving.options.TokenFile} {
		if filepath.Dir(file) != keeping.directory {
			t.Errorf("serve reads %s, and certificates writes to %s", file, keeping.directory)
		}
	}
	if keeping.every <= 0 {
		t.Error("the sidecar ends after its first look")
	}
}

// What a container mounts is a volume of the Pod: the API server refuses anything else.
func TestDeploymentMounts(t *testing.T) {
	pod := deployment(t).Spec.Template.Spec
	for _, container := range slices.Concat(pod.InitContainers, pod.Containers) {
		for _, mount := range container.VolumeMounts {
			named := func(v corev1.Volume) bool { return v.Name == mount.Name }
			if !slices.ContainsFunc(pod.Volumes, named) {
				t.Errorf("container %s mounts %s, and the Pod has no such volume", container.Name, mount.Name)
			}
		}
	}
}

// The certificate is for the host by which Metacontroller calls.
func TestCertificateIsForTheHook(t *testing.T) {
	content, err := manifests.Files.ReadFile("controllers/kafkacluster.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var controller struct {
		Spec struct {
			EndpointConfigs []struct {
				Host string `json:"host"`
			} `json:"endpointConfigs"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(content, &controller); err != nil {
		t.Fatal(err)
	}
	host, _, err := net.SplitHostPort(controller.Spec.EndpointConfigs[0].Host)
	if err != nil {
		t.Fatal(err)
	}
	if hosts := hookHosts("kompositor", deployment(t).Namespace, ""); !slices.Contains(hosts, host) {
		t.Errorf("the certificate is for %q, not for %s", hosts, host)
	}
}

func TestCertificatesFails(t *testing.T) {
	account := t.TempDir()
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	for name, test := range map[string]struct {
		args []string
		want string
		code int
	}{
		"no files":        {[]string{"--check", "--directory", account}, "no such file", exitFailed},
		"not in a Pod":    {[]string{"--service-account", account}, "read the Pod's namespace", exitFailed},
		"an argument":     {[]string{"now"}, "takes no arguments", exitUsage},
		"an unknown flag": {[]string{"--now"}, "not defined: -now", exitUsage},
		"no token": {
			[]string{"--service-account", named(t), "--server", server.URL}, "service account's token", exitFailed,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var stderr bytes.Buffer
			code := certificates(t.Context(), test.args, streams{out: io.Discard, err: &stderr})
			if code != test.code || !strings.Contains(stderr.String(), test.want) {
				t.Errorf("exit code %d, want %d; said %q, want %q", code, test.code, stderr.String(), test.want)
			}
		})
	}
}

// named is a service account's folder that holds a namespace and nothing else.
func named(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "namespace"), []byte("kompositor-system"), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func deployment(t *testing.T) *appsv1.Deployment {
	t.Helper()
	content, err := manifests.Files.ReadFile("base/deployment.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var d appsv1.Deployment
	if err := yaml.UnmarshalStrict(content, &d); err != nil {
		t.Fatal(err)
	}
	return &d
}
