package kafka

import (
	"cmp"
	"crypto/sha256"
	"errors"
	gosync "sync"
	"time"

	"github.com/kompositor/kompositor/sync"
)

// pool keeps clients by cluster and credential. A client in use is never closed; one that was not used for a while,
// or that is one too many, is.
type pool struct {
	most    int
	idle    time.Duration
	metrics *metrics

	closing gosync.WaitGroup

	mutex   gosync.Mutex
	closed  bool
	entries map[key]*entry
}

// key is a cluster and a digest of how it is reached: a new credential or address makes a new client.
type key struct {
	cluster string
	how     [sha256.Size]byte
}

type entry struct {
	client *client
	users  int
	used   time.Time
	// expiry closes the client when nobody uses it again.
	expiry *time.Timer
}

func newPool(most int, idle time.Duration, m *metrics) *pool {
	return &pool{most: most, idle: idle, metrics: m, entries: make(map[key]*entry)}
}

func keyOf(c *sync.KafkaConnection) key {
	digest := sha256.New()
	write := func(text string) { digest.Write([]byte(text)); digest.Write([]byte{0}) }
	for _, address := range c.Bootstrap {
		write(address)
	}
	write(c.Protocol)
	write(c.SASLMechanism)
	for _, secret := range []sync.Confidential{c.CA, c.Certificate, c.Key, c.SASLUsername, c.SASLPassword} {
		write(string(secret))
	}
	return key{cluster: c.Cluster, how: [sha256.Size]byte(digest.Sum(nil))}
}

// get returns a client that is the caller's until it is released.
func (p *pool) get(connection *sync.KafkaConnection) (*client, error) {
	k := keyOf(connection)
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.closed {
		return nil, errors.New("shutting down")
	}
	e := p.entries[k]
	if e == nil {
		p.makeRoom()
		made, err := connect(connection)
		if err != nil {
			return nil, err
		}
		e = &entry{client: made}
		p.entries[k] = e
		p.metrics.clients(len(p.entries))
	}
	if e.expiry != nil {
		e.expiry.Stop()
	}
	e.users++
	lent := *e.client
	lent.release = func() { p.put(k, e) }
	return &lent, nil
}

func (p *pool) put(k key, e *entry) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	e.users--
	e.used = time.Now()
	switch {
	case e.users > 0:
	case p.closed:
		p.drop(k)
	default:
		e.expiry = time.AfterFunc(p.idle, func() { p.expire(k, e) })
	}
}

// expire closes a client that was not used since its timer was set. It may come when the client is in use again, and
// even when it was given back again.
func (p *pool) expire(k key, e *entry) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.entries[k] == e && e.users == 0 && time.Since(e.used) >= p.idle {
		p.drop(k)
	}
}

// makeRoom closes those that were not used for the longest, while there are too many.
func (p *pool) makeRoom() {
	for len(p.entries) >= p.most {
		var oldest *key
		for k, e := range p.entries {
			if e.users == 0 && (oldest == nil || cmp.Compare(e.used.UnixNano(), p.entries[*oldest].used.UnixNano()) < 0) {
				oldest = &k
			}
		}
		if oldest == nil {
			return // all are in use: a bound that blocked calls would let one slow cluster stop the others
		}
		p.drop(*oldest)
	}
}

func (p *pool) drop(k key) {
	e := p.entries[k]
	if e.expiry != nil {
		e.expiry.Stop()
	}
	// Closing waits for librdkafka's threads; nobody else may wait for that.
	p.closing.Go(e.client.close)
	delete(p.entries, k)
	p.metrics.clients(len(p.entries))
}

// close closes all clients but those that are in use, which are closed when they are given back.
func (p *pool) close() {
	p.mutex.Lock()
	p.closed = true
	for k, e := range p.entries {
		if e.users == 0 {
			p.drop(k)
		}
	}
	p.mutex.Unlock()
	p.closing.Wait()
}
