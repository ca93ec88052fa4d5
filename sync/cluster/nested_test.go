package cluster_test

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/api/v1beta1"
)

// frame is the reason of a field that the spec of these tests is built on: without it there is nothing to look at.
const frame = "the frame of the test"

// A nested is a struct within the spec: where it stands, and what each field of it leads to. A field that shows nothing
// says why in elsewhere; unless that is the frame, what is drawn is the same with it.
type nested struct {
	of     reflect.Type
	at     []any
	fields map[string]fieldEffect
}

const noIngress = "docs/fields.md: no ingress is made"

// nestedFields are the structs below listenersConfig, the ingresses' and monitoringConfig.
var nestedFields = map[string]nested{
	"listenersConfig": {reflect.TypeFor[v1beta1.ListenersConfig](), []any{"listenersConfig"}, map[string]fieldEffect{
		"externalListeners":  {elsewhere: frame},
		"internalListeners":  {elsewhere: frame},
		"sslSecrets":         {value: `{tlsSecretName: own}`, shows: `"secretName":"demo-controller"`},
		"serviceAnnotations": {value: `{own: a}`, shows: `"own":"a"`},
	}},
	"internal": {
		reflect.TypeFor[v1beta1.InternalListenerConfig](),
		[]any{"listenersConfig", "internalListeners", 0},
		map[string]fieldEffect{
			"type":                            {value: `sasl_plaintext`, shows: `IN:SASL_PLAINTEXT`},
			"serverSSLCertSecret":             {value: `{name: own}, type: ssl`, shows: `"secretName":"own"`},
			"sslClientAuth":                   {value: `none, type: ssl`, shows: `listener.name.in.ssl.client.auth=none`},
			"name":                            {value: `own`, shows: `OWN://`},
			"containerPort":                   {value: `7777`, shows: `IN://:7777`},
			"usedForInnerBrokerCommunication": {elsewhere: frame},
			"usedForKafkaAdminCommunication":  {elsewhere: frame},
			"usedForControllerCommunication":  {elsewhere: frame},
			"internalStartingPort": {
				value: `7000, externalListenerForHostname: split`, shows: "IN://a.example.org:7001",
			},
			"externalListenerForHostname": {value: `split, internalStartingPort: 8000`, shows: "a.example.org:8001"},
		},
	},
	"external, by a load balancer": {
		reflect.TypeFor[v1beta1.ExternalListenerConfig](),
		[]any{"listenersConfig", "externalListeners", 1},
		map[string]fieldEffect{
			"type":                            {value: `sasl_plaintext`, shows: `SPLIT:SASL_PLAINTEXT`},
			"serverSSLCertSecret":             {value: `{name: own}, type: ssl`, shows: `"secretName":"own"`},
			"sslClientAuth":                   {value: `none, type: ssl`, shows: `listener.name.split.ssl.client.auth=none`},
			"name":                            {value: `own`, shows: `OWN://a.example.org`},
			"containerPort":                   {value: `7777`, shows: `SPLIT://:7777`},
			"usedForInnerBrokerCommunication": {elsewhere: frame},
			"usedForKafkaAdminCommunication":  {elsewhere: frame},
			"externalStartingPort":            {value: `20000`, shows: "a.example.org:20001"},
			"anyCastPort":                     {value: `7777`, shows: "a.example.org:7777"},
			"ingressControllerTargetPort":     {value: `7777`, elsewhere: noIngress},
			"accessMethod":                    {value: `NodePort`, shows: `"name":"demo-1-split"`},
			"config":                          {elsewhere: frame},
			"tlsSecretName":                   {value: `own`, elsewhere: noIngress},
			"hostnameOverride":                {value: `own.example.org, config: null`, shows: "own.example.org:19091"},
			"serviceAnnotations":              {value: `{own: a}`, elsewhere: noIngress},
			"externalTrafficPolicy":           {value: `Local`, elsewhere: noIngress},
			"serviceType":                     {value: `NodePort`, elsewhere: noIngress},
		},
	},
	"external, by node ports": {
		reflect.TypeFor[v1beta1.IngressServiceSettings](),
		[]any{"listenersConfig", "externalListeners", 0},
		map[string]fieldEffect{
			"hostnameOverride":      {value: `.example.org`, shows: "demo-1-ports.data.example.org:32001"},
			"serviceAnnotations":    {value: `{own: a}`, shows: `"own":"a"`},
			"externalTrafficPolicy": {value: `Local`, shows: `"externalTrafficPolicy":"Local"`},
			"serviceType":           {value: `NodePort`, elsewhere: noIngress},
		},
	},
	"monitoringConfig": {reflect.TypeFor[v1beta1.MonitoringConfig](), []any{"monitoringConfig"}, map[string]fieldEffect{
		"jmxImage":               {value: `example.com/jmx:1`, shows: `"image":"example.com/jmx:1"`},
		"pathToJar":              {value: `/own.jar`, shows: `/own.jar`},
		"kafkaJMXExporterConfig": {value: `own`, shows: `"config.yaml":"own"`},
		"cCJMXExporterConfig":    {value: `own`, elsewhere: "shapes Cruise Control, which is drawn once its topic is there"},
	}},
	"contourIngressConfig": {
		reflect.TypeFor[v1beta1.ContourIngressConfig](), []any{"contourIngressConfig"}, map[string]fieldEffect{
			"tlsSecretName":      {value: `own, brokerFQDNTemplate: ""`, elsewhere: noIngress},
			"brokerFQDNTemplate": {value: `k-%id.example.org, tlsSecretName: own`, elsewhere: "the cases listeners/contour"},
		},
	},
	"sslSecrets": {
		reflect.TypeFor[v1beta1.SSLSecrets](), []any{"listenersConfig", "sslSecrets"}, map[string]fieldEffect{
			"tlsSecretName":   {elsewhere: frame},
			"jksPasswordName": {value: `own, tlsSecretName: t`, elsewhere: noCertificate},
			"create":          {value: `true, tlsSecretName: t`, elsewhere: noCertificate},
			"issuerRef":       {value: `{name: own}, tlsSecretName: t`, elsewhere: noCertificate},
			"pkiBackend":      {value: `cert-manager, tlsSecretName: t`, elsewhere: noCertificate},
		},
	},
}

const noCertificate = "docs/fields.md: no certificates are issued"

// Every field of the structs within the spec has its effect, or has none and the documentation says so.
func TestEveryNestedFieldHasItsEffect(t *testing.T) {
	docs, err := os.ReadFile("../../docs/fields.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range nestedFields {
		for _, field := range jsonFields(n.of) {
			effect, known := n.fields[field]
			if !known {
				t.Errorf("%s.%s is in no test: say what it does", name, field)
			}
			if strings.HasPrefix(effect.elsewhere, "docs/fields.md") && !strings.Contains(string(docs), "`"+field+"`") {
				t.Errorf("%s.%s has no effect, and docs/fields.md does not say so", name, field)
			}
			if effect.elsewhere == frame || !known {
				continue
			}
			t.Run(name+"/"+field, func(t *testing.T) {
				_, plain := grown(t, changed(t, n.at, "{}"))
				if name == "sslSecrets" {
					_, plain = grown(t, changed(t, n.at, "{tlsSecretName: t}"))
				}
				_, with := grown(t, changed(t, n.at, fmt.Sprintf("{%s: %s}", field, effect.value)))
				switch {
				case effect.shows == "" && with != plain:
					t.Errorf("it shows although it should not (%s)", effect.elsewhere)
				case effect.shows != "" && (strings.Contains(plain, effect.shows) || !strings.Contains(with, effect.shows)):
					t.Errorf("%s shows without it, or not in %s", effect.shows, with)
				}
			})
		}
	}
}

// jsonFields are the names of a struct's fields, those of its embedded structs among them.
func jsonFields(of reflect.Type) []string {
	var names []string
	for field := range of.Fields() {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
			names = append(names, name)
		} else {
			names = append(names, jsonFields(field.Type)...)
		}
	}
	return names
}

// changed is the spec of these tests with some fields of a struct within it set.
func changed(t *testing.T, at []any, fields string) map[string]any {
	t.Helper()
	spec := specWith(t, "{}", "{}")
	var within any = spec
	for i, step := range at {
		switch step := step.(type) {
		case int:
			within = within.([]any)[step]
		case string:
			parent := within.(map[string]any)
			if parent[step] == nil && i == len(at)-1 {
				parent[step] = map[string]any{}
				defer func() {
					if len(parent[step].(map[string]any)) == 0 {
						delete(parent, step)
					}
				}()
			}
			within = parent[step]
		}
	}
	into := within.(map[string]any)
	if err := yaml.Unmarshal([]byte(fields), &into); err != nil {
		t.Fatal(err)
	}
	return spec
}

// Of Envoy's settings only the template for host names has an effect. The rest is compared as one.
func TestEnvoysSettingsHaveNoEffect(t *testing.T) {
	var values []string
	for _, field := range jsonFields(reflect.TypeFor[v1beta1.EnvoyConfig]()) {
		switch field {
		case "brokerHostnameTemplate":
		case "replicas", "adminPort", "healthCheckPort":
			values = append(values, field+": "+fmt.Sprint(7000+len(values)))
		case "image", "serviceAccountName", "loadBalancerIP", "priorityClassName":
			values = append(values, field+": own")
		case "enableHealthCheckHttp10":
			values = append(values, field+": true")
		case "imagePullSecrets", "topologySpreadConstraints", "tolerations":
			values = append(values, field+": [{}]")
		case "loadBalancerSourceRanges":
			values = append(values, field+": [192.0.2.0/24]")
		default:
			values = append(values, field+": {}")
		}
	}
	_, plain := grown(t, specWith(t, "{}", "{}"))
	if _, with := grown(t, changed(t, []any{"envoyConfig"}, "{"+strings.Join(values, ", ")+"}")); with != plain {
		t.Error("what Envoy is set up with shows in what is drawn")
	}
	template := regexp.MustCompile(`SPLIT://b-1\.example\.org:29092`)
	tls := func(template string) map[string]any {
		spec := changed(t, []any{"listenersConfig", "externalListeners", 1}, "{externalStartingPort: -1, config: null}")
		spec["envoyConfig"] = map[string]any{"brokerHostnameTemplate": template}
		return spec
	}
	if _, with := grown(t, tls("b-%id.example.org")); !template.MatchString(with) {
		t.Errorf("brokerHostnameTemplate does not show in %s", with)
	}
}
