package kubelet

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// state is what is known of a container.
type state struct {
	run     *process
	runs    int32
	started bool
	ready   bool
	last    *corev1.ContainerStateTerminated
	waiting *corev1.ContainerStateWaiting
}

func (p *Pod) current(container string) *process {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.states[container]; s != nil {
		return s.run
	}
	return nil
}

func (p *Pod) setWaiting(c *corev1.Container, reason, message string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.states[c.Name].waiting = &corev1.ContainerStateWaiting{Reason: reason, Message: message}
}

func (p *Pod) setStarted(c *corev1.Container, r *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.states[c.Name]; s.run == r {
		s.started = true
	}
}

func (p *Pod) setReady(c *corev1.Container, r *process, ready bool) {
	p.mu.Lock()
	s := p.states[c.Name]
	if s.run == r && r.running() {
		s.ready = ready
	}
	p.mu.Unlock()
	p.tell()
}

func (p *Pod) setEnded(c *corev1.Container, r *process) {
	reason := "Error"
	if r.code == 0 {
		reason = "Completed"
	}
	p.note(c, fmt.Sprintf("ended with exit code %d", r.code))
	p.mu.Lock()
	s := p.states[c.Name]
	s.ready, s.started = false, false
	s.last = &corev1.ContainerStateTerminated{
		ExitCode: r.code, Reason: reason, Message: lastWords(c, r),
		StartedAt: metav1.NewTime(r.started), FinishedAt: metav1.NewTime(r.ended),
	}
	p.mu.Unlock()
	p.tell()
}

// tell publishes a change of the Pod's readiness.
func (p *Pod) tell() {
	p.mu.Lock()
	changed := p.ready != p.readyLocked()
	p.ready = p.readyLocked()
	p.mu.Unlock()
	if !changed {
		return
	}
	if err := p.kubelet.republish(); err != nil {
		p.note(&p.pod.Spec.Containers[0], err.Error())
	}
}

// Ready says that all containers are ready and the Pod is not ending.
func (p *Pod) Ready() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.readyLocked()
}

func (p *Pod) readyLocked() bool {
	for i := range p.pod.Spec.Containers {
		if !p.states[p.pod.Spec.Containers[i].Name].ready {
			return false
		}
	}
	return !p.isLeaving()
}

// WaitReady waits until the Pod is ready; the error says how it does instead.
func (p *Pod) WaitReady(ctx context.Context) error {
	const often = 100 * time.Millisecond
	for !p.Ready() {
		if !wait(ctx, often) {
			return fmt.Errorf("pod %s is not ready (%s): %w", p.pod.Name, p.describe(), ctx.Err())
		}
	}
	return nil
}

func (p *Pod) describe() string {
	status := p.Status()
	var text strings.Builder
	text.WriteString(string(status.Phase))
	for _, all := range [][]corev1.ContainerStatus{status.InitContainerStatuses, status.ContainerStatuses} {
		for _, c := range all {
			fmt.Fprintf(&text, ", %s: ready=%t restarts=%d", c.Name, c.Ready, c.RestartCount)
			if c.State.Waiting != nil {
				text.WriteString(" " + c.State.Waiting.Reason + ": " + c.State.Waiting.Message)
			}
			if c.LastTerminationState.Terminated != nil {
				fmt.Fprintf(&text, " exit code %d before", c.LastTerminationState.Terminated.ExitCode)
			}
		}
	}
	return text.String()
}

// Name of the Pod.
func (p *Pod) Name() string { return p.pod.Name }

// Address of the Pod in the network of this process.
func (p *Pod) Address() string { return p.host.address }

// Status is what kubelet would write into the Pod's status. Conditions have no times.
func (p *Pod) Status() corev1.PodStatus {
	p.mu.Lock()
	defer p.mu.Unlock()
	status := corev1.PodStatus{
		Phase: p.phase(), PodIP: p.host.address, PodIPs: []corev1.PodIP{{IP: p.host.address}},
	}
	initialized := true
	for i := range p.pod.Spec.InitContainers {
		s := p.containerStatus(&p.pod.Spec.InitContainers[i])
		s.Ready = s.State.Terminated != nil && s.State.Terminated.ExitCode == 0
		initialized = initialized && s.Ready
		status.InitContainerStatuses = append(status.InitContainerStatuses, s)
	}
	for i := range p.pod.Spec.Containers {
		status.ContainerStatuses = append(status.ContainerStatuses, p.containerStatus(&p.pod.Spec.Containers[i]))
	}
	ready := p.readyLocked()
	status.Conditions = []corev1.PodCondition{
		condition(corev1.PodScheduled, true), condition(corev1.PodInitialized, initialized),
		condition(corev1.ContainersReady, ready), condition(corev1.PodReady, ready),
	}
	return status
}

// phase is Running from the first run of a container that is no init container on.
func (p *Pod) phase() corev1.PodPhase {
	for i := range p.pod.Spec.Containers {
		if p.states[p.pod.Spec.Containers[i].Name].runs > 0 {
			return corev1.PodRunning
		}
	}
	return corev1.PodPending
}

func (p *Pod) containerStatus(c *corev1.Container) corev1.ContainerStatus {
	s := p.states[c.Name]
	status := corev1.ContainerStatus{
		Name: c.Name, Image: c.Image, Ready: s.ready, Started: &s.started, RestartCount: max(s.runs-1, 0),
	}
	switch {
	case s.run != nil && s.run.running():
		status.State.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(s.run.started)}
		status.LastTerminationState.Terminated = s.last
	case s.waiting != nil:
		status.State.Waiting = s.waiting
		status.LastTerminationState.Terminated = s.last
	case s.last != nil:
		status.State.Terminated = s.last
	default:
		status.State.Waiting = &corev1.ContainerStateWaiting{Reason: "PodInitializing"}
	}
	started := s.started
	status.Started = &started
	return status
}

func condition(kind corev1.PodConditionType, holds bool) corev1.PodCondition {
	status := corev1.ConditionFalse
	if holds {
		status = corev1.ConditionTrue
	}
	return corev1.PodCondition{Type: kind, Status: status}
}
