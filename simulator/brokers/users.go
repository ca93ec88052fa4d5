package brokers

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/kompositor/kompositor/sync"
)

// users are what a cluster holds of its users.
type users struct {
	acls   []sync.ACL // sorted, each once
	logins map[login]credential
	told   map[login][]string            // every password that a login was ever given
	quotas map[string]map[string]float64 // by user
}

// login is what one credential is for.
type login struct{ user, mechanism string }

// credential stands for the keys that Kafka derives from a password.
type credential struct {
	iterations int32
	password   string
}

// authorizerKey is the configuration without which brokers keep no ACLs.
const authorizerKey = "authorizer.class.name"

// errNoAuthorizer is Kafka's answer where there is no authorizer.
var errNoAuthorizer = errors.New("SECURITY_DISABLED: No Authorizer is configured on the broker")

// ACLs returns the ACLs of all principals, sorted.
func (c *Cluster) ACLs() []sync.ACL { return slices.Clone(c.users.acls) }

// Quotas returns the quotas by user and key. They must not be changed.
func (c *Cluster) Quotas() map[string]map[string]float64 { return c.users.quotas }

// Logins returns the users that have a credential of a mechanism, sorted.
func (c *Cluster) Logins(mechanism string) []string {
	var names []string
	for login := range c.users.logins {
		if login.mechanism == mechanism {
			names = append(names, login.user)
		}
	}
	slices.Sort(names)
	return names
}

// Admits says whether a client gets in with that password.
func (c *Cluster) Admits(user, mechanism, password string) bool {
	held, exists := c.users.logins[login{user, mechanism}]
	return exists && held.password == password
}

// PasswordNumber says which of the passwords that a login was ever given it has now, the first being 1.
func (c *Cluster) PasswordNumber(user, mechanism string) int {
	of := login{user, mechanism}
	return 1 + slices.Index(c.users.told[of], c.users.logins[of].password)
}

// AddACL adds an ACL as its user would, with Kafka's own tools.
func (c *Cluster) AddACL(acl sync.ACL) {
	acls := append(c.ACLs(), acl)
	slices.SortFunc(acls, func(a, b sync.ACL) int { return cmp.Compare(a.String(), b.String()) })
	c.users.acls = slices.Compact(acls)
}

// DropACL removes an ACL, as somebody would with Kafka's own tools.
func (c *Cluster) DropACL(acl sync.ACL) {
	c.users.acls = slices.DeleteFunc(c.ACLs(), func(held sync.ACL) bool { return held == acl })
}

// DropLogin removes a user's credentials, as somebody would with Kafka's own tools.
func (c *Cluster) DropLogin(user string) {
	maps.DeleteFunc(c.users.logins, func(of login, _ credential) bool { return of.user == user })
}

// describeUser is the answer about one user.
func (c *Cluster) describeUser(asked *sync.UserQuestion, authorizes bool) sync.User {
	user := sync.User{}
	if asked.Principal != "" {
		user.NoAuthorizer = !authorizes
	}
	for _, acl := range c.users.acls {
		if authorizes && acl.Principal == asked.Principal {
			user.ACLs = append(user.ACLs, acl)
		}
	}
	for of, held := range c.users.logins {
		if of.user == asked.SCRAM {
			user.SCRAM = append(user.SCRAM, sync.SCRAMCredential{Mechanism: of.mechanism, Iterations: held.iterations})
		}
	}
	slices.SortFunc(user.SCRAM, func(a, b sync.SCRAMCredential) int { return cmp.Compare(a.Mechanism, b.Mechanism) })
	if asked.Quota != "" {
		user.Quotas = maps.Clone(c.users.quotas[asked.Quota])
	}
	return user
}

// PerformUser carries out a command about a user, as Kafka would. It says whether the command was one.
func (k *Kafka) PerformUser(command sync.Command) (ours bool, err error) {
	switch command := command.(type) {
	case sync.CreateACLs:
		return true, k.authorized(command.Connection, func(c *Cluster) {
			for _, acl := range command.ACLs {
				c.AddACL(acl)
			}
		})
	case sync.DeleteACLs:
		return true, k.authorized(command.Connection, func(c *Cluster) {
			for _, acl := range command.ACLs {
				c.DropACL(acl)
			}
		})
	case sync.SetSCRAM:
		return true, k.at(command.Connection, func(c *Cluster) error { return c.setLogin(&command) })
	case sync.DeleteSCRAM:
		return true, k.at(command.Connection, func(c *Cluster) error {
			delete(c.users.logins, login{command.User, command.Mechanism})
			return nil
		})
	case sync.AlterQuotas:
		return true, k.at(command.Connection, func(c *Cluster) error { return c.alterQuotas(&command) })
	}
	return false, nil
}

// authorized changes ACLs where the brokers have an authorizer.
func (k *Kafka) authorized(connection sync.KafkaConnection, change func(*Cluster)) error {
	broker, _ := k.connect(connection)
	if broker != nil && broker.values[authorizerKey] == "" {
		return errNoAuthorizer
	}
	return k.at(connection, func(c *Cluster) error { change(c); return nil })
}

// setLogin derives a credential. Source: Kafka, ScramControlManager.
func (c *Cluster) setLogin(command *sync.SetSCRAM) error {
	const least, most = 4096, 16384
	if command.Iterations < least || command.Iterations > most {
		return fmt.Errorf("UNACCEPTABLE_CREDENTIAL: iterations %d are not between %d and %d",
			command.Iterations, least, most)
	}
	if c.users.logins == nil {
		c.users.logins, c.users.told = map[login]credential{}, map[login][]string{}
	}
	of, password := login{command.User, command.Mechanism}, command.Password.Reveal()
	c.users.logins[of] = credential{command.Iterations, password}
	if !slices.Contains(c.users.told[of], password) {
		c.users.told[of] = append(c.users.told[of], password)
	}
	return nil
}

// alterQuotas sets and removes quotas of one user. Source: Kafka, ClientQuotaControlManager.
func (c *Cluster) alterQuotas(command *sync.AlterQuotas) error {
	known := []string{"consumer_byte_rate", "controller_mutation_rate", "producer_byte_rate", "request_percentage"}
	changed := maps.Clone(c.users.quotas[command.User])
	if changed == nil {
		changed = map[string]float64{}
	}
	for _, key := range slices.Sorted(maps.Keys(command.Set)) {
		if !slices.Contains(known, key) || command.Set[key] <= 0 {
			return fmt.Errorf("INVALID_REQUEST: Quota %s=%g is not valid", key, command.Set[key])
		}
		changed[key] = command.Set[key]
	}
	for _, key := range command.Delete {
		delete(changed, key)
	}
	if c.users.quotas == nil {
		c.users.quotas = map[string]map[string]float64{}
	}
	c.users.quotas[command.User] = changed
	if len(changed) == 0 {
		delete(c.users.quotas, command.User)
	}
	return nil
}
