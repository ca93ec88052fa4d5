package kubelet_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/e2e/kubelet"
)

func TestMain(m *testing.M) {
	if err := kubelet.Isolate(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// patience bounds every wait of these tests.
const patience = 20 * time.Second

// newKubelet has one image, with a file that images of others do not have.
func newKubelet(t *testing.T) *kubelet.Kubelet {
	t.Helper()
	image := t.TempDir()
	write(t, filepath.Join(image, "image", "greeting"), "hello")
	k, err := kubelet.New(kubelet.Config{
		Dir: t.TempDir(), Backoff: 10 * time.Millisecond,
		Image: func(string) (kubelet.Image, error) {
			return kubelet.Image{Dir: image, Env: []string{"FROM_IMAGE=yes"}}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// pod has one container, main, that runs a script.
func pod(name, script string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: "ns", Labels: map[string]string{"app": "test"},
			Annotations: map[string]string{"note": "annotated"},
		},
		Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyAlways, Hostname: name, Subdomain: "svc",
			Containers: []corev1.Container{{Name: "main", Image: "image:1", Command: []string{"bash", "-c", script}}},
		},
	}
}

func run(t *testing.T, k *kubelet.Kubelet, pod *corev1.Pod, volumes kubelet.Volumes) *kubelet.Pod {
	t.Helper()
	p, err := k.Run(pod, volumes)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func ready(t *testing.T, p *kubelet.Pod) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := p.WaitReady(ctx); err != nil {
		t.Fatalf("%v\n%s", err, p.Log("main"))
	}
}

// eventually polls until the Pod's status is as wanted.
func eventually(t *testing.T, p *kubelet.Pod, what string, is func(corev1.ContainerStatus) bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !is(p.Status().ContainerStatuses[0]) {
		if time.Now().After(deadline) {
			t.Fatalf("container is not %s: %+v\n%s", what, p.Status().ContainerStatuses[0], p.Log("main"))
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// A container sees its image, its volumes, its environment and its host name, and nothing of this machine's other
// files.
func TestContainerSeesItsOwn(t *testing.T) {
	k := newKubelet(t)
	claim := t.TempDir()
	p := pod("sees", `
		echo "image: $(cat /image/greeting) $FROM_IMAGE"
		echo "config: $(cat /config/key)"
		echo "secret: $(cat /secret/password)"
		echo "init: $(cat /scratch/made)"
		echo "env: $PLAIN $EXPANDED $NOTE $ADDRESS $FROM_SECRET"
		echo "host: $(hostname) $BASHPID $(id -u):$(id -g)"
		echo "kept" >/data/file
		ls / | tr '\n' ' '; touch /usr/forbidden; sleep 60`)
	p.Spec.InitContainers = []corev1.Container{{
		Name: "init", Image: "image:1", Command: []string{"cp", "/image/greeting", "/scratch/made"},
		VolumeMounts: []corev1.VolumeMount{{Name: "scratch", MountPath: "/scratch"}},
	}}
	p.Spec.Volumes = []corev1.Volume{
		{Name: "scratch", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: "map"},
		}}},
		{Name: "secret", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "hidden"}}},
		{Name: "data", VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "claim"},
		}},
	}
	main := &p.Spec.Containers[0]
	main.VolumeMounts = []corev1.VolumeMount{
		{Name: "scratch", MountPath: "/scratch"},
		{Name: "config", MountPath: "/config"},
		{Name: "secret", MountPath: "/secret", ReadOnly: true},
		{Name: "data", MountPath: "/data"},
	}
	main.SecurityContext = &corev1.SecurityContext{RunAsUser: new(int64(1001)), RunAsGroup: new(int64(1002))}
	p.Spec.SecurityContext = &corev1.PodSecurityContext{FSGroup: new(int64(1003))}
	main.Env = []corev1.EnvVar{
		{Name: "PLAIN", Value: "plain"},
		{Name: "EXPANDED", Value: "$(PLAIN)-$$(PLAIN)-$(NOBODY)"},
		{Name: "NOTE", ValueFrom: &corev1.EnvVarSource{
			FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.annotations['note']"},
		}},
		{Name: "ADDRESS", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "status.podIP"}}},
		{Name: "FROM_SECRET", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: "hidden"}, Key: "password",
		}}},
	}
	running := run(t, k, p, kubelet.Volumes{
		ConfigMaps: map[string]*corev1.ConfigMap{"map": {Data: map[string]string{"key": "value"}}},
		Secrets:    map[string]*corev1.Secret{"hidden": {StringData: map[string]string{"password": "p4ss"}}},
		Claims:     map[string]string{"claim": claim},
	})
	ready(t, running)
	want := []string{
		"image: hello yes", "config: value", "secret: p4ss", "init: hello",
		"env: plain plain-$(PLAIN)-$(NOBODY) annotated " + running.Address() + " p4ss", "host: sees 1 1001:1002",
		"Read-only file system",
	}
	deadline := time.Now().Add(patience)
	for !strings.Contains(running.Log("main"), want[len(want)-1]) && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	for _, line := range want {
		if !strings.Contains(running.Log("main"), line) {
			t.Errorf("%q is not in\n%s", line, running.Log("main"))
		}
	}
	if strings.Contains(running.Log("main"), " home ") {
		t.Errorf("the machine's own folders are there:\n%s", running.Log("main"))
	}
	if err := running.Stop(time.Second); err == nil {
		t.Error("bash as a first process without a trap ignores SIGTERM, so that Stop has to kill it and to say so")
	}
	if text, err := os.ReadFile(filepath.Join(claim, "file")); string(text) != "kept\n" {
		t.Errorf("the claim holds %q, %v", text, err)
	}
}

// Two Pods listen at the same port, and each is reached by its own name; a Service's name leads to those that are
// ready.
func TestNamesLeadToPods(t *testing.T) {
	k := newKubelet(t)
	services := []corev1.Service{
		{
			ObjectMeta: metav1.ObjectMeta{Name: "svc", Namespace: "ns"},
			Spec: corev1.ServiceSpec{
				ClusterIP: "None", Selector: map[string]string{"app": "test"}, PublishNotReadyAddresses: true,
			},
		},
		{
			ObjectMeta: metav1.ObjectMeta{Name: "ready", Namespace: "ns"},
			Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": "test"}},
		},
	}
	if err := k.SetServices(services); err != nil {
		t.Fatal(err)
	}
	const serve = `exec python3 -c '
import os, socket
server = socket.create_server(("", 9000))
while True:
    connection, _ = server.accept()
    connection.sendall(os.uname().nodename.encode())
    connection.close()
'`
	first, second := pod("one", serve), pod("two", serve)
	connects := &corev1.Probe{
		PeriodSeconds:  1,
		TimeoutSeconds: 5,
		ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{
			Command: []string{"bash", "-c", `exec 3<>/dev/tcp/localhost/9000`},
		}},
	}
	never := connects.DeepCopy()
	never.Exec.Command = []string{"false"}
	first.Spec.Containers[0].ReadinessProbe, second.Spec.Containers[0].ReadinessProbe = connects, never
	one, two := run(t, k, first, kubelet.Volumes{}), run(t, k, second, kubelet.Volumes{})
	ready(t, one)
	for name, want := range map[string]string{
		"one.svc.ns.svc.cluster.local": "one", "two.svc.ns.svc": "two", "ready.ns.svc.cluster.local": "one",
	} {
		if got := dial(t, name); got != want {
			t.Errorf("%s leads to %q, not %q", name, got, want)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	output, err := one.Exec(ctx, "main", "bash", "-c", "cat </dev/tcp/two.svc.ns.svc.cluster.local/9000")
	if err != nil || output != "two" {
		t.Errorf("from Pod to Pod: %q, %v", output, err)
	}
	if two.Ready() {
		t.Error("two is ready, though its probe fails")
	}
}

// dial returns what answers at port 9000 of a name, as soon as something does.
func dial(t *testing.T, name string) string {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		connection, err := net.Dial("tcp", name+":9000")
		if err == nil {
			text := make([]byte, 100)
			n, _ := connection.Read(text)
			_ = connection.Close()
			return string(text[:n])
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// A container that fails is restarted in its place: its volumes stay, its other files do not.
func TestRestartInPlace(t *testing.T) {
	k := newKubelet(t)
	p := pod("restarts", `
		trap 'exit 0' TERM
		run="run $(ls /scratch | wc -l) $([ -e /mark ] && echo marked || echo clean)"
		touch "/scratch/$(date +%N)" /mark; echo "$run"
		[ "$(ls /scratch | wc -l)" -lt 3 ] && exit 7
		while :; do sleep 0.1; done`)
	p.Spec.Volumes = []corev1.Volume{
		{Name: "scratch", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
	}
	p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "scratch", MountPath: "/scratch"}}
	running := run(t, k, p, kubelet.Volumes{})
	eventually(t, running, "restarted twice", func(s corev1.ContainerStatus) bool {
		last := s.LastTerminationState.Terminated
		return s.RestartCount == 2 && s.Ready && last != nil && last.ExitCode == 7
	})
	runs := "run 0 clean\nrun 1 clean\nrun 2 clean\n"
	if !waitForLog(running, runs) {
		t.Fatalf("it printed %q, not %q", running.Log("main"), runs)
	}
	running.Signal("main", syscall.SIGKILL)
	eventually(t, running, "restarted after a kill", func(s corev1.ContainerStatus) bool {
		last := s.LastTerminationState.Terminated
		return s.RestartCount == 3 && s.Ready && last.ExitCode == 128+int32(syscall.SIGKILL)
	})
	if want := runs + "run 3 clean\n"; !waitForLog(running, want) {
		t.Errorf("it printed %q, not %q", running.Log("main"), want)
	}
	if err := running.Stop(patience); err != nil {
		t.Error(err)
	}
}

func waitForLog(p *kubelet.Pod, want string) bool {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if p.Log("main") == want {
			return true
		}
	}
	return false
}

// The pre-stop hook comes before SIGTERM, and both share the grace period.
func TestStopInOrder(t *testing.T) {
	k := newKubelet(t)
	p := pod("stops", `trap 'echo term; exit 0' TERM; while :; do sleep 0.05; done`)
	p.Spec.Containers[0].Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{
		Exec: &corev1.ExecAction{Command: []string{"bash", "-c", "sleep 0.2; echo hook >/proc/1/fd/1"}},
	}}
	running := run(t, k, p, kubelet.Volumes{})
	ready(t, running)
	// Ready comes before the trap is set: wait until the loop runs.
	eventually(t, running, "in its loop", func(corev1.ContainerStatus) bool {
		output, _ := running.Exec(t.Context(), "main", "bash", "-c", "cat /proc/[0-9]*/comm")
		return strings.Contains(output, "sleep")
	})
	if err := running.Stop(patience); err != nil {
		t.Error(err)
	}
	if want := "hook\nterm\n"; running.Log("main") != want {
		t.Errorf("it printed %q, not %q", running.Log("main"), want)
	}
}

// A container whose liveness fails for as long as its threshold says is restarted.
func TestLiveness(t *testing.T) {
	k := newKubelet(t)
	p := pod("lives", `trap 'exit 3' TERM; touch /scratch/alive; while :; do sleep 0.05; done`)
	p.Spec.Volumes = []corev1.Volume{
		{Name: "scratch", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
	}
	main := &p.Spec.Containers[0]
	main.VolumeMounts = []corev1.VolumeMount{{Name: "scratch", MountPath: "/scratch"}}
	main.LivenessProbe = &corev1.Probe{
		PeriodSeconds:    1,
		TimeoutSeconds:   5,
		FailureThreshold: 2,
		ProbeHandler: corev1.ProbeHandler{
			Exec: &corev1.ExecAction{Command: []string{"test", "-e", "/scratch/alive"}},
		},
	}
	running := run(t, k, p, kubelet.Volumes{})
	eventually(t, running, "started", func(corev1.ContainerStatus) bool {
		_, err := running.Exec(t.Context(), "main", "test", "-e", "/scratch/alive")
		return err == nil
	})
	if _, err := running.Exec(t.Context(), "main", "rm", "/scratch/alive"); err != nil {
		t.Fatal(err)
	}
	eventually(t, running, "restarted", func(s corev1.ContainerStatus) bool {
		last := s.LastTerminationState.Terminated
		return s.RestartCount == 1 && last != nil && last.ExitCode == 3
	})
}

// A probe that runs out of time is killed and counts as failed, and does not keep its container from ending.
func TestProbeTimesOut(t *testing.T) {
	k := newKubelet(t)
	p := pod("slow", `trap 'exit 0' TERM; while :; do sleep 0.05; done`)
	p.Spec.Containers[0].LivenessProbe = &corev1.Probe{
		PeriodSeconds: 1, TimeoutSeconds: 1, FailureThreshold: 2,
		ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"sleep", "60"}}},
	}
	running := run(t, k, p, kubelet.Volumes{})
	eventually(t, running, "restarted", func(s corev1.ContainerStatus) bool {
		last := s.LastTerminationState.Terminated
		return s.RestartCount == 1 && last != nil && last.ExitCode == 0
	})
	if err := running.Stop(patience); err != nil {
		t.Error(err)
	}
}

// What would change what runs, and is not done here, is refused by name.
func TestRefusesWhatItDoesNotDo(t *testing.T) {
	k := newKubelet(t)
	p := pod("refused", "true")
	p.Spec.HostNetwork = true
	p.Spec.Volumes = []corev1.Volume{
		{Name: "node", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{}}},
	}
	p.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{{}}
	_, err := k.Run(p, kubelet.Volumes{})
	for _, want := range []string{"namespace of the node", "volume node", "envFrom"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %q: %v", want, err)
		}
	}
}

// The last words of a container that fails are in its status if it asks for that: those of the run that has failed.
func TestLastWords(t *testing.T) {
	k := newKubelet(t)
	p := pod("fails", `echo "$RANDOM first"; for n in {1..300}; do echo "line $n"; done; echo last; exit 3`)
	p.Spec.Containers[0].TerminationMessagePolicy = corev1.TerminationMessageFallbackToLogsOnError
	running := run(t, k, p, kubelet.Volumes{})
	eventually(t, running, "ended", func(status corev1.ContainerStatus) bool {
		return status.LastTerminationState.Terminated != nil && status.RestartCount > 0
	})
	message := running.Status().ContainerStatuses[0].LastTerminationState.Terminated.Message
	if !strings.HasSuffix(message, "line 300\nlast\n") || strings.Contains(message, "first") || len(message) > 2048 {
		t.Errorf("its last words are %q", message)
	}
}
