package pki

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// apiServer holds one Secret as a real API server does: an update needs the resourceVersion that was read.
type apiServer struct {
	mu     gosync.Mutex
	secret *corev1.Secret
	writes int
	// before is called at every update, without the lock.
	before func()
	// deny is the status code of every answer; 0 answers.
	deny int
}

func newAPIServer() *apiServer {
	return &apiServer{secret: &corev1.Secret{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{
			Name: "kompositor-tls", Namespace: "kompositor-system", ResourceVersion: "1",
			Labels: map[string]string{"app.kubernetes.io/name": "kompositor"},
		},
		Type: corev1.SecretTypeOpaque,
	}}
}

func (a *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPut && a.before != nil {
		a.before()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.deny != 0:
		answer(w, a.deny, metav1.Status{Message: "denied by the test"})
	case r.Header.Get("Authorization") != "Bearer account":
		answer(w, http.StatusUnauthorized, metav1.Status{Message: "Unauthorized"})
	case r.URL.Path != "/api/v1/namespaces/kompositor-system/secrets/kompositor-tls":
		answer(w, http.StatusNotFound, metav1.Status{Message: "not found"})
	case r.Method == http.MethodGet:
		answer(w, http.StatusOK, a.secret)
	case r.Method == http.MethodPut:
		a.put(w, r)
	default:
		answer(w, http.StatusMethodNotAllowed, metav1.Status{})
	}
}

func (a *apiServer) put(w http.ResponseWriter, r *http.Request) {
	var secret corev1.Secret
	if err := json.NewDecoder(r.Body).Decode(&secret); err != nil {
		answer(w, http.StatusBadRequest, metav1.Status{Message: err.Error()})
		return
	}
	if secret.ResourceVersion != a.secret.ResourceVersion {
		answer(w, http.StatusConflict, metav1.Status{Message: "the object has been modified"})
		return
	}
	a.writes++
	secret.ResourceVersion = strconv.Itoa(a.writes + 1)
	a.secret = &secret
	answer(w, http.StatusOK, a.secret)
}

func answer(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // a client that is gone is the client's test
}

// newKeeper is one replica.
func newKeeper(t *testing.T, a *apiServer) *Keeper {
	t.Helper()
	server := httptest.NewTLSServer(a)
	t.Cleanup(server.Close)
	account := t.TempDir()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for name, content := range map[string]string{"ca.crt": string(ca), "token": "account\n"} {
		if err := os.WriteFile(filepath.Join(account, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &Keeper{
		Secret: SecretRef{
			Server: server.URL, CAFile: filepath.Join(account, "ca.crt"), TokenFile: filepath.Join(account, "token"),
			Namespace: "kompositor-system", Name: "kompositor-tls",
		},
		Directory: t.TempDir(),
		Hosts:     hosts,
		Logger:    zerolog.Nop(),
		Now:       func() time.Time { return start },
	}
}

func contents(t *testing.T, directory string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(directory, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = string(content)
	}
	return files
}

func TestEnsureWritesOnce(t *testing.T) {
	server := newAPIServer()
	keeper := newKeeper(t, server)
	for range 3 {
		if err := keeper.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if server.writes != 1 {
		t.Errorf("%d writes, not 1", server.writes)
	}
	want := map[string]string{}
	for name, content := range server.secret.Data {
		if name != AuthorityKeyName {
			want[name] = string(content)
		}
	}
	if len(want) != 4 || len(server.secret.Data) != 5 {
		t.Errorf("the Secret has %d keys, not 5", len(server.secret.Data))
	}
	if diff := cmp.Diff(want, contents(t, keeper.Directory)); diff != "" {
		t.Errorf("files differ from the Secret (-Secret +files):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"app.kubernetes.io/name": "kompositor"}, server.secret.Labels); diff != "" {
		t.Errorf("labels changed: %s", diff)
	}
	if err := Check(keeper.Directory, start); err != nil {
		t.Error(err)
	}
}

func TestReplicasAgree(t *testing.T) {
	server := newAPIServer()
	// Both have read the empty Secret before either writes.
	var both gosync.WaitGroup
	both.Add(2)
	var first [2]gosync.Once
	var arrivals int
	var mu gosync.Mutex
	server.before = func() {
		mu.Lock()
		i := arrivals
		arrivals++
		mu.Unlock()
		if i < len(first) {
			first[i].Do(both.Done)
			both.Wait()
		}
	}
	keepers := []*Keeper{newKeeper(t, server), newKeeper(t, server)}
	errs := make(chan error, len(keepers))
	for _, keeper := range keepers {
		go func() { errs <- keeper.Ensure(t.Context()) }()
	}
	for range keepers {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	if server.writes != 1 {
		t.Errorf("%d writes, not 1: the loser did not take what the winner wrote", server.writes)
	}
	if diff := cmp.Diff(contents(t, keepers[0].Directory), contents(t, keepers[1].Directory)); diff != "" {
		t.Errorf("the replicas serve different certificates:\n%s", diff)
	}
}

func TestRenewalReachesTheFiles(t *testing.T) {
	server := newAPIServer()
	keeper := newKeeper(t, server)
	if err := keeper.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := contents(t, keeper.Directory)
	later := start.Add(ServingLifetime - RenewBefore + time.Hour)
	keeper.Now = func() time.Time { return later }
	if err := keeper.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := contents(t, keeper.Directory)
	expected := map[string]bool{AuthorityName: false, TokenName: false, CertificateName: true, KeyName: true}
	for name, changes := range expected {
		if (before[name] != after[name]) != changes {
			t.Errorf("%s changed: %t, want %t", name, !changes, changes)
		}
	}
}

func TestEnsureSaysWhatToDo(t *testing.T) {
	for code, want := range map[int]string{
		http.StatusNotFound:            "apply the manifests again",
		http.StatusForbidden:           "needs get and update on this Secret",
		http.StatusInternalServerError: "answered 500: denied by the test",
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			server := newAPIServer()
			server.deny = code
			err := newKeeper(t, server).Ensure(t.Context())
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q", err, want)
			}
		})
	}
}

func TestKeepTriesAgain(t *testing.T) {
	server := newAPIServer()
	keeper := newKeeper(t, server)
	keeper.Secret.CAFile = filepath.Join(keeper.Directory, "late.crt")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	tries := 0
	keeper.Hosts = hosts
	keeper.Logger = zerolog.New(writer(func() {
		// The first word is that the CA is missing; then it comes, and the next word is the renewal.
		if tries++; tries == 1 {
			good := newKeeper(t, server)
			keeper.Secret.Server, keeper.Secret.CAFile = good.Secret.Server, good.Secret.CAFile
		} else {
			cancel()
		}
	}))
	keeper.Keep(ctx, time.Millisecond)
	if err := Check(keeper.Directory, start); err != nil || tries != 2 {
		t.Errorf("after %d words: %v", tries, err)
	}
}

// writer calls itself for every line of a log.
type writer func()

func (w writer) Write(line []byte) (int, error) {
	w()
	return len(line), nil
}

func TestCheckFindsNothing(t *testing.T) {
	if err := Check(t.TempDir(), start); err == nil {
		t.Error("an empty directory is usable")
	}
}
