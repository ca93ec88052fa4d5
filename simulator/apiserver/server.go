package apiserver

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/kompositor/kompositor/simulator/apply"
)

// Options of a Server.
type Options struct {
	// Seed decides uids, addresses and ports.
	Seed uint64
	// Now is the time of the world.
	Now func() time.Time
	// Disturb says of a write before it is done whether it is refused out of hand, or done and answered with an error;
	// nil disturbs none.
	Disturb func(actor string, verb Verb, key Key) (refused, lost error)
	// Managed keeps who manages which field of the objects that Kompositor makes: Apply needs it, and it costs time.
	Managed bool
	// Admission is what custom resources must keep to; nil lets everything in.
	Admission Admission
}

// Server holds the objects.
type Server struct {
	now         func() time.Time
	disturb     func(string, Verb, Key) (refused, lost error)
	chance      *rand.Rand
	revision    int64
	collected   int64 // the revision in which the garbage collector has found nothing to do
	collections map[string]*collection
	encoded     map[version]int
	texts       [][]byte
	writes      []Write
	addresses   int64
	nodePorts   map[int64]Key
	managers    *managers
	admission   Admission
}

// collection holds the objects of one kind, their keys sorted.
type collection struct {
	keys    []string
	objects map[string]Object
}

// same compares identities, not contents: an object that was not changed is handed on as it is.
func same(a, b Object) bool { return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer() }

// New returns an empty server.
func New(options Options) *Server {
	s := &Server{
		now:         options.Now,
		disturb:     options.Disturb,
		chance:      rand.New(rand.NewPCG(options.Seed, 1)),
		collections: map[string]*collection{},
		encoded:     map[version]int{},
		nodePorts:   map[int64]Key{},
		admission:   options.Admission,
	}
	if options.Managed {
		s.managers = newManagers()
	}
	return s
}

// Client writes in someone's name.
type Client struct {
	server *Server
	actor  string
}

// As returns a client that writes in that actor's name.
func (s *Server) As(actor string) Client { return Client{server: s, actor: actor} }

// Get returns an object. It must not be changed.
func (s *Server) Get(key Key) (Object, bool) {
	c := s.collections[key.Kind]
	if c == nil {
		return nil, false
	}
	object, ok := c.objects[key.NamespacedName()]
	return object, ok
}

// List returns the objects of a kind, sorted by namespace and name. They must not be changed.
func (s *Server) List(kind string) []Object {
	c := s.collections[kind]
	if c == nil {
		return nil
	}
	result := make([]Object, 0, len(c.keys))
	for _, key := range c.keys {
		result = append(result, c.objects[key])
	}
	return result
}

// Kinds returns the kinds of which there are objects, sorted.
func (s *Server) Kinds() []string {
	var kinds []string
	for kind, c := range s.collections {
		if len(c.keys) > 0 {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// Writes returns every write since the beginning, the refused and the ineffective ones too. A watcher remembers how
// many it has seen.
func (s *Server) Writes() []Write { return s.writes }

// timestamp is now as Kubernetes writes it.
func (s *Server) timestamp() string { return s.now().UTC().Format(time.RFC3339) }

// newUID draws a version 4 UUID.
func (s *Server) newUID() string {
	high, low := s.chance.Uint64(), s.chance.Uint64()
	high = high&^0xf000 | 0x4000
	low = low&^(0xc<<60) | 0x8<<60
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", high>>32, high>>16&0xffff, high&0xffff, low>>48, low&0xffffffffffff)
}

// store keeps an object under a new resource version, or forgets it when it is nil.
func (s *Server) store(key Key, o Object) {
	s.revision++
	c := s.collections[key.Kind]
	if c == nil {
		c = &collection{objects: map[string]Object{}}
		s.collections[key.Kind] = c
	}
	name := key.NamespacedName()
	at, known := slices.BinarySearch(c.keys, name)
	if o == nil {
		s.managers.forget(UID(c.objects[name]))
		delete(c.objects, name)
		if known {
			c.keys = slices.Delete(c.keys, at, at+1)
		}
		return
	}
	Set(o, strconv.FormatInt(s.revision, 10), "metadata", "resourceVersion")
	c.objects[name] = o
	if !known {
		c.keys = slices.Insert(c.keys, at, name)
	}
}

// record keeps what became of a write.
func (c Client) record(write Write) error {
	write.At, write.Actor = c.server.now(), c.actor
	c.server.writes = append(c.server.writes, write)
	return write.Err
}

// disturbed does a write in the face of what may become of any.
func (c Client) disturbed(verb Verb, key Key, write func() (Object, error)) (Object, error) {
	if c.server.disturb == nil {
		return write()
	}
	refused, lost := c.server.disturb(c.actor, verb, key)
	if refused != nil {
		return nil, c.record(Write{Verb: verb, Key: key, Err: refused})
	}
	o, err := write()
	if err == nil && lost != nil {
		return nil, lost
	}
	return o, err
}

// Create stores a new object and returns it as stored.
func (c Client) Create(o Object) (Object, error) {
	key := KeyOf(o)
	return c.disturbed(Created, key, func() (Object, error) { return c.createRecorded(key, o) })
}

func (c Client) createRecorded(key Key, o Object) (Object, error) {
	asked := Copy(o)
	created, err := c.create(key, asked)
	write := Write{Verb: Created, Key: key, New: created, Err: err}
	if err != nil {
		write.Asked = asked
	}
	return created, c.record(write)
}

func (c Client) create(key Key, o Object) (Object, error) {
	if _, exists := c.server.Get(key); exists {
		return nil, refuse(http.StatusConflict, "%s%s", key, alreadyExists)
	}
	if err := validMetadata(key, o); err != nil {
		return nil, err
	}
	rules := rulesOf(key.Kind)
	metadata := Map(o, "metadata")
	for _, field := range []string{"resourceVersion", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"} {
		delete(metadata, field)
	}
	if rules.status {
		delete(o, "status")
	}
	o, err := rules.normalize(key, o)
	if err != nil {
		return nil, err
	}
	c.server.complete(key, o)
	Set(o, c.server.newUID(), "metadata", "uid")
	Set(o, c.server.timestamp(), "metadata", "creationTimestamp")
	if rules.generation {
		Set(o, int64(1), "metadata", "generation")
	}
	if rules.admit != nil {
		if err := rules.admit(c.server, key, o); err != nil {
			return nil, err
		}
	}
	if err := c.server.admit(key, nil, o); err != nil {
		return nil, err
	}
	c.server.store(key, o)
	c.server.managers.wrote(key, nil, o, c.actor)
	return o, nil
}

// Update replaces an object, its status excepted.
func (c Client) Update(o Object) (Object, error) {
	key := KeyOf(o)
	return c.disturbed(Updated, key, func() (Object, error) { return c.updateRecorded(key, o) })
}

func (c Client) updateRecorded(key Key, o Object) (Object, error) {
	asked := Copy(o)
	old, updated, err := c.update(key, asked)
	verb := Updated
	if err == nil && updated == nil {
		verb = Removed
	}
	write := Write{Verb: verb, Key: key, Old: old, New: updated, Err: err}
	if err != nil {
		write.Asked = asked
	}
	return updated, c.record(write)
}

func (c Client) update(key Key, o Object) (old, updated Object, err error) {
	old, err = c.current(key, o)
	if err != nil {
		return old, nil, err
	}
	if err := validMetadata(key, o); err != nil {
		return old, nil, err
	}
	rules := rulesOf(key.Kind)
	if o, err = rules.normalize(key, o); err != nil {
		return old, nil, err
	}
	c.server.complete(key, o)
	if rules.status {
		keep(o, old, "status")
	}
	for _, field := range []string{
		"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
		"deletionGracePeriodSeconds", "selfLink",
	} {
		keep(Map(o, "metadata"), Map(old, "metadata"), field)
	}
	if rules.validate != nil {
		if err := rules.validate(c.server, old, o); err != nil {
			return old, nil, err
		}
	}
	if err := c.server.admit(key, old, o); err != nil {
		return old, nil, err
	}
	if apply.Equal(old, o) {
		return old, old, nil
	}
	if rules.generation && !apply.Equal(without(old), without(o)) {
		Set(o, Int(old, "metadata", "generation")+1, "metadata", "generation")
	}
	c.server.managers.wrote(key, old, o, c.actor)
	return old, c.server.settle(key, old, o), nil
}

// settle stores an updated object, or removes it when its deletion waited only for the finalizers that are gone now.
func (s *Server) settle(key Key, old, o Object) Object {
	waits := key.Kind == "Pod.v1" && Int(o, "metadata", "deletionGracePeriodSeconds") > 0
	if Terminating(old) && len(Strings(o, "metadata", "finalizers")) == 0 && !waits {
		s.store(key, nil)
		s.release(key)
		return nil
	}
	s.store(key, o)
	return o
}

// UpdateStatus replaces an object's status and nothing else.
func (c Client) UpdateStatus(o Object) (Object, error) {
	key := KeyOf(o)
	return c.disturbed(StatusUpdated, key, func() (Object, error) { return c.updateStatus(key, o) })
}

func (c Client) updateStatus(key Key, o Object) (Object, error) {
	old, err := c.current(key, o)
	if err != nil {
		return nil, c.record(Write{Verb: StatusUpdated, Key: key, Old: old, Err: err})
	}
	updated := make(Object, len(old)+1)
	maps.Copy(updated, old)
	updated["metadata"] = Copy(Map(old, "metadata"))
	keep(updated, o, "status")
	if status, ok := updated["status"]; ok {
		updated["status"] = stored(status)
	}
	if err := c.server.admit(key, old, updated); err != nil {
		return nil, c.record(Write{Verb: StatusUpdated, Key: key, Old: old, Err: err})
	}
	if apply.Equal(updated["status"], old["status"]) {
		return old, c.record(Write{Verb: StatusUpdated, Key: key, Old: old, New: old})
	}
	c.server.store(key, updated)
	return updated, c.record(Write{Verb: StatusUpdated, Key: key, Old: old, New: updated})
}

// current returns the stored object, or why o can not replace it.
func (c Client) current(key Key, o Object) (Object, error) {
	old, exists := c.server.Get(key)
	if !exists {
		return nil, refuse(http.StatusNotFound, "%s not found", key)
	}
	if version := String(o, "metadata", "resourceVersion"); version != "" &&
		version != String(old, "metadata", "resourceVersion") {
		return old, refuse(http.StatusConflict, "%s has been modified since it was read", key)
	}
	if uid := UID(o); uid != "" && uid != UID(old) {
		return old, refuse(http.StatusConflict, "%s is another object of that name (uid %s)", key, UID(old))
	}
	return old, nil
}

// stored is a value as it comes back from the server: a whole number that was sent as 5.0 is 5.
func stored(value any) any {
	switch value := value.(type) {
	case map[string]any:
		kept := make(map[string]any, len(value))
		for key, part := range value {
			kept[key] = stored(part)
		}
		return kept
	case []any:
		kept := make([]any, len(value))
		for i, part := range value {
			kept[i] = stored(part)
		}
		return kept
	case float64:
		const exact = 1 << 53
		if whole := int64(value); float64(whole) == value && -exact < whole && whole < exact {
			return whole
		}
	case int:
		return int64(value)
	}
	return value
}

// keep makes a field of an object what it is in original.
func keep(o, original Object, field string) {
	if part, ok := original[field]; ok {
		o[field] = part
		return
	}
	delete(o, field)
}

// without returns what of an object counts for its generation.
func without(o Object) Object {
	result := Object{}
	for field, part := range o {
		if field != "metadata" && field != "status" {
			result[field] = part
		}
	}
	return result
}
