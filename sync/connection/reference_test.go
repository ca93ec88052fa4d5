package connection

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
)

// A listener with TLS needs the copy of the administrator's credentials; a plain one does not.
const (
	plain   = `{"listenersConfig":{"internalListeners":[{"type":"plaintext","usedForInnerBrokerCommunication":true}]}}`
	withTLS = `{"listenersConfig":{"internalListeners":[{"type":"ssl","usedForInnerBrokerCommunication":true}]}}`
	running = `{"state":"ClusterRunning","clusterID":"own"}`
)

func TestFind(t *testing.T) {
	meta := sync.Meta{Namespace: "data", Name: "demo"}
	going := meta
	going.DeletionTimestamp = "2026-01-01T00:00:00Z"
	cases := map[string]struct {
		meta         sync.Meta
		spec, status string
		secrets      sync.Objects[sync.Secret]
		reason       sync.Reason
		waits        string
	}{
		"reachable":      {meta: meta, spec: plain, status: running},
		"missing":        {meta: sync.Meta{Namespace: "other", Name: "demo"}, reason: sync.ClusterMissing, waits: "exist"},
		"being deleted":  {meta: going, spec: plain, status: running, reason: sync.ClusterNotReady, waits: "deleted"},
		"not started":    {meta: meta, spec: plain, reason: sync.ClusterNotReady, waits: "started"},
		"unreadable":     {meta: meta, spec: `{"listenersConfig":7}`, reason: sync.ClusterNotReady, waits: "SpecValid"},
		"without spec":   {meta: meta, reason: sync.ClusterNotReady, waits: "SpecValid"},
		"no listener":    {meta: meta, spec: `{}`, status: running, reason: sync.ClusterNotReady, waits: "listener"},
		"no credentials": {meta: meta, spec: withTLS, status: running, reason: sync.SecretMissing, waits: "credentials"},
		"another's": {
			meta: meta, spec: withTLS, status: running, reason: sync.SecretMissing, waits: "credentials",
			secrets: sync.Objects[sync.Secret]{{Meta: sync.Meta{Namespace: "other", Name: "demo-admin-client"}}},
		},
		"with credentials": {
			meta: meta, spec: withTLS, status: running,
			secrets: sync.Objects[sync.Secret]{{Meta: sync.Meta{Namespace: "data", Name: "demo-admin-client"}}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			related := sync.Related{Secrets: c.secrets, KafkaClusters: sync.Objects[sync.Referenced]{{
				Meta: c.meta, Spec: jsontext.Value(c.spec), Status: jsontext.Value(c.status),
			}}}
			found := Find(&related, ReferenceOf(v1alpha1.ClusterReference{Name: "demo"}, "data"))
			if found.Reason != c.reason || !strings.Contains(found.Waits, c.waits) || (found.Waits == "") != (c.waits == "") {
				t.Errorf("waits because of %q: %s", found.Reason, found.Waits)
			}
			if reachable := len(found.Connection.Bootstrap) > 0; reachable != (c.waits == "") {
				t.Errorf("is reached at %v", found.Connection.Bootstrap)
			}
		})
	}
}

// What is asked for is what Find looks at, in the namespace that the reference means.
func TestRelated(t *testing.T) {
	related := ReferenceOf(v1alpha1.ClusterReference{Name: "demo", Namespace: "other"}, "data").Related()
	var got []string
	for _, one := range related {
		got = append(got, one.APIVersion+" "+one.Resource+" "+one.Namespace+"/"+strings.Join(one.Names, ","))
	}
	want := "kafka.banzaicloud.io/v1beta1 kafkaclusters other/demo; v1 secrets other/demo-admin-client"
	if text := strings.Join(got, "; "); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	if nothing := (Reference{Namespace: "data"}).Related(); len(nothing) > 0 {
		t.Errorf("no name asks for %v: no names at all select everything", nothing)
	}
}

func TestWrongCluster(t *testing.T) {
	for _, c := range []struct {
		id, answered string
		wrong        bool
	}{{"own", "own", false}, {"own", "foreign", true}, {"", "any", false}, {"own", "", false}} {
		referred := Referred{ClusterID: c.id}
		facts := sync.KafkaFacts{Cluster: sync.Known(sync.KafkaCluster{ID: c.answered})}
		if got := referred.WrongCluster(&facts); (got != "") != c.wrong {
			t.Errorf("%q answered for %q: %q", c.answered, c.id, got)
		}
		if got := referred.WrongCluster(&sync.KafkaFacts{}); got != "" {
			t.Errorf("nobody answered: %q", got)
		}
	}
}

func TestCredentials(t *testing.T) {
	secret := sync.Secret{Data: map[string]sync.Confidential{
		keyCA: []byte("ca"), "keystore.jks": []byte("bytes"), keyKey: nil, keyUsername: []byte("admin"),
		keyControlPassword: []byte("open"),
	}}
	got := Credentials(&secret)
	if len(got) != 3 || string(got[keyCA]) != "ca" || string(got[keyUsername]) != "admin" {
		t.Errorf("copies %d keys", len(got))
	}
}
