package kubelet

import (
	"bytes"
	"context"
	_ "embed" // for the script
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// containerScript becomes the container's command, once its namespaces are there.
//
//go:embed container.sh
var containerScript string

// process is one run of a container.
type process struct {
	cmd     *exec.Cmd
	env     []string
	user    []string // the words before a command that make it run as the container's user
	log     string   // its output, from logFrom on
	logFrom int64
	started time.Time
	done    chan struct{} // closed when it has ended, with code and ended set
	code    int32
	ended   time.Time
}

// launch starts a container in namespaces of its own and the Pod's network.
func (p *Pod) launch(c *corev1.Container) (*process, error) {
	image, err := p.kubelet.config.Image(c.Image)
	if err != nil {
		return nil, fmt.Errorf("image %s: %w", c.Image, err)
	}
	args, env, err := p.commandLine(c, &image)
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(p.LogFile(c.Name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	logged, err := log.Stat()
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	cmd := exec.Command("nsenter", args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC, Setsid: true,
	}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	r := &process{
		cmd: cmd, env: env, user: p.user(c), log: log.Name(), logFrom: logged.Size(), started: time.Now(),
		done: make(chan struct{}),
	}
	go func() {
		_ = cmd.Wait() // ProcessState tells more
		_ = log.Close()
		r.code, r.ended = exitCode(cmd.ProcessState), time.Now()
		close(r.done)
	}()
	return r, nil
}

// commandLine is what nsenter is given to become the container's command, and its environment.
func (p *Pod) commandLine(c *corev1.Container, image *Image) (args, env []string, err error) {
	variables, err := p.variables(c)
	if err != nil {
		return nil, nil, err
	}
	env = p.environ(image, variables)
	binds, err := p.binds(c, image)
	if err != nil {
		return nil, nil, err
	}
	scratch := p.path("scratch-" + c.Name)
	if err := os.MkdirAll(scratch, 0o755); err != nil {
		return nil, nil, err
	}
	args = []string{"--net=" + p.host.ns, "sh", "-c", containerScript, "container.sh"}
	args = append(args, scratch, image.Dir, p.hostname(), p.host.hosts)
	for _, b := range binds {
		args = append(args, b.source, b.target, b.mode)
	}
	args = append(args, "--")
	args = append(args, p.user(c)...)
	if c.WorkingDir != "" {
		args = append(args, "env", "--chdir="+c.WorkingDir)
	}
	command := append(append([]string(nil), c.Command...), c.Args...)
	return append(args, expandAll(command, variables)...), env, nil
}

// user are the words that make a command run as the user and groups of the security contexts.
func (p *Pod) user(c *corev1.Container) []string {
	var uid, gid, fsGroup *int64
	if pod := p.pod.Spec.SecurityContext; pod != nil {
		uid, gid, fsGroup = pod.RunAsUser, pod.RunAsGroup, pod.FSGroup
	}
	if own := c.SecurityContext; own != nil && own.RunAsUser != nil {
		uid = own.RunAsUser
	}
	if own := c.SecurityContext; own != nil && own.RunAsGroup != nil {
		gid = own.RunAsGroup
	}
	if uid == nil && gid == nil && fsGroup == nil {
		return nil
	}
	words := []string{"setpriv"}
	add := func(option string, id *int64) {
		if id != nil {
			words = append(words, option+strconv.FormatInt(*id, 10))
		}
	}
	add("--reuid=", uid)
	add("--regid=", gid)
	if fsGroup == nil {
		return append(words, "--clear-groups")
	}
	add("--groups=", fsGroup)
	return words
}

// exec runs a command in the container as kubelet does for probes and hooks; the output is of both streams.
func (r *process) exec(ctx context.Context, network string, command []string) (string, error) {
	args := []string{"--net=" + network, "--target=" + strconv.Itoa(r.cmd.Process.Pid)}
	args = append(args, "--mount", "--pid", "--uts", "--ipc", "--root", "--wd", "--")
	cmd := exec.CommandContext(ctx, "nsenter", append(append(args, r.user...), command...)...)
	var output bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = r.env, &output, &output
	// nsenter waits for the command, which shares its process group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	return output.String(), err
}

// signal reaches the container's first process.
func (r *process) signal(signal syscall.Signal) {
	_ = r.cmd.Process.Signal(signal) // fails only if it has ended
}

func (r *process) running() bool {
	select {
	case <-r.done:
		return false
	default:
		return true
	}
}

// exitCode is what a container runtime reports: of a process that a signal has ended, 128 and the signal.
func exitCode(state *os.ProcessState) int32 {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int32(status.Signal()) //nolint:gosec // a signal is a small number
	}
	return int32(state.ExitCode()) //nolint:gosec // an exit code is a small number
}

// path is a file of the Pod's own.
func (p *Pod) path(name string) string { return filepath.Join(p.dir, name) }

// LogFile is where the output of all runs of a container is.
func (p *Pod) LogFile(container string) string { return p.path(container + ".log") }

// Log is the output of all runs of a container so far.
func (p *Pod) Log(container string) string {
	text, err := os.ReadFile(p.LogFile(container))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// hostname is the Pod's, as far as the kernel takes it.
func (p *Pod) hostname() string {
	name := p.pod.Spec.Hostname
	if name == "" {
		name = p.pod.Name
	}
	return strings.TrimRight(name[:min(len(name), 63)], "-.")
}
