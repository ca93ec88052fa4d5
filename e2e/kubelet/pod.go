package kubelet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	gosync "sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Pod is a Pod that runs here. Its methods may be called from several goroutines.
type Pod struct {
	kubelet *Kubelet
	pod     *corev1.Pod
	volumes Volumes
	number  int
	dir     string
	host    host
	mounts  map[string]string

	leaving chan struct{} // closed when the Pod is to end
	leave   gosync.Once
	gone    chan struct{} // closed when it has ended and nothing of it is left
	err     error         // what could not be cleaned up; read it after gone

	mu     gosync.Mutex
	states map[string]*state
	ready  bool // what the DNS was told
}

func newPod(k *Kubelet, pod *corev1.Pod, volumes Volumes, number int) *Pod {
	p := &Pod{
		kubelet: k, pod: pod, volumes: volumes, number: number,
		dir:     filepath.Join(k.config.Dir, "pods", fmt.Sprintf("%s-%s-%d", pod.Namespace, pod.Name, number)),
		leaving: make(chan struct{}), gone: make(chan struct{}), states: map[string]*state{},
	}
	for i := range pod.Spec.InitContainers {
		p.states[pod.Spec.InitContainers[i].Name] = &state{}
	}
	for i := range pod.Spec.Containers {
		p.states[pod.Spec.Containers[i].Name] = &state{}
	}
	return p
}

// start leads the Pod through its life, in the background.
func (p *Pod) start() {
	go func() {
		defer close(p.gone)
		if p.initialize() {
			var containers gosync.WaitGroup
			for i := range p.pod.Spec.Containers {
				containers.Go(func() { p.keep(&p.pod.Spec.Containers[i], p.pod.Spec.RestartPolicy) })
			}
			containers.Wait()
		}
		<-p.leaving // a Pod whose containers have ended for good stays until it is deleted
		p.err = p.kubelet.forget(p)
	}()
}

// initialize runs the init containers one by one, each until it succeeds, and returns false if the Pod is to end.
func (p *Pod) initialize() bool {
	for i := range p.pod.Spec.InitContainers {
		policy := corev1.RestartPolicyOnFailure
		if p.pod.Spec.RestartPolicy == corev1.RestartPolicyNever {
			policy = corev1.RestartPolicyNever
		}
		if !p.keep(&p.pod.Spec.InitContainers[i], policy) {
			return false
		}
	}
	return true
}

// keep runs a container as often as the policy says; true if its last run succeeded and the Pod goes on.
func (p *Pod) keep(c *corev1.Container, policy corev1.RestartPolicy) bool {
	for restarts := 0; ; restarts++ {
		if !p.pause(c, restarts) {
			return false
		}
		r, err := p.begin(c)
		if err != nil {
			p.setWaiting(c, "CreateContainerError", err.Error())
			continue
		}
		if r == nil {
			return false
		}
		go p.watch(c, r)
		<-r.done
		p.setEnded(c, r)
		if p.isLeaving() {
			return false
		}
		if policy == corev1.RestartPolicyNever || policy == corev1.RestartPolicyOnFailure && r.code == 0 {
			return r.code == 0
		}
	}
}

// pause is the back-off before a container's next run: none before the first restart, then doubling up to five minutes.
func (p *Pod) pause(c *corev1.Container, restarts int) bool {
	if restarts > 1 {
		const most = 5 * time.Minute
		pause := min(p.kubelet.config.Backoff<<min(restarts-2, 10), most)
		p.setWaiting(c, "CrashLoopBackOff", fmt.Sprintf("back-off %s restarting failed container", pause))
		select {
		case <-time.After(pause):
		case <-p.leaving:
		}
	}
	return !p.isLeaving()
}

// begin starts a run unless the Pod is to end; then both results are nil.
func (p *Pod) begin(c *corev1.Container) (*process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isLeaving() {
		return nil, nil
	}
	r, err := p.launch(c)
	if err != nil {
		return nil, err
	}
	s := p.states[c.Name]
	s.run, s.waiting = r, nil
	s.runs++
	return r, nil
}

func (p *Pod) isLeaving() bool {
	select {
	case <-p.leaving:
		return true
	default:
		return false
	}
}

// Stop ends the Pod as its deletion does: pre-stop hooks, SIGTERM, and SIGKILL when the grace period is over. It
// returns when nothing of the Pod is left, with what went wrong on the way.
func (p *Pod) Stop(grace time.Duration) error {
	p.leaveNow()
	var containers gosync.WaitGroup
	var errs []error
	var mu gosync.Mutex
	for i := range p.pod.Spec.Containers {
		c := &p.pod.Spec.Containers[i]
		containers.Go(func() {
			if err := p.terminate(c, p.current(c.Name), grace); err != nil {
				mu.Lock()
				errs = append(errs, err)
				mu.Unlock()
			}
		})
	}
	for i := range p.pod.Spec.InitContainers {
		if r := p.current(p.pod.Spec.InitContainers[i].Name); r != nil {
			r.signal(syscall.SIGKILL)
		}
	}
	containers.Wait()
	<-p.gone
	return errors.Join(append(errs, p.err)...)
}

// Kill ends the Pod at once, as the loss of its machine does.
func (p *Pod) Kill() {
	p.leaveNow()
	p.mu.Lock()
	for _, s := range p.states {
		if s.run != nil {
			s.run.signal(syscall.SIGKILL)
		}
	}
	p.mu.Unlock()
	<-p.gone
}

// leaveNow makes sure that no container starts any more.
func (p *Pod) leaveNow() {
	p.mu.Lock()
	p.leave.Do(func() { close(p.leaving) })
	p.mu.Unlock()
	p.tell()
}

// Signal sends a signal to the first process of a container.
func (p *Pod) Signal(container string, signal syscall.Signal) {
	if r := p.current(container); r != nil {
		r.signal(signal)
	}
}

// Exec runs a command in a container and returns its output.
func (p *Pod) Exec(ctx context.Context, container string, command ...string) (string, error) {
	r := p.current(container)
	if r == nil || !r.running() {
		return "", fmt.Errorf("container %s of pod %s does not run", container, p.pod.Name)
	}
	return r.exec(ctx, p.host.ns, command)
}

// GracePeriod is how long the Pod may take to stop when its deletion says nothing else.
func (p *Pod) GracePeriod() time.Duration { return p.gracePeriod() }

func (p *Pod) gracePeriod() time.Duration {
	if p.pod.Spec.TerminationGracePeriodSeconds == nil {
		return 30 * time.Second
	}
	return seconds(*p.pod.Spec.TerminationGracePeriodSeconds)
}

// terminate ends one run of a container within a grace period, which its pre-stop hook and its SIGTERM share.
func (p *Pod) terminate(c *corev1.Container, r *process, grace time.Duration) error {
	if r == nil || !r.running() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if hook := c.Lifecycle; hook != nil && hook.PreStop != nil {
		if output, err := r.exec(ctx, p.host.ns, hook.PreStop.Exec.Command); err != nil && ctx.Err() == nil && r.running() {
			p.note(c, fmt.Sprintf("pre-stop hook: %v: %s", err, output))
		}
	}
	r.signal(syscall.SIGTERM)
	const least = 2 * time.Second // what kubelet grants even if the hook has used it all up
	deadline, _ := ctx.Deadline()
	select {
	case <-r.done:
		return nil
	case <-time.After(max(time.Until(deadline), least)):
	}
	r.signal(syscall.SIGKILL)
	<-r.done
	return fmt.Errorf("container %s of pod %s was killed after its grace period of %s", c.Name, p.pod.Name, grace)
}

// note writes an event of the Pod into its file of events.
func (p *Pod) note(c *corev1.Container, text string) {
	file, err := os.OpenFile(p.EventsFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return
	}
	defer func() { _ = file.Close() }()
	_, _ = fmt.Fprintf(file, "%s %s: %s\n", time.Now().Format(time.RFC3339Nano), c.Name, text)
}

// EventsFile holds what kubelet would report as events: failed probes and hooks, one a line.
func (p *Pod) EventsFile() string { return p.path("events.log") }
