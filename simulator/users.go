package simulator

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/sync"
)

// scram is the mechanism that users of Kompositor log in with.
const scram = "SCRAM-SHA-512"

// answerPKI makes passwords, as pki does, but of the seed: the same question asked again has the same answer, and the
// next call another.
func (w *World) answerPKI(asked *sync.PKIQuestions) sync.Facts {
	facts := sync.Facts{Now: w.Now()}
	if asked != nil && asked.Password {
		sum := sha256.Sum256(fmt.Appendf(nil, "seed %d, call %d", w.Seed, w.calls))
		facts.PKI.Password = sync.Known(sync.Confidential(base32.StdEncoding.EncodeToString(sum[:16])[:26]))
	}
	return facts
}

// Users lists what every Kafka cluster holds of its users: who logs in with which password, the ACLs and the quotas.
// Of a password it says which of the user's passwords it is, the first being 1, and which Secrets hold it.
func (w *World) Users() string {
	var b strings.Builder
	for _, name := range w.Kafka.Names() {
		cluster := w.Kafka.Cluster(name)
		for _, user := range cluster.Logins(scram) {
			fmt.Fprintf(&b, "%s %s: %s, password %d, which is in %s\n", name, user, scram,
				cluster.PasswordNumber(user, scram), orElse(strings.Join(w.secretsThat(func(password string) bool {
					return cluster.Admits(user, scram, password)
				}), " and "), "no Secret"))
		}
		for _, acl := range cluster.ACLs() {
			fmt.Fprintf(&b, "%s %s\n", name, acl)
		}
		quotas := cluster.Quotas()
		for _, user := range slices.Sorted(maps.Keys(quotas)) {
			for _, key := range slices.Sorted(maps.Keys(quotas[user])) {
				fmt.Fprintf(&b, "%s %s: %s=%s\n", name, user, key,
					strconv.FormatFloat(quotas[user][key], 'f', -1, 64))
			}
		}
	}
	return b.String()
}

// secretsThat names the Secrets with such a password.
func (w *World) secretsThat(hold func(password string) bool) []string {
	var names []string
	for _, secret := range w.Server.List("Secret.v1") {
		password, err := base64.StdEncoding.DecodeString(apiserver.String(secret, "data", "password"))
		if err == nil && hold(string(password)) {
			names = append(names, apiserver.KeyOf(secret).String())
		}
	}
	return names
}

// changeUser changes what Kafka holds of a user, as somebody with Kafka's own tools would.
func (w *World) changeUser(command string, arguments map[string]string) error {
	cluster := w.Kafka.Cluster(w.parentName())
	if cluster == nil {
		return fmt.Errorf("no Kafka of %s has ever run", w.parentName())
	}
	if command == "drop-login" {
		cluster.DropLogin(arguments["user"])
		return nil
	}
	acl := sync.ACL{
		ResourceType: "topic", ResourceName: arguments["topic"], PatternType: "literal", Principal: arguments["principal"],
		Host: "*", Operation: arguments["operation"], Permission: "allow",
	}
	if command == "drop-acl" {
		cluster.DropACL(acl)
		return nil
	}
	cluster.AddACL(acl)
	return nil
}
