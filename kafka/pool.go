package kafka

import (
	"cmp"
	"crypto/sha256"
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
	p.evict(time.Now(), k)
	e := p.entries[k]
	if e == nil {
		made, err := connect(connection)
		if err != nil {
			return nil, err
		}
		e = &entry{client: made}
		p.entries[k] = e
		p.metrics.clients(len(p.entries))
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
	if p.closed && e.users == 0 {
		e.client.close()
		delete(p.entries, k)
	}
}

// evict closes what was idle for too long, and the longest idle while there are too many, to make room for wanted.
func (p *pool) evict(now time.Time, wanted key) {
	for k, e := range p.entries {
		if e.users == 0 && now.Sub(e.used) > p.idle && k != wanted {
			p.drop(k)
		}
	}
	for len(p.entries) >= p.most && p.entries[wanted] == nil {
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
	// Closing waits for librdkafka's threads; nobody else may wait for that.
	go p.entries[k].client.close()
	delete(p.entries, k)
	p.metrics.clients(len(p.entries))
}

func (p *pool) close() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.closed = true
	for k, e := range p.entries {
		if e.users == 0 {
			e.client.close()
			delete(p.entries, k)
		}
	}
}
