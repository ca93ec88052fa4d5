package cruisecontrol

// Stop asks the executor to stop, whatever it executes. The request is a task of the same type as those that move
// something, with the reason that it is given, and is over at once. Source: Cruise Control, CruiseControlEndPoint.
func (m *Model) Stop(request Request, url string) *RefusalError {
	if refusal := m.full(); refusal != nil {
		return refusal
	}
	m.tasks = append(m.tasks, &Task{ID: m.id(), Request: request, URL: url, Status: Completed, Start: m.clock})
	m.stopping = m.executing != nil
	m.evict()
	return nil
}
