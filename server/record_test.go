package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync"
)

// planted is what must not be found anywhere. It holds what makes trouble in properties, JSON and YAML.
const planted = `hunter2:"pl4nted`

// leaks are the ways in which a request can carry it.
func leaks() map[string]string {
	text := strings.ReplaceAll(planted, `"`, `\"`)
	twice := strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\\`), `"`, `\"`)
	encoded := base64.StdEncoding.EncodeToString([]byte(planted))
	secret := `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"tls","namespace":"data"},` +
		`"data":{"password":"` + encoded + `","empty":""}}`
	inSecrets := func(object string) string { return `{"Secret.v1":{"data/tls":` + object + `}}` }
	pod := func(meta string) string {
		return `"children":{"Pod.v1":{"data/demo-0":{"kind":"Pod","metadata":{"name":"demo-0",` + meta + `}}}}`
	}
	parent := func(spec string) string {
		return `"parent":` + strings.Replace(parentObject, `"spec":{}`, `"spec":{`+spec+`}`, 1)
	}
	property := func(line string) string { return parent(`"readOnlyConfig":"a=b\n` + line + `\nc=d"`) }
	bare := strings.ReplaceAll(text, `\"`, ``)
	applied := `"{\"kind\":\"Secret\",\"data\":{\"password\":\"` + encoded + `\"}}"`
	return map[string]string{
		"a related Secret":      `"related":` + inSecrets(secret),
		"a Secret without kind": `"related":` + inSecrets(`{"metadata":{"name":"tls"},"data":{"k":"`+encoded+`"}}`),
		"stringData":            `"related":` + inSecrets(`{"metadata":{"name":"tls"},"stringData":{"k":"`+text+`"}}`),
		"a child Secret":        `"children":` + inSecrets(secret),
		"its last-applied": `"children":` + inSecrets(
			`{"metadata":{"name":"tls","annotations":{"`+sync.LastAppliedAnnotation+`":`+applied+`}}}`),
		"kubectl's last-applied": pod(`"annotations":{"kubectl.kubernetes.io/last-applied-configuration":` +
			`"{\"spec\":\"` + twice + `\"}"}`),
		"managedFields":          pod(`"managedFields":[{"fieldsV1":{"v:\"` + text + `\"":{}}}]`),
		"an env of the spec":     parent(`"envs":[{"name":"SASL_PASSWORD_0","value":"` + text + `"}]`),
		"a password of the spec": parent(`"keystorePassword":"` + text + `"`),
		"a property":             property(`ssl.keystore.password=` + text),
		"a continued property": property(
			`sasl.jaas.config=x required \\\n  username=\"u\" \\\n  password=\"` + text + `\";`),
		"a listener's property": property(`listener.name.x.plain.sasl.jaas.config : ` + text),
		"a command line":        parent(`"opts":"-Djavax.net.ssl.keyStorePassword=` + bare + ` -Dx=y"`),
		"an address":            parent(`"url":"https://user:` + bare + `@example.com/"`),
		"an annotation":         pod(`"annotations":{"example.com/api-token":"` + text + `"}`),
		"an env in short":       parent(`"envs":[{"name":"DB_PWD","value":"` + text + `"}]`),
		"an env's password":     parent(`"envs":[{"name":"PASS","value":"` + text + `"}]`),
		"an env of a forge":     parent(`"envs":[{"name":"GITHUB_PAT","value":"` + text + `"}]`),
		"an argument":           parent(`"args":["--user","u","--db-password","` + text + `"]`),
		"a flag in a command":   parent(`"command":["sh","-c","run --user u --password ` + bare + ` --fast"]`),
		"a property in short":   property(`ldap.bind.pw=` + text),
		"a property after a space": property(
			`sasl.jaas.config  org.apache.kafka.X required username=\"a\" user_bob=\"` + text + `\";`),
		"a login of many": parent(
			`"login":"org.apache.kafka.common.security.plain.PlainLoginModule required user_bob=\"` + bare + `\";"`),
		"a copy of a Secret": parent(`"note":"it is `+text+`, they say"`) + `,"related":` +
			inSecrets(secret),
		"a key": parent(`"note":"-----BEGIN PRIVATE KEY-----\n` + text + `\n-----END PRIVATE KEY-----"`),
	}
}

// found says where it is: as it is, or in base64, or in the quoting of JSON.
func found(text []byte) bool {
	stem, _, _ := strings.Cut(planted, `"`) // what follows would be escaped
	encoded := base64.StdEncoding.EncodeToString([]byte(planted))
	return bytes.Contains(text, []byte(stem)) || bytes.Contains(text, []byte(encoded))
}

// nowhere checks every file below a folder.
func nowhere(t *testing.T, dir string) (files int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if found(text) || found([]byte(path)) {
			t.Errorf("%s holds the secret:\n%s", path, text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// copying is a careless hook: it repeats what it was given, Secrets included.
func copying(r sync.Request, facts sync.Facts) sync.Decision {
	d := listAll(r)
	d.Status = map[string]any{"why": facts.Kafka.Cluster.Why(), "spec": r.Parent}
	for i := range r.Children.Secrets {
		secret := &r.Children.Secrets[i]
		object := map[string]any{
			"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": secret.Name}, "data": secret.Data,
		}
		d.Children = append(d.Children, sync.Child{APIVersion: "v1", Kind: "Secret", Name: secret.Name, Object: object})
	}
	d.Commands = []sync.Command{fakeCommand{sync.AdapterKafka, "create topic a"}}
	return d
}

// careless is an adapter that talks about what it should not.
func careless(secret string) Adapter {
	return fakeAdapter{
		name: sync.AdapterKafka,
		answer: func(_ context.Context, q sync.Questions) sync.Facts {
			return q.Unanswered(sync.AdapterKafka, "refused password="+strings.ReplaceAll(secret, `"`, ""))
		},
		perform: func(context.Context, []sync.Command) sync.Outcomes {
			return sync.Outcomes{{Err: errors.New("refused token=" + strings.ReplaceAll(secret, `"`, ""))}}
		},
	}
}

func TestRecordedCallsHoldNoSecretAndReplayIdentically(t *testing.T) {
	for name, part := range leaks() {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			f := newFixture(t, fakeHook{ask: asked, plan: copying}, func(o *Options) {
				o.RecordDir = dir
				o.Adapters = []Adapter{careless(planted)}
			})
			body := "{" + part + "}"
			if !strings.Contains(part, `"parent":`) {
				body = `{"parent":` + parentObject + "," + part + "}"
			}
			if w := f.post("/sync/kafkacluster", body); w.Code != http.StatusOK {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
			if files := nowhere(t, dir); files != 4 {
				t.Errorf("%d files were recorded, want 4: %s", files, f.log)
			}
			var out bytes.Buffer
			if different, err := Replay(f.options.Hooks, []string{dir}, &out); different != 0 || err != nil {
				t.Errorf("%d different, %v:\n%s", different, err, &out)
			}
			metrics := f.do(httptest.NewRequest(http.MethodGet, "/metrics", nil)).Body.Bytes()
			if found(metrics) {
				t.Errorf("the metrics hold the secret:\n%s", metrics)
			}
		})
	}
}

func TestSecretsOfRequestsReachNoLogNorError(t *testing.T) {
	for name, part := range leaks() {
		f := newFixture(t, fakeHook{observe: func(sync.Request) error { return errors.New("no") }}, nil)
		w := f.post("/sync/kafkacluster", `{"finalizing":false,`+part+`}`)
		if found(w.Body.Bytes()) || found([]byte(f.log.String())) {
			t.Errorf("%s: got %d %s; logged %s", name, w.Code, w.Body, f.log)
		}
	}
}

func TestRecordedCallReadsAsItWas(t *testing.T) {
	dir := t.TempDir()
	f := newFixture(t, fakeHook{}, func(o *Options) { o.RecordDir = dir })
	f.post("/sync/kafkacluster", requestWith("demo-0"))
	f.post("/customize/kafkacluster", `{"controller":{},"parent":`+parentObject+`}`)
	f.post("/finalize/kafkacluster", strings.Replace(requestWith(), `"finalizing":false`, `"finalizing":true`, 1))
	dirs, err := cases.Walk(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, dir := range dirs {
		names = append(names, filepath.Base(dir))
	}
	if diff := cmp.Diff([]string{
		"20260101T000000.000000000Z-1-sync-kafkacluster-data-demo",
		"20260101T000000.000000000Z-2-customize-kafkacluster-data-demo",
		"20260101T000000.000000000Z-3-finalize-kafkacluster-data-demo",
	}, names); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
	request, err := os.ReadFile(filepath.Join(dirs[0], cases.RequestFile))
	if err != nil {
		t.Fatal(err)
	}
	want := `# Why: recorded from a live call at 2026-01-01T00:00:00Z.
hook: sync
parent:
  apiVersion: kafka.banzaicloud.io/v1beta1
  kind: KafkaCluster
  metadata:
    generation: 3
    name: demo
    namespace: data
    uid: 7d3cbbd6-1f8a-4d27-9a1b-0a1b2c3d4e5f
  spec: {}
`
	if !strings.HasPrefix(string(request), want) {
		t.Errorf("request (-want +got):\n%s", cmp.Diff(want, string(request)))
	}
	c, err := cases.Load(dirs[0])
	if err != nil {
		t.Fatal(err)
	}
	if !c.Facts.Now.Equal(f.options.Now()) {
		t.Errorf("now is recorded as %s", c.Facts.Now)
	}
	var out bytes.Buffer
	if different, err := Replay(f.options.Hooks, []string{dir}, &out); different != 0 || err != nil {
		t.Errorf("%d different, %v:\n%s", different, err, &out)
	}
}

// Tokens of well-known makers tell what they are wherever they stand.
func TestTokensAreKnownByTheirForm(t *testing.T) {
	for _, token := range []string{
		"ghp_" + strings.Repeat("a1B2", 9), "github_pat_" + strings.Repeat("a1B2", 9), "glpat-" + strings.Repeat("a1B2", 5),
		"xoxb-123456789012-abcdefghijkl", "AKIA" + strings.Repeat("A1B2", 4),
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJlLW9mLWl0",
	} {
		got := newRedactor().redactText("it is "+token+", they say", "/spec/note")
		if want := "it is <redacted>, they say"; got != want {
			t.Errorf("%s is left in %q", token, got)
		}
	}
}

// What only points to a secret, or sounds like one, stays: a record without it would be worth nothing.
func TestWhatIsNoSecretStays(t *testing.T) {
	for _, text := range []string{
		"Secret demo-server-certificate does not exist: create it", "Password and user are read from the Secret.",
		"PATH=/usr/bin", "bypass=true", "user_agent=curl", "ssl.keystore.location=/var/run/secrets/a",
		"ssl.truststore.type  PKCS12", "run --password-file /run/pw --fast", "a.b c=d", "PWD_CHECK=yes",
		"status.listenerStatuses names each address",
	} {
		if got := newRedactor().redactText(text, "/spec/note"); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	args := []any{"--password-file", "/run/pw", "--token", "--fast", "user"}
	if got := newRedactor().redact(args, "/spec/args"); cmp.Diff([]any{
		"--password-file", "/run/pw", "--token", "--fast", "user",
	}, got) != "" {
		t.Errorf("the arguments became %v", got)
	}
}

// An annotation that holds an object is a text to the hook: replayed byte for byte, it is the same only if its keys
// keep their order and its white space stays.
func TestObjectsInAnnotationsStayAsTheyAre(t *testing.T) {
	for annotation, want := range map[string]string{
		`{"id":0, "config":{"z":1.50,"a":["y","x"],"<":null}}`: `{"id":0, "config":{"z":1.50,"a":["y","x"],"<":null}}`,
		`{"user":"u","password":"hunter2","a":[{"z":1.50,"token":"hunter2","b":true}]}`: `{"user":"u",` +
			`"password":"<redacted>","a":[{"z":1.50,"token":"<redacted>","b":true}]}`,
		`{"scramSecret":"9f0c/480"}`: `{"scramSecret":"9f0c/480"}`,
		`{"kind":"Secret","metadata":{"name":"s"},"data":{"b":"aHVudGVyMg==","a":"aHVudGVyMg=="}}`: `{"kind":"Secret",` +
			`"metadata":{"name":"s"},"data":{"b":"PHJlZGFjdGVkPg==","a":"PHJlZGFjdGVkPg=="}}`,
	} {
		dir := t.TempDir()
		f := newFixture(t, fakeHook{plan: func(r sync.Request, _ sync.Facts) sync.Decision {
			d := listAll(r)
			d.Children = append(d.Children, child("ConfigMap", "c", nil, map[string]string{"example.com/object": annotation}))
			return d
		}}, func(o *Options) { o.RecordDir = dir })
		f.post("/sync/kafkacluster", requestWith())
		dirs, err := cases.Walk(dir)
		if err != nil || len(dirs) != 1 {
			t.Fatalf("recorded %v, %v", dirs, err)
		}
		c, err := cases.Load(dirs[0])
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(c.Response), "example.com/object: '"+want+"'\n") {
			t.Errorf("want %s, recorded:\n%s", want, c.Response)
		}
		var out bytes.Buffer
		if different, err := Replay(f.options.Hooks, []string{dir}, &out); different != 0 || err != nil {
			t.Errorf("%d different, %v:\n%s", different, err, &out)
		}
	}
}

func TestFailedCallsAreRecordedToo(t *testing.T) {
	dir := t.TempDir()
	f := newFixture(t, fakeHook{plan: func(sync.Request, sync.Facts) sync.Decision { panic("boom") }}, func(o *Options) {
		o.RecordDir = dir
	})
	f.post("/sync/kafkacluster", requestWith("demo-0"))
	f.post("/sync/kafkacluster", "{")             // nothing to replay
	f.post("/sync/kafkacluster", `{"parent":{}}`) // refused by the hook
	dirs, err := cases.Walk(dir)
	if err != nil || len(dirs) != 2 {
		t.Fatalf("recorded %v, %v", dirs, err)
	}
	c, err := cases.Load(dirs[0])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Failed: panicked, status 500, at /sync/kafkacluster"}, c.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	var out bytes.Buffer
	different, err := Replay(f.options.Hooks, dirs[:1], &out)
	if different != 1 || err != nil || !strings.Contains(out.String(), "panic: boom") {
		t.Errorf("%d different, %v:\n%s", different, err, &out)
	}
}

// What was refused is refused again: a record of it replays as the same, and as another once it is answered. A body
// that is refused at its beginning is recorded whole.
func TestRefusedCallsReplayAsRefused(t *testing.T) {
	refusing := fakeHook{observe: func(r sync.Request) error {
		if len(r.Children.Pods) > 0 {
			return errors.New("a Pod too many")
		}
		return nil
	}}
	dir := t.TempDir()
	f := newFixture(t, refusing, func(o *Options) { o.RecordDir = dir })
	f.options.Hooks["kafkatopic"] = refusing
	long := strings.Repeat("x", 1<<20)
	for _, body := range []string{
		requestWith("demo-0"),
		`{"finalizing":false,"parent":{"kind":"KafkaCluster"},"children":{"Pod.v1":7},"related":{},"controller":{"a":"` +
			long + `"}}`,
		`{"finalizing":false,"parent":{},"children":{}}`,
		`{"finalizing":false,"parent":{"kind":"KafkaTopic"},"children":{}}`,
		`{"finalizing":true,"parent":{"kind":"KafkaCluster"},"children":{}}`, // no case is like that
	} {
		if w := f.post("/sync/kafkacluster", body); w.Code != http.StatusBadRequest {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	}
	dirs, err := cases.Walk(dir)
	if err != nil || len(dirs) != 4 {
		t.Fatalf("recorded %v, %v: %s", dirs, err, f.log)
	}
	var out bytes.Buffer
	if different, err := Replay(f.options.Hooks, []string{dir}, &out); different != 0 || err != nil {
		t.Errorf("%d different, %v:\n%s", different, err, &out)
	}
	if !strings.Contains(out.String(), "it is refused: observe: a Pod too many") {
		t.Errorf("the reason is not in:\n%s", &out)
	}
	out.Reset()
	answering := map[string]sync.Hook{"kafkacluster": fakeHook{}}
	if different, err := Replay(answering, dirs[:1], &out); different != 1 || err != nil {
		t.Errorf("%d different, %v:\n%s", different, err, &out)
	}
	if !strings.Contains(out.String(), "it was not answered (not_ours), and is now") {
		t.Errorf("it does not say so:\n%s", &out)
	}
}

func TestOldestRecordsAreDropped(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "0000-mine")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	record := func(times int) {
		f := newFixture(t, fakeHook{}, func(o *Options) {
			o.RecordDir, o.RecordLimit = dir, 3
			o.Now = func() time.Time { now = now.Add(time.Second); return now }
		})
		for range times {
			f.post("/sync/kafkacluster", requestWith())
		}
	}
	record(2)
	record(3) // a new process goes on where the last one ended
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, strings.SplitN(entry.Name(), ".", 2)[0])
	}
	if len(names) != 4 || names[0] != "0000-mine" || names[1] <= "20260101T000005" {
		t.Errorf("left are %v", names)
	}
}

func TestACallThatCanNotBeRecordedIsAnswered(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "records")
	f := newFixture(t, fakeHook{}, func(o *Options) { o.RecordDir = dir })
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if w := f.post("/sync/kafkacluster", requestWith()); w.Code != http.StatusOK {
		t.Errorf("got %d", w.Code)
	}
	f.log.last(t, "call was not recorded")
	if _, err := New(Options{Hooks: f.options.Hooks, RecordDir: dir}); err == nil {
		t.Error("a server that can not record was made")
	}
}

func TestReplayShowsWhatDiffers(t *testing.T) {
	dir := t.TempDir()
	f := newFixture(t, fakeHook{}, func(o *Options) { o.RecordDir = dir })
	f.post("/sync/kafkacluster", requestWith("demo-0"))
	later := map[string]sync.Hook{"kafkacluster": fakeHook{plan: func(r sync.Request, _ sync.Facts) sync.Decision {
		d := listAll(r)
		d.Status = map[string]any{"state": "ClusterReconciling"}
		d.Commands = []sync.Command{fakeCommand{sync.AdapterKafka, "create topic a"}}
		return d
	}}}
	var out bytes.Buffer
	if different, err := Replay(later, []string{dir}, &out); different != 1 || err != nil {
		t.Errorf("%d different, %v", different, err)
	}
	for _, want := range []string{
		"different  ", ":   state: ClusterRunning", ":   state: ClusterReconciling", "does: create topic a",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not show %q:\n%s", want, &out)
		}
	}
	for name, dirs := range map[string][]string{"no case": {t.TempDir()}, "no folder": {filepath.Join(dir, "none")}} {
		if _, err := Replay(later, dirs, &out); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Replay(map[string]sync.Hook{"kafkatopic": fakeHook{}}, []string{dir}, &out); err == nil {
		t.Error("no hook: no error")
	}
}

func TestDiff(t *testing.T) {
	got := diff("x", []byte("a\nb\nc\nd\ne\n"), []byte("a\nB\nc\nc2\nd\ne\n"))
	want := "  --- x as recorded\n  +++ x as answered now\n  -2: b\n  +2: B\n  +4: c2\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	long := diff("x", []byte(strings.Repeat("a\n", 10_000)), []byte(strings.Repeat("b\n", 10_000)))
	if lines := strings.Count(long, "\n"); lines > longestDiff+3 || !strings.Contains(long, "more lines") {
		t.Errorf("a long diff has %d lines", lines)
	}
}
