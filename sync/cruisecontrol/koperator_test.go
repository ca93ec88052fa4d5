package cruisecontrol

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/properties"
)

// deliberate are the paths at which we differ from Koperator on purpose, as docs/adr/0025 has them. Each must occur.
var deliberate = map[string]string{
	`ConfigMap/data/capacity\.json`:                                         "no capacity for mere controllers",
	`ConfigMap/data/clusterConfigs\.json`:                                   "an empty file is no JSON",
	`ConfigMap/data/cruisecontrol\.properties/ssl\..*\.password`:            "a password stands in Secrets only",
	`ConfigMap/data/cruisecontrol\.properties/.*\.file`:                     "the files that are there",
	`ConfigMap/data/cruisecontrol\.properties/max\.active\.user\.tasks`:     "each question of ours is a task to it",
	`ConfigMap/data/cruisecontrol\.properties/.*kafka\.admin\.user\.task.*`: "a long move is not forgotten with its end",
	`ConfigMap/data/cruisecontrol\.properties/webserver\.http\..*`:          "where Service and probe look for it",
	`Deployment/spec/strategy/.*`:                                           "never two at a time",
	`Deployment/spec/template/metadata/annotations/cruiseControl.*`:         "hashes of what differs",
	`Deployment/spec/template/metadata/annotations/kompositor\.io~1.*`:      "another keystore is another Pod",
	`Deployment/.*/env/KOMPOSITOR_KEYSTORE_PASSWORD/.*`:                     "a password stands in Secrets only",
	`Deployment/.*/terminationMessagePolicy`:                                "the end of the log says why it ended",
	`Deployment/.*/enableServiceLinks`:                                      "no variables for each Service",
	`KafkaTopic/metadata/annotations/kompositor\.io~1retain-topic`:          "the topic outlives its KafkaTopic",
	`KafkaTopic/metadata/annotations/managedBy`:                             "a topic that is there is taken over",
	`KafkaTopic/metadata/labels/kafka_cr`:                                   "every child says whose it is",
}

// What Koperator draws for samples of ours is drawn here too, but for what differs on purpose.
func TestTheSameCruiseControlAsKoperator(t *testing.T) {
	used := map[string]bool{}
	for _, sample := range []string{"jbod", "ssl", "zookeeper", "groups"} {
		t.Run(sample, func(t *testing.T) {
			var theirs map[string]string
			text, err := os.ReadFile("testdata/koperator/" + sample + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			if err := yaml.UnmarshalStrict(text, &theirs); err != nil {
				t.Fatal(err)
			}
			s := situation(t, sample, nil)
			s.Secrets = []sync.Secret{keystore(children.CruiseControlSecret(s.Cluster), "k", "p")}
			ours := facts(t, Settle(s).Children)
			for path := range theirs {
				if _, here := ours[path]; !here {
					ours[path] = ""
				}
			}
			for path, value := range ours {
				if theirs[path] != value && !differs(path, used) {
					t.Errorf("%s is %q here and %q with Koperator", path, value, theirs[path])
				}
			}
		})
	}
	for pattern, because := range deliberate {
		if !used[pattern] {
			t.Errorf("nothing differs at %s (%s)", pattern, because)
		}
	}
}

func differs(path string, used map[string]bool) bool {
	for pattern := range deliberate {
		if regexp.MustCompile("^(?:" + pattern + ")$").MatchString(path) {
			used[pattern] = true
			return true
		}
	}
	return false
}

// facts are what is drawn, by path, without what is our own text.
func facts(t *testing.T, drawn []sync.Child) map[string]string {
	t.Helper()
	all := map[string]string{}
	for i := range drawn {
		if strings.HasSuffix(drawn[i].Name, "-cc-jmx-exporter") {
			continue
		}
		text, err := json.Marshal(drawn[i], sync.Encoding())
		if err != nil {
			t.Fatal(err)
		}
		var object map[string]any
		if err := json.Unmarshal(text, &object); err != nil {
			t.Fatal(err)
		}
		if data, ok := object["data"].(map[string]any); ok {
			config, _ := properties.Parse(data[children.CruiseControlPropertiesKey].(string))
			keys := map[string]any{}
			for key, value := range config.All() {
				keys[key] = value
			}
			data[children.CruiseControlPropertiesKey] = keys
			delete(data, children.CruiseControlLog4jKey)
		}
		delete(object, "apiVersion")
		flatten(all, drawn[i].Kind, object)
	}
	for path := range all {
		if strings.Contains(path, "/lifecycle/") || strings.HasSuffix(path, "/cruiseControlLogConfig.json") {
			delete(all, path)
		}
	}
	return all
}

func flatten(all map[string]string, path string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			flatten(all, path+"/"+strings.ReplaceAll(key, "/", "~1"), member)
		}
	case []any:
		for i, item := range value {
			key := strconv.Itoa(i)
			if object, ok := item.(map[string]any); ok && object["name"] != nil {
				key = object["name"].(string)
			}
			flatten(all, path+"/"+key, item)
		}
	default:
		all[path] = fmt.Sprint(value)
	}
}
