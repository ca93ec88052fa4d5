package kube

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// process is one server and the file its output goes to.
type process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{} // closed once the process has ended and err is set
	err  error
}

// stopGrace is how long a server may take to end after SIGTERM.
const stopGrace = 5 * time.Second

// startProcess runs a server with more environment variables than this process has. One that runs again goes on with
// its log.
func startProcess(binary, dir string, environment []string, args ...string) (*process, error) {
	name := filepath.Base(binary)
	log, err := os.OpenFile(filepath.Join(dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(binary, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), environment...)
	cmd.Stdout = log
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", name, err), log.Close())
	}
	p := &process{name: name, log: log.Name(), cmd: cmd, done: make(chan struct{})}
	go func() {
		p.err = errors.Join(cmd.Wait(), log.Close())
		close(p.done)
	}()
	return p, nil
}

// ended reports the end of a process that should still run, with the end of its log.
func (p *process) ended() error {
	select {
	case <-p.done:
		return fmt.Errorf("%s ended: %w; its log ends with:\n%s", p.name, p.err, tail(p.log))
	default:
		return nil
	}
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails only if it has ended
	select {
	case <-p.done:
	case <-time.After(stopGrace):
		p.kill()
	}
}

// kill ends it as the loss of its machine does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // fails only if it has ended
	<-p.done
}

const tailBytes = 4096

func tail(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(content[max(0, len(content)-tailBytes):])
}

// guard kills the servers if the test process itself dies without stopping them, as it does when a test times out.
// It is a shell that reads the ids of the processes and kills them once its standard input ends.
type guard struct {
	stdin io.WriteCloser
	cmd   *exec.Cmd
}

const guardScript = `while read -r pid; do [ "$pid" = done ] && exit; pids="$pids $pid"; done; kill -9 $pids`

func startGuard() (*guard, error) {
	cmd := exec.Command("sh", "-c", guardScript)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt at the terminal must not end it first
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the guard of the servers: %w", err)
	}
	return &guard{stdin: stdin, cmd: cmd}, nil
}

func (g *guard) watch(p *process) error {
	_, err := fmt.Fprintln(g.stdin, p.cmd.Process.Pid)
	return err
}

func (g *guard) release() error {
	_, err := fmt.Fprintln(g.stdin, "done")
	return errors.Join(err, g.stdin.Close(), g.cmd.Wait())
}

// run executes a command to its end and returns what it wrote to standard output and standard error.
func run(ctx context.Context, stdin io.Reader, binary string, args ...string) (stdout, stderr string, err error) {
	cmd := exec.CommandContext(ctx, binary, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &errs
	err = cmd.Run()
	if err != nil {
		err = fmt.Errorf("%s %v: %w: %s", filepath.Base(binary), args, err, errs.String())
	}
	return out.String(), errs.String(), err
}
