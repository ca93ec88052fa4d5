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

// often says that a kind is drawn at every tick, or for every Pod at every tick, and not at every call: its rates must
// be small.
func (k Kind) often() bool {
	switch k {
	case Restart, LeaderFlap, LaggingReplica, Crash, Eviction, Pressure, FullVolume:
		return true
	default:
		return false
	}
}
