package live

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

const (
	// Patience bounds one wait: for one node to restart, or for records to be read.
	Patience = 2 * time.Minute
	// look is how often a wait looks.
	look = 100 * time.Millisecond
)

// Until waits for something that needs no call of the hook.
func Until(t *testing.T, what string, missing func() string) {
	t.Helper()
	if last := attempt(missing); last != "" {
		t.Fatalf("waited %s in vain for %s: %s", Patience, what, last)
	}
}

// attempt is Until for a wait that may be in vain; it returns what is still missing.
func attempt(missing func() string) (last string) {
	for deadline := time.Now().Add(Patience); ; time.Sleep(look) {
		if last = missing(); last == "" || time.Now().After(deadline) {
			return last
		}
	}
}

// MissingUnless is what is missing, or nothing.
func MissingUnless(done bool, missing string) string {
	if done {
		return ""
	}
	return missing
}

// Kubectl runs kubectl as a user would.
func (r *Run) Kubectl(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	out, warnings, err := r.Control.Kubectl(ctx, strings.NewReader(stdin), args...)
	if err != nil || warnings != "" {
		t.Fatalf("kubectl %v: %v %s", args, err, warnings)
	}
	return out
}

// newNamespace makes a namespace whose Pods get no token for the API server: none of ours asks for one, and the kubelet
// here has none to give.
func (r *Run) newNamespace(t *testing.T, name string) {
	t.Helper()
	r.Kubectl(t, "", "create", "namespace", name)
	Until(t, "the default service account", func() string {
		_, _, err := r.Control.Kubectl(t.Context(), nil, "-n", name, "patch", "serviceaccount", "default", "--type=merge",
			"-p", `{"automountServiceAccountToken":false}`)
		return MissingUnless(err == nil, fmt.Sprint(err))
	})
}
