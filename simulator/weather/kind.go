package weather

// Kind is one kind of fault.
type Kind string

// The kinds of faults, from the service outwards.
const (
	// LostAnswer: an adapter's questions are not answered in time.
	LostAnswer Kind = "lost-answer"
	// HalfAnswer: some of an adapter's questions are not.
	HalfAnswer Kind = "half-answer"
	// StaleAnswer: an adapter answers with what was so some seconds ago.
	StaleAnswer Kind = "stale-answer"
	// TornAnswer: some of the answers are some seconds old, so that they contradict the others.
	TornAnswer Kind = "torn-answer"
	// RefusedCommand: a command is not carried out and fails.
	RefusedCommand Kind = "refused-command"
	// LostOutcome: a command is carried out, and the service hears that it failed.
	LostOutcome Kind = "lost-outcome"
	// LateCommand: a command fails, and is carried out some seconds later all the same.
	LateCommand Kind = "late-command"

	// LostCall: a call does not reach the service.
	LostCall Kind = "lost-call"
	// KilledHook: the service ends between two steps of its line.
	KilledHook Kind = "killed-hook"
	// LostResponse: the service's answer does not reach Metacontroller.
	LostResponse Kind = "lost-response"
	// LateCall: Metacontroller gives up a call, and a replica of the service works on it some seconds later.
	LateCall Kind = "late-call"
	// DoubledCall: two replicas of the service work on the same call.
	DoubledCall Kind = "doubled-call"

	// StaleCache: Metacontroller hears of changes to one kind of objects some seconds late.
	StaleCache Kind = "stale-cache"
	// Restart: Metacontroller starts anew and remembers nothing.
	Restart Kind = "metacontroller-restart"
	// RefusedWrite: the API server does not take a write of Metacontroller.
	RefusedWrite Kind = "refused-write"
	// LostWrite: it takes a write, and Metacontroller hears that it failed.
	LostWrite Kind = "lost-write"

	// ControlUnreached: a request does not reach Cruise Control.
	ControlUnreached Kind = "control-unreached"
	// ControlUnheard: a request that changes something is carried out, and its answer is lost.
	ControlUnheard Kind = "control-unheard"
	// ControlLate: a request that changes something is carried out some seconds after its sender has given it up.
	ControlLate Kind = "control-late"
	// ControlStale: Cruise Control is heard to say what was so some seconds ago.
	ControlStale Kind = "control-stale"
	// ControlHalf: some of its answers are not heard.
	ControlHalf Kind = "control-half"
	// ControlRestart: Cruise Control restarts, and it is asked right then: it answers that it knows of nothing.
	ControlRestart Kind = "control-restart"
	// ControlRestarted: Cruise Control restarts when it has carried out what it was told, before it has answered.
	ControlRestarted Kind = "control-restarted"
	// ControlDown: Cruise Control answers nobody for a minute, and goes on with what it does.
	ControlDown Kind = "control-down"
	// TaskFails: what Cruise Control executes ends with an error, right after it was asked something.
	TaskFails Kind = "control-task-fails"
	// KilledAsking: the service ends when Cruise Control has answered, before it has used the answer.
	KilledAsking Kind = "control-killed-hook"
	// RefusedStatus: the API server does not take the status of an operation.
	RefusedStatus Kind = "control-refused-status"
	// LostStatus: it takes the status of an operation, and Metacontroller hears that it failed.
	LostStatus Kind = "control-lost-status"

	// LeaderFlap: the leader of the quorum gives its place to another.
	LeaderFlap Kind = "leader-flap"
	// LaggingReplica: a broker's replicas fall out of the ISR for some seconds.
	LaggingReplica Kind = "lagging-replica"
	// Crash: a broker's process ends.
	Crash Kind = "crash"
	// Eviction: a Pod is deleted by somebody who heeds no budget.
	Eviction Kind = "eviction"
	// Pressure: kubelet ends a Pod for the sake of its node; the Pod has failed.
	Pressure Kind = "node-pressure"
	// FullVolume: the volumes of a broker are full until they grow, or the weather ends.
	FullVolume Kind = "full-volume"
	// StuckPod: a Pod that is being deleted hangs, its processes ended, until its kubelet comes to it.
	StuckPod Kind = "stuck-pod"
	// SlowVolume: a volume takes a minute to grow.
	SlowVolume Kind = "slow-volume"
)

// Kinds are all kinds of faults.
func Kinds() []Kind {
	return []Kind{
		LostAnswer, HalfAnswer, StaleAnswer, TornAnswer, RefusedCommand, LostOutcome, LateCommand,
		LostCall, KilledHook, LostResponse, LateCall, DoubledCall,
		StaleCache, Restart, RefusedWrite, LostWrite,
		LeaderFlap, LaggingReplica, Crash, Eviction, Pressure, FullVolume,
		StuckPod, SlowVolume,
	}
}

// ControlKinds are the kinds that strike where Cruise Control is asked, is told something, or what it said is noted.
func ControlKinds() []Kind {
	return []Kind{
		ControlUnreached, ControlUnheard, ControlLate, ControlStale, ControlHalf, ControlRestart, ControlRestarted,
		ControlDown, TaskFails, KilledAsking, RefusedStatus, LostStatus,
	}
}

// rates are those that are drawn of a kind. Most can strike at every call. What can strike at every tick, or undoes the
// work of minutes, does it seldom; what has few occasions takes more of them.
func (k Kind) rates() []float64 {
	switch k {
	case Restart, LeaderFlap, LaggingReplica, Crash, Eviction, Pressure, FullVolume,
		ControlRestart, ControlDown, TaskFails:
		return []float64{0.002, 0.005, 0.02}
	case ControlUnheard, ControlLate, ControlRestarted:
		return []float64{0.1, 0.3, 0.6}
	default:
		return []float64{0.02, 0.05, 0.2}
	}
}
