package cruisecontrol

import (
	"fmt"
	"slices"
)

// add makes a task.
func (m *Model) add(request Request, url string) *Task {
	m.next++
	task := &Task{
		ID: fmt.Sprintf("00000000-0000-4000-8000-%012x", m.next), Request: request, URL: url, Status: Active, Start: m.clock,
		active: true,
	}
	m.tasks = append(m.tasks, task)
	return task
}

// Take takes a place among the active tasks for a request that is no task for the executor: each of them has one from
// its arrival until the scanner passes, which it does every 5 s, even one that only reads. Without a free place it is
// refused.
func (m *Model) Take() *RefusalError {
	refusal := m.full()
	if refusal == nil {
		m.answered++
	}
	return refusal
}

func (m *Model) full() *RefusalError {
	active := m.answered
	for _, task := range m.tasks {
		if task.active {
			active++
		}
	}
	if active < m.Capacity {
		return nil
	}
	return &RefusalError{"java.lang.RuntimeException", fmt.Sprintf(
		"There are already %d active user tasks, which has reached the servlet capacity.", active)}
}

// scan frees the places of what is over, and forgets what was started too long ago.
func (m *Model) scan() {
	m.answered = 0
	for _, task := range m.tasks {
		task.active = task.active && task.Status == Active
	}
	m.tasks = slices.DeleteFunc(m.tasks, func(t *Task) bool { return m.over(t) && t.Start+m.KeptFor < m.clock })
}

// over says that a task is neither computed nor executed.
func (m *Model) over(t *Task) bool { return t != m.executing && t.Status != Active }

// evict forgets the oldest of the tasks that are over. Those of all endpoints are counted together: each of them
// belongs to the type KAFKA_ADMIN. Source: Cruise Control, CruiseControlEndPoint.
func (m *Model) evict() {
	kept := 0
	for _, task := range slices.Backward(m.tasks) {
		if !m.over(task) {
			continue
		}
		if kept++; kept > m.Kept {
			m.tasks = slices.DeleteFunc(m.tasks, func(t *Task) bool { return t == task })
		}
	}
}
