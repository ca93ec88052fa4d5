package apiserver

import (
	"net/http"

	"github.com/kompositor/kompositor/simulator/managed"
)

// Apply is a server-side apply: it creates the object, or merges what the actor asks for into the one that is there. It
// takes over by force what others have given another value. The server must have been made with Managed.
func (c Client) Apply(config Object) (Object, error) {
	key := KeyOf(config)
	verb := Created
	if _, exists := c.server.Get(key); exists {
		verb = Updated
	}
	return c.disturbed(verb, key, func() (Object, error) { return c.apply(key, config) })
}

func (c Client) apply(key Key, config Object) (Object, error) {
	live, exists := c.server.Get(key)
	merged, fields, err := c.server.managers.applied(key, live, config, c.actor)
	if err != nil {
		err = refuse(http.StatusInternalServerError, "%s: %v", key, err)
		return nil, c.record(Write{Verb: Updated, Key: key, Old: live, Err: err})
	}
	var stored Object
	if exists {
		stored, err = c.updateRecorded(key, merged)
	} else {
		stored, err = c.createRecorded(key, merged)
	}
	if err == nil && stored != nil {
		c.server.managers.fields[UID(stored)] = fields
	}
	return stored, err
}

// managers knows who manages what of every object that Kompositor makes. A nil one knows nothing, and learns nothing.
type managers struct {
	schema *managed.Schema
	fields map[string]managed.Fields // by the object's uid
}

func newManagers() *managers {
	return &managers{schema: managed.NewSchema(), fields: map[string]managed.Fields{}}
}

// wrote notes that an actor has replaced an object by another; old is nil for a new one.
func (m *managers) wrote(key Key, old, updated Object, actor string) {
	if m == nil || !m.schema.Knows(key.Kind) {
		return
	}
	uid := UID(updated)
	before := managed.Object{Kind: key.Kind, Live: old, Fields: m.fields[uid]}
	if fields, err := m.schema.Updated(before, updated, actor); err == nil {
		m.fields[uid] = fields // what does not fit the schema is managed as before, as kube-apiserver has it
	}
}

// applied is what becomes of a live object, nil for none, when an actor applies its part of it.
func (m *managers) applied(key Key, live, config Object, actor string) (Object, managed.Fields, error) {
	o := managed.Object{Kind: key.Kind, Live: live, Fields: m.fields[UID(live)]}
	return m.schema.Applied(o, config, managed.Applier{Manager: actor, Force: true})
}

func (m *managers) forget(uid string) {
	if m != nil {
		delete(m.fields, uid)
	}
}
