package admission

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/simulator/apply"
)

func objects(t *testing.T, text string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for document := range strings.SplitSeq(text, "\n---") {
		text, err := yaml.YAMLToJSON([]byte(document))
		if err != nil {
			t.Fatal(err)
		}
		o, err := apply.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		if o != nil {
			all = append(all, o)
		}
	}
	return all
}

func kindOf(o map[string]any) string {
	kind, _ := o["kind"].(string)
	version, _ := o["apiVersion"].(string)
	return kind + "." + version
}

func files(t *testing.T, pattern string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(names), err)
	}
	texts := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(name)] = string(text)
	}
	return texts
}

// What a real API server refuses (e2e, TestMistakesAreRefusedAtApply) is refused, and where a rule of ours says why, by
// that rule.
func TestMistakesAreRefused(t *testing.T) {
	s := Shipped()
	for name, text := range files(t, "../../api/*/testdata/rejected/*.yaml") {
		t.Run(name, func(t *testing.T) {
			first, _, _ := strings.Cut(text, "\n")
			want := strings.TrimPrefix(first, "# want: ")
			var old map[string]any
			all := objects(t, text)
			for i, o := range all {
				s.Complete(kindOf(o), o)
				got := s.Admit(kindOf(o), old, o)
				switch {
				case i < len(all)-1 && got != "":
					t.Errorf("the object before is refused: %s", got)
				case i == len(all)-1 && got == "":
					t.Errorf("accepted, instead of refused with %q", want)
				case i == len(all)-1 && s.isRule(want) && !strings.Contains(got, want):
					t.Errorf("refused without %q: %s", want, got)
				}
				old = o
			}
		})
	}
}

// isRule says that a text is of a message of one of our rules.
func (s *Schemas) isRule(text string) bool {
	for _, root := range s.kinds {
		if root.says(text) {
			return true
		}
	}
	return false
}

func (s *schema) says(text string) bool {
	if s == nil {
		return false
	}
	for _, v := range s.Validations {
		if strings.Contains(v.Message, text) {
			return true
		}
	}
	for _, below := range s.Properties {
		if below.says(text) {
			return true
		}
	}
	return s.AdditionalProperties.says(text) || s.Items.says(text)
}

func TestSamplesAreAccepted(t *testing.T) {
	s := Shipped()
	for name, text := range files(t, "../../manifests/samples/*.yaml") {
		for _, o := range objects(t, text) {
			s.Complete(kindOf(o), o)
			if got := s.Admit(kindOf(o), nil, o); got != "" {
				t.Errorf("%s: %s", name, got)
			}
		}
	}
}

const cluster = `
apiVersion: kafka.banzaicloud.io/v1beta1
kind: KafkaCluster
spec:
  kRaft: true
  headlessServiceEnabled: true
  oneBrokerPerNode: false
  additionalPorts: [{name: a, containerPort: 1}]
  brokers: [{id: 0, brokerConfig: {processRoles: [controller, broker]}}]
  rollingUpgradeConfig: {failureThreshold: 1}
  cruiseControlConfig: {}
  listenersConfig:
    internalListeners:
    - {type: plaintext, name: a, containerPort: 2, usedForInnerBrokerCommunication: true}
    - {type: plaintext, name: b, containerPort: 3, usedForControllerCommunication: true}
`

// What the old object had wrong already stands in nobody's way; what is new does.
func TestOnlyWhatChangesIsLookedAt(t *testing.T) {
	s := Shipped()
	with := func(from, to string) map[string]any {
		o := objects(t, strings.Replace(cluster, from, to, 1))[0]
		s.Complete(kindOf(o), o)
		return o
	}
	o := with("", "")
	if got := s.Admit(kindOf(o), nil, o); got != "" {
		t.Fatal(got)
	}
	ports := o["spec"].(map[string]any)["additionalPorts"].([]any)
	if got := ports[0].(map[string]any)["protocol"]; got != "TCP" {
		t.Errorf("the default of protocol is %v", got)
	}
	bad := with("{failureThreshold: 1}", "{failureThreshold: x}")
	if got := s.Admit(kindOf(o), o, bad); got != "spec.rollingUpgradeConfig.failureThreshold: must be of type integer" {
		t.Errorf("got %q", got)
	}
	worse := with("{failureThreshold: 1}\n", "{failureThreshold: x}\n  clusterImage: a\n")
	if got := s.Admit(kindOf(o), bad, worse); got != "" {
		t.Errorf("a mistake that was there before: %q", got)
	}
	turned := with("kRaft: true", "kRaft: false")
	if got := s.Admit(kindOf(o), o, turned); !strings.Contains(got, "kRaft cannot be turned off") {
		t.Errorf("got %q", got)
	}
	if got := s.Admit(kindOf(o), nil, turned); strings.Contains(got, "kRaft cannot be turned off") {
		t.Errorf("a new object is compared with none: %q", got)
	}
	twice := with("[{id: 0,", "[{id: 0, brokerConfig: {}}, {id: 0,")
	if got := s.Admit(kindOf(o), o, twice); !strings.Contains(got, "spec.brokers[1]: is there twice: 0") {
		t.Errorf("got %q", got)
	}
	misspelt := with("kRaft:", "kraft: true\n  kRaft:")
	if got := s.Admit(kindOf(o), o, misspelt); got != "spec.kraft: is no field that there is" {
		t.Errorf("got %q", got)
	}
}
