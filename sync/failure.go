package sync

// Failure is what it means that Cruise Control did not do, or did not say, what it was asked. Cruise Control answers
// nearly every refusal with status 500, so that only its words tell them apart; docs/cruisecontrol.md lists them.
type Failure string

// The failures.
const (
	// FailureNoWindows, FailureLoading, FailureOngoing and FailureAtCapacity pass by themselves: not enough metrics yet,
	// samples that are still being loaded, another execution, as many active tasks as it takes.
	FailureNoWindows  Failure = "NotEnoughValidWindows"
	FailureLoading    Failure = "LoadMonitorLoading"
	FailureOngoing    Failure = "OngoingExecution"
	FailureAtCapacity Failure = "AtCapacity"
	// FailureHardGoal: a hard goal can not be met. FailureGoalsMissing: the goals lack hard goals.
	FailureHardGoal     Failure = "HardGoalViolated"
	FailureGoalsMissing Failure = "HardGoalsMissing"
	// FailureUnknownBroker, FailureUnknownCapacity and FailureUnknownLogDir: it does not know a broker, its capacity, or a
	// log directory; the last also when there is no room on the others.
	FailureUnknownBroker   Failure = "UnknownBroker"
	FailureUnknownCapacity Failure = "UnknownCapacity"
	FailureUnknownLogDir   Failure = "UnknownLogDir"
	// FailureUnknownTopic: no topic has the name that is asked for.
	FailureUnknownTopic Failure = "UnknownTopic"
	// FailureNothingToDo: what is asked for is so already.
	FailureNothingToDo Failure = "NothingToDo"
	// FailureBadRequest and FailureNoEndpoint: it will never take this request; the second when its version lacks the
	// endpoint.
	FailureBadRequest Failure = "BadRequest"
	FailureNoEndpoint Failure = "NoEndpoint"
	// FailureLogin and FailureConfiguration: it refuses the login, or its configuration does not allow the request.
	FailureLogin         Failure = "NotAuthorized"
	FailureConfiguration Failure = "NotConfigured"
	// FailureOther is any other refusal.
	FailureOther Failure = "Refused"
	// FailureUnanswered is no refusal: the request may have arrived, and its answer is not known.
	FailureUnanswered Failure = "Unanswered"
)

// FailureError is a failure with its text.
type FailureError struct {
	Failure Failure
	// Status is that of the answer; 0 when there was none.
	Status int
	// Text says what failed and why, in words that a user can act on.
	Text string
}

// Error is the text.
func (e *FailureError) Error() string { return e.Text }
