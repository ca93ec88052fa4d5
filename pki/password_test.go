package pki

import (
	"testing"

	"github.com/kompositor/kompositor/sync"
)

func TestPasswords(t *testing.T) {
	made := func() string {
		facts := Passwords{}.Answer(t.Context(), sync.Questions{PKI: &sync.PKIQuestions{Password: true}})
		password, known := facts.PKI.Password.Get()
		if !known || len(password) < 26 {
			t.Fatalf("made %d characters, known: %t", len(password), known)
		}
		return password.Reveal()
	}
	if first, second := made(), made(); first == second {
		t.Error("two passwords are the same")
	}
	if facts := (Passwords{}).Answer(t.Context(), sync.Questions{}); !facts.PKI.Password.IsZero() {
		t.Error("a password was made that nobody asked for")
	}
	if outcomes := (Passwords{}).Perform(t.Context(), []sync.Command{sync.DeleteTopic{}}); outcomes[0].Err == nil {
		t.Error("a topic was deleted")
	}
}
