package simulator

import (
	"os"
	"path/filepath"
	"testing"
)

// keyStores are the Secrets that a cluster with TLS listeners expects its user to provide.
const keyStores = `
apiVersion: v1
kind: Secret
metadata: {name: kafka-server-certificate, namespace: default}
stringData: {keystore.jks: "the server's key store", truststore.jks: "its trust store", password: "a long password"}
---
apiVersion: v1
kind: Secret
metadata: {name: kafka-controller, namespace: default}
stringData: {keystore.jks: "the client's key store", truststore.jks: "its trust store", password: "another password",
  tls.crt: "planted-crt", tls.key: "planted-key", ca.crt: "planted-ca"}
`

// Koperator's own samples become ready, keep the laws, and then write nothing.
func TestSamples(t *testing.T) {
	files, err := filepath.Glob("../../shared/samples/*kafkacluster*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("Koperator's samples are not beside this project, in ../shared/samples")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			w := New(Options{Seed: 1, Nodes: 6, Hook: clusterHook, TwiceEvery: 5})
			if err := w.Apply(keyStores); err != nil {
				t.Fatal(err)
			}
			if err := w.Apply(string(text)); err != nil {
				t.Fatal(err)
			}
			w.AddNamed()
			if err := w.RunUntil(Ready, 200); err != nil {
				t.Error(err)
			}
			for _, breach := range w.Breaches() {
				t.Error(breach)
			}
		})
	}
}
