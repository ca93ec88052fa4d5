package user_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync"
)

// password is the password of every case that has one.
const password = "correct-horse"

// checkSecrets is law 10: a password is in Secrets and in what Kafka is told, and nowhere else.
func checkSecrets(t *testing.T, c *cases.Case) {
	t.Helper()
	decision := trial().Decide(t, c.Request, c.Facts)
	status, err := json.Marshal(decision.Status, sync.Encoding())
	if err != nil {
		t.Fatal(err)
	}
	shown := string(status)
	for _, command := range decision.Commands {
		shown += command.String()
	}
	for _, secret := range []string{password, base64.StdEncoding.EncodeToString([]byte(password))} {
		if strings.Contains(shown, secret) {
			t.Errorf("law 10: the password is shown: %s", shown)
		}
	}
	for _, child := range decision.Children {
		text, err := json.Marshal(child, sync.Encoding())
		if err != nil {
			t.Fatal(err)
		}
		if child.Kind != "Secret" && strings.Contains(string(text), password) {
			t.Errorf("law 10: the password is in %s", child.Key())
		}
	}
}
