package metacontroller

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// Hook is the service that is tried: the real one over HTTP, or its line called directly. hook is sync, finalize or
// customize, kind the last element of the path.
type Hook interface {
	Call(hook, kind string, request *Request) (status int, response []byte, err error)
}

// Call is one call of a hook and what was done with the answer, for an observer.
type Call struct {
	At       time.Time
	Hook     string
	Parent   apiserver.Object
	Request  *Request
	Status   int
	Response []byte
	// Answer is the response understood; nil when it could not be.
	Answer *Answer
	// FirstWrite and LastWrite delimit the writes of this pass in the server's list: [FirstWrite, LastWrite).
	FirstWrite, LastWrite int
	// Err is why the pass failed, nil when it did not.
	Err error
}

// Answer is a hook's answer.
type Answer struct {
	Status      apiserver.Object
	Children    []apiserver.Object
	ResyncAfter time.Duration
	Finalized   bool
	Related     []rule
}

// Options of a Metacontroller.
type Options struct {
	Server     *apiserver.Server
	Controller Controller
	Hook       Hook
	Now        func() time.Time
	Seed       uint64
	// Observe is shown every call after its pass.
	Observe func(*Call)
	// Late is by how much the next changes of a kind are heard of late; nil for never.
	Late func(kind string) time.Duration
	// ServerSide is --apply-strategy=server-side-apply; the other strategy is dynamic-apply.
	ServerSide bool
}

// Metacontroller is the state of a running Metacontroller: its caches and its queue.
type Metacontroller struct {
	Options
	client     apiserver.Client
	chance     *rand.Rand
	controller int // the number of its text

	seen       int // of the server's writes
	streams    map[string]*stream
	cache      map[string]map[string]apiserver.Object
	queue      []apiserver.Key
	waiting    map[apiserver.Key]time.Time
	failures   map[apiserver.Key]int
	customized map[string]customization
	resynced   time.Time
	// desired are children that were read before, by their parent and their text; unchanged says for which version of
	// an observed object, by its uid, a desired one was no change. These, and answered, only save time.
	desired   map[string]map[string]apiserver.Object
	unchanged map[string]verdict
	answered  map[string]answered
	// applied is how server-side apply left the children.
	applied map[apiserver.Key]left
}

// verdict is that applying a desired object to a version of an observed one changes nothing.
type verdict struct {
	version string
	desired uintptr
}

// New returns a Metacontroller that has seen nothing yet.
func New(options Options) *Metacontroller {
	text, err := json.Marshal(options.Controller.object())
	if err != nil {
		panic(fmt.Sprintf("a controller does not encode: %v", err))
	}
	return &Metacontroller{
		Options:    options,
		client:     options.Server.As("metacontroller"),
		chance:     rand.New(rand.NewPCG(options.Seed, 2)),
		controller: options.Server.Keep(text),
		streams:    map[string]*stream{},
		cache:      map[string]map[string]apiserver.Object{},
		waiting:    map[apiserver.Key]time.Time{},
		failures:   map[apiserver.Key]int{},
		customized: map[string]customization{},
		resynced:   options.Now(),
		desired:    map[string]map[string]apiserver.Object{},
		unchanged:  map[string]verdict{},
		answered:   map[string]answered{},
		applied:    map[apiserver.Key]left{},
	}
}

// passesPerTick bounds the work of one tick, as the seconds of a real one do.
const passesPerTick = 8

// Step sees what changed and syncs the parents that are due.
func (m *Metacontroller) Step() {
	m.observe()
	if now := m.Now(); now.Sub(m.resynced) >= m.Controller.ResyncPeriod {
		m.resynced = now
		for _, parent := range m.cached(m.Controller.Parent) {
			m.enqueue(apiserver.KeyOf(parent))
		}
	}
	m.wake()
	for range passesPerTick {
		if len(m.queue) == 0 {
			return
		}
		key := m.queue[0]
		m.queue = m.queue[1:]
		m.process(key)
		m.observe()
	}
}

// Force queues every parent now, whether something changed or not.
func (m *Metacontroller) Force() {
	m.observe()
	for _, parent := range m.cached(m.Controller.Parent) {
		m.enqueue(apiserver.KeyOf(parent))
	}
}

// Idle says that no parent is queued or backing off after an error.
func (m *Metacontroller) Idle() bool { return len(m.queue) == 0 && len(m.failures) == 0 }

// process syncs one parent and arranges its next time if that failed.
func (m *Metacontroller) process(key apiserver.Key) {
	parent, ok := m.cache[key.Kind][key.NamespacedName()]
	if !ok {
		delete(m.failures, key)
		return
	}
	if err := m.sync(parent); err != nil {
		m.failures[key]++
		m.enqueueAfter(key, backoff(m.failures[key]))
		return
	}
	delete(m.failures, key)
}

// backoff is the wait after n failures in a row. Source: client-go, DefaultTypedControllerRateLimiter.
func backoff(failures int) time.Duration {
	const first, longest = 5 * time.Millisecond, 1000 * time.Second
	if failures > 18 {
		return longest
	}
	return min(first<<(failures-1), longest)
}

// stream is the watch of one kind: what it has still to tell, and when it tells it.
type stream struct {
	writes []*apiserver.Write
	due    time.Time
}

// observe brings the caches up to date, as far as the watches have told, and queues the parents that an event concerns.
// A kind's changes come in their order; those of different kinds need not.
func (m *Metacontroller) observe() {
	writes := m.Server.Writes()
	for ; m.seen < len(writes); m.seen++ {
		write := &writes[m.seen]
		if !write.Changed() {
			continue
		}
		if m.Late == nil {
			m.hear(write)
			continue
		}
		s := m.streams[write.Key.Kind]
		if s == nil {
			s = &stream{}
			m.streams[write.Key.Kind] = s
		}
		if len(s.writes) == 0 {
			s.due = m.Now().Add(m.Late(write.Key.Kind))
		}
		kept := *write
		s.writes = append(s.writes, &kept)
	}
	for _, kind := range slices.Sorted(maps.Keys(m.streams)) {
		s := m.streams[kind]
		if s.due.After(m.Now()) {
			continue
		}
		for _, write := range s.writes {
			m.hear(write)
		}
		s.writes = nil
	}
}

// hear takes one change into the cache.
func (m *Metacontroller) hear(write *apiserver.Write) {
	objects := m.cache[write.Key.Kind]
	if objects == nil {
		objects = map[string]apiserver.Object{}
		m.cache[write.Key.Kind] = objects
	}
	if write.New == nil {
		delete(objects, write.Key.NamespacedName())
	} else {
		objects[write.Key.NamespacedName()] = write.New
	}
	m.event(write)
}

// Restart is the end of the process and the start of another: it lists every object anew, and every parent is due.
func (m *Metacontroller) Restart() {
	fresh := New(m.Options)
	fresh.chance, fresh.seen = m.chance, len(m.Server.Writes())
	*m = *fresh
	for _, kind := range m.Server.Kinds() {
		objects := map[string]apiserver.Object{}
		for _, o := range m.Server.List(kind) {
			objects[apiserver.KeyOf(o).NamespacedName()] = o
		}
		m.cache[kind] = objects
	}
	for _, parent := range m.cached(m.Controller.Parent) {
		m.enqueue(apiserver.KeyOf(parent))
	}
}

// event queues the parents that a change concerns.
func (m *Metacontroller) event(write *apiserver.Write) {
	if write.Key.Kind == m.Controller.Parent {
		if !m.Controller.IgnoreStatusChanges || write.Verb != apiserver.StatusUpdated {
			m.enqueue(write.Key)
		}
	}
	// A parent may be related to others of its kind, and to itself: its status wakes it then all the same.
	_, isChild := m.Controller.method(write.Key.Kind)
	for _, parent := range m.cached(m.Controller.Parent) {
		uid := apiserver.UID(parent)
		for _, o := range []apiserver.Object{write.Old, write.New} {
			owner := apiserver.ControllerUID(o)
			child := isChild && (owner == uid || owner == "" && apiserver.Label(o, uidLabel) == uid)
			if child || m.customized[uid].matches(write.Key.Kind, o) {
				m.enqueue(apiserver.KeyOf(parent))
			}
		}
	}
}

// cached returns the cached objects of a kind, sorted by namespace and name.
func (m *Metacontroller) cached(kind string) []apiserver.Object {
	objects := m.cache[kind]
	names := make([]string, 0, len(objects))
	for name := range objects {
		names = append(names, name)
	}
	slices.Sort(names)
	result := make([]apiserver.Object, 0, len(names))
	for _, name := range names {
		result = append(result, objects[name])
	}
	return result
}

func (m *Metacontroller) enqueue(key apiserver.Key) {
	if !slices.Contains(m.queue, key) {
		m.queue = append(m.queue, key)
	}
}

// enqueueAfter asks for another look; an earlier one that is already arranged wins.
func (m *Metacontroller) enqueueAfter(key apiserver.Key, wait time.Duration) {
	due := m.Now().Add(wait)
	if known, ok := m.waiting[key]; !ok || due.Before(known) {
		m.waiting[key] = due
	}
}

// wake queues what has waited long enough.
func (m *Metacontroller) wake() {
	var due []apiserver.Key
	for key, at := range m.waiting {
		if !at.After(m.Now()) {
			due = append(due, key)
		}
	}
	slices.SortFunc(due, func(a, b apiserver.Key) int { return strings.Compare(a.NamespacedName(), b.NamespacedName()) })
	for _, key := range due {
		delete(m.waiting, key)
		m.enqueue(key)
	}
}
