package kubelet

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// impatience is how often a container is asked that is not ready yet; kubelet too asks more often than the period then.
const impatience = 2 * time.Second

// watch asks the probes of one run of a container until it ends.
func (p *Pod) watch(c *corev1.Container, r *process) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-r.done
		cancel()
	}()
	if c.StartupProbe != nil && !p.ask(ctx, c, r, c.StartupProbe, p.starts(c, r)) {
		return
	}
	p.setStarted(c, r)
	if c.LivenessProbe != nil {
		go p.ask(ctx, c, r, c.LivenessProbe, p.lives(c, r))
	}
	if c.ReadinessProbe == nil {
		p.setReady(c, r, true)
		return
	}
	p.ask(ctx, c, r, c.ReadinessProbe, func(succeeded bool) bool {
		p.setReady(c, r, succeeded)
		return true
	})
}

// starts ends the questions with the first success, and the container when it has failed.
func (p *Pod) starts(c *corev1.Container, r *process) func(bool) bool {
	return func(succeeded bool) bool {
		if !succeeded {
			p.note(c, "startup probe failed")
			go func() { _ = p.terminate(c, r, p.grace(c.StartupProbe)) }() // how it ends is seen by the container's status
		}
		return false
	}
}

func (p *Pod) lives(c *corev1.Container, r *process) func(bool) bool {
	return func(succeeded bool) bool {
		if !succeeded {
			p.note(c, "liveness probe failed")
			go func() { _ = p.terminate(c, r, p.grace(c.LivenessProbe)) }()
		}
		return succeeded
	}
}

// grace is how long a container has that a probe ends.
func (p *Pod) grace(probe *corev1.Probe) time.Duration {
	if probe.TerminationGracePeriodSeconds != nil {
		return seconds(*probe.TerminationGracePeriodSeconds)
	}
	return p.gracePeriod()
}

// ask runs a probe until the run ends (false), or until reached says that it knows enough (true). reached hears of
// every change that outlasts the probe's threshold, and of the first.
func (p *Pod) ask(ctx context.Context, c *corev1.Container, r *process, probe *corev1.Probe,
	reached func(succeeded bool) (goOn bool),
) bool {
	if !wait(ctx, seconds(probe.InitialDelaySeconds)) {
		return false
	}
	var count int32
	last, told, known := false, false, false
	for {
		succeeded := p.try(ctx, c, r, probe)
		if ctx.Err() != nil {
			return false
		}
		if succeeded != last {
			count = 0
		}
		last = succeeded
		count++
		if count >= threshold(probe, succeeded) && (!known || told != succeeded) {
			told, known = succeeded, true
			if !reached(succeeded) {
				return true
			}
		}
		period := seconds(max(probe.PeriodSeconds, 1))
		if probe.PeriodSeconds == 0 {
			period = 10 * time.Second
		}
		if probe == c.ReadinessProbe && !told {
			period = min(period, impatience)
		}
		if !wait(ctx, period) {
			return false
		}
	}
}

func threshold(probe *corev1.Probe, succeeded bool) int32 {
	if succeeded {
		return max(probe.SuccessThreshold, 1)
	}
	if probe.FailureThreshold == 0 {
		return 3
	}
	return probe.FailureThreshold
}

// try runs a probe once; a failure is noted with what the probe has printed.
func (p *Pod) try(ctx context.Context, c *corev1.Container, r *process, probe *corev1.Probe) bool {
	ctx, cancel := context.WithTimeout(ctx, seconds(max(probe.TimeoutSeconds, 1)))
	defer cancel()
	output, err := r.exec(ctx, p.host.ns, probe.Exec.Command)
	if err != nil && r.running() {
		p.note(c, fmt.Sprintf("%s: %v: %s", probeName(c, probe), err, output))
	}
	return err == nil
}

func probeName(c *corev1.Container, probe *corev1.Probe) string {
	switch probe {
	case c.StartupProbe:
		return "startup probe"
	case c.LivenessProbe:
		return "liveness probe"
	default:
		return "readiness probe"
	}
}

// wait returns false if the context ends first.
func wait(ctx context.Context, pause time.Duration) bool {
	select {
	case <-time.After(pause):
		return true
	case <-ctx.Done():
		return false
	}
}

func seconds[N int32 | int64](n N) time.Duration { return time.Duration(n) * time.Second }
