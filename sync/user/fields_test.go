package user_test

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync/user"
)

// Every field of a KafkaUser changes the answer to one of two users, or the documentation says that it has no effect.
func TestEveryFieldOfAUserHasItsEffect(t *testing.T) {
	const certificate, password = "testdata/cases/acls/first-call", "testdata/cases/scram/password-is-made"
	docs, err := os.ReadFile("../../docs/fields.md")
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]struct {
		dir, value string
		idle       bool
	}{
		"secretName":        {dir: certificate, value: "own"},
		"clusterRef":        {dir: certificate, value: "{name: own}"},
		"annotations":       {dir: password, value: "{own: a}"},
		"dnsNames":          {dir: certificate, value: "[own.example.org]", idle: true},
		"topicGrants":       {dir: certificate, value: "[{topicName: own, accessType: write}]"},
		"includeJKS":        {dir: certificate, value: "true", idle: true},
		"createCert":        {dir: certificate, value: "false"},
		"pkiBackendSpec":    {dir: certificate, value: "{pkiBackend: k8s-csr, signerName: own}", idle: true},
		"expirationSeconds": {dir: certificate, value: "3600", idle: true},
		"authentication":    {dir: certificate, value: "{type: scram-sha-512}"},
		"quotas":            {dir: certificate, value: "{producerByteRate: 7}"},
	}
	for field := range reflect.TypeFor[v1alpha1.KafkaUserSpec]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		effect, known := fields[name]
		if !known {
			t.Errorf("%s is in no test: say what it does", name)
			continue
		}
		plain, with, err := cases.WithField(user.Hook{}, effect.dir, name, effect.value)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(plain, with) != effect.idle {
			t.Errorf("%s: the answer stays the same: %v", name, !effect.idle)
		}
		if effect.idle && !strings.Contains(string(docs), "`"+name+"`") {
			t.Errorf("%s has no effect, and docs/fields.md does not say so", name)
		}
	}
}
