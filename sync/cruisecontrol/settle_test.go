package cruisecontrol

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// situation is a sample of ours with all brokers ready and the topic in Kafka, after a change of it.
func situation(t *testing.T, sample string, change func(*v1beta1.KafkaCluster)) *Situation {
	t.Helper()
	text, err := os.ReadFile("../../manifests/samples/kafkacluster-" + sample + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var parent v1beta1.KafkaCluster
	if err := yaml.UnmarshalStrict(text, &parent); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&parent)
	}
	var brokers []children.Broker
	for _, resolved := range parent.ResolvedBrokers() {
		b := children.Broker{ResolvedBroker: resolved}
		for _, storage := range resolved.StorageConfigs {
			b.Volumes = append(b.Volumes, children.Volume{
				MountPath: storage.MountPath, ClaimSpec: storage.PVCSpec, EmptyDir: storage.EmptyDir,
			})
		}
		brokers = append(brokers, b)
	}
	topic := sync.Referenced{
		Meta: sync.Meta{Name: children.MetricsTopicName(parent.Name)}, Status: jsontext.Value(`{"state":"created"}`),
	}
	return &Situation{
		Cluster:    children.NewCluster(&parent, "id", children.Quorum{}, brokers),
		Controller: &sync.Controller{}, Observed: &sync.Children{KafkaTopics: sync.Objects[sync.Referenced]{topic}},
	}
}

func keystore(name, content, password string) sync.Secret {
	return sync.Secret{Meta: sync.Meta{Name: name, Namespace: "kafka"}, Data: map[string]sync.Confidential{
		"keystore.jks": sync.Confidential(content), "truststore.jks": sync.Confidential("t"),
		"password": sync.Confidential(password),
	}}
}

// observe is the situation after what was settled has been made.
func observe(t *testing.T, s *Situation, settled Settled) {
	t.Helper()
	for _, child := range settled.Children {
		text, err := json.Marshal(child, sync.Encoding())
		if err != nil {
			t.Fatal(err)
		}
		read := func(into any) {
			if err := json.Unmarshal(text, into); err != nil {
				t.Fatal(err)
			}
		}
		switch child.Kind {
		case "Deployment":
			s.Observed.Deployments = make(sync.Objects[sync.Deployment], 1)
			read(&s.Observed.Deployments[0])
		case "ConfigMap":
			var config sync.ConfigMap
			read(&config)
			s.Observed.ConfigMaps = append(s.Observed.ConfigMaps, config)
		}
	}
}

// template is the template of the Deployment that is listed; empty when none is.
func template(t *testing.T, settled Settled) string {
	t.Helper()
	for _, child := range settled.Children {
		if child.Kind == "Deployment" {
			text, err := json.Marshal(child, sync.Encoding())
			if err != nil {
				t.Fatal(err)
			}
			var object struct {
				Spec struct {
					Template jsontext.Value `json:"template"`
				} `json:"spec"`
			}
			if err := json.Unmarshal(text, &object); err != nil {
				t.Fatal(err)
			}
			// A held Deployment has its members in another order.
			_ = object.Spec.Template.Format(jsontext.ReorderRawObjects(true))
			return string(object.Spec.Template)
		}
	}
	return ""
}

func TestAnotherKeystoreIsAnotherPod(t *testing.T) {
	s := situation(t, "ssl", nil)
	name := children.CruiseControlSecret(s.Cluster)
	settle := func(secrets ...sync.Secret) string {
		s.Secrets = secrets
		return template(t, Settle(s))
	}
	first := settle(keystore(name, "k", "p"))
	observe(t, s, Settle(s))
	switch {
	case !strings.Contains(first, `"key":"password"`):
		t.Errorf("the Pod has no password: %s", first)
	case settle(keystore(name, "other", "p")) == first:
		t.Error("another keystore does not restart it")
	case settle(keystore(name, "k", "other")) != first:
		t.Error("the password is hashed, and a short one could be guessed")
	case settle() != first:
		t.Error("it is replaced while its keystore is away, and could not start again")
	}
}

// While brokers get another listener, Cruise Control stays with the one that all of them have.
func TestAnotherWayToTheBrokersWaitsForAllOfThem(t *testing.T) {
	s := situation(t, "jbod", nil)
	before := Settle(s)
	observed := *s.Observed
	s = situation(t, "jbod", func(c *v1beta1.KafkaCluster) {
		c.Spec.ListenersConfig.InternalListeners[0].ContainerPort++
	})
	s.Observed = &observed
	observe(t, s, before)
	s.Rolling = true
	if template(t, Settle(s)) != template(t, before) {
		t.Error("it goes to where most brokers do not listen yet")
	}
	s.Rolling = false
	if template(t, Settle(s)) == template(t, before) {
		t.Error("it stays where no broker listens any more")
	}
	s.Rolling = true
	s.Cluster.Parent.Spec.ListenersConfig.InternalListeners[0].ContainerPort--
	s.Cluster.Parent.Spec.CruiseControlConfig.Config = "max.replicas.per.broker=7"
	if template(t, Settle(s)) == template(t, before) {
		t.Error("its own configuration waits for brokers that roll")
	}
}

func TestARestartWaitsForWhatIsExecuted(t *testing.T) {
	changes := map[string]func(*v1beta1.CruiseControlConfig){
		"configuration": func(c *v1beta1.CruiseControlConfig) { c.Config = "max.replicas.per.broker=7" },
		"image":         func(c *v1beta1.CruiseControlConfig) { c.Image = "example.com/cruise-control:next" },
		"annotation": func(c *v1beta1.CruiseControlConfig) {
			c.CruiseControlAnnotations = map[string]string{"own": "annotation"}
		},
	}
	for name, change := range changes {
		waits := func(t *testing.T, recorded bool) {
			t.Helper()
			s := situation(t, "jbod", nil)
			before := Settle(s)
			observe(t, s, before)
			if recorded {
				record(t, s, before)
			}
			s.Observed.Deployments[0].Status = sync.DeploymentStatus{UpdatedReplicas: 1, AvailableReplicas: 1}
			s.Executes = "demo-remove-disks-0a1b2c3d"
			if settled := Settle(s); settled.Owes != "" {
				t.Errorf("nothing has changed, and it owes a restart: %q", settled.Owes)
			}
			change(&s.Cluster.Parent.Spec.CruiseControlConfig)
			settled := Settle(s)
			if template(t, settled) != template(t, before) || !strings.Contains(settled.Owes, s.Executes) {
				t.Errorf("it aborts what it executes, or does not say what it waits for: %q", settled.Owes)
			}
			s.Observed.Deployments[0].Status.AvailableReplicas = 0
			if settled := Settle(s); template(t, settled) == template(t, before) || settled.Owes != "" {
				t.Errorf("it does not serve, and what would mend it waits: %q", settled.Owes)
			}
		}
		t.Run(name, func(t *testing.T) { waits(t, true) })
		t.Run(name+", with server-side apply", func(t *testing.T) { waits(t, false) })
	}
}

// record has the observed Deployment remember what was answered, as dynamic apply does.
func record(t *testing.T, s *Situation, settled Settled) {
	t.Helper()
	at := slices.IndexFunc(settled.Children, func(child sync.Child) bool { return child.Kind == "Deployment" })
	text, err := json.Marshal(settled.Children[at], sync.Encoding())
	if err != nil {
		t.Fatal(err)
	}
	annotation, err := json.Marshal(map[string]string{sync.LastAppliedAnnotation: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	s.Observed.Deployments[0].Spec = jsontext.Value(`{"revisionHistoryLimit":10}`)
	if err := json.Unmarshal(annotation, &s.Observed.Deployments[0].Annotations); err != nil {
		t.Fatal(err)
	}
}

// The metrics reporter is told of another topic: it is made under that name, and Cruise Control reads from it.
func TestTheTopicIsWhereTheReporterWrites(t *testing.T) {
	s := situation(t, "jbod", func(c *v1beta1.KafkaCluster) {
		c.Spec.ReadOnlyConfig += "\ncruise.control.metrics.topic=own\n"
	})
	s.Observed = &sync.Children{}
	text, err := json.Marshal(Settle(s).Children[0], sync.Encoding())
	if err != nil || !strings.Contains(string(text), `"name":"own"`) {
		t.Errorf("%v: %s", err, text)
	}
	if config := children.CruiseControlConfig(s.Cluster); config.Value("metric.reporter.topic") != "own" {
		t.Errorf("Cruise Control reads from %q", config.Value("metric.reporter.topic"))
	}
}

// Partitions can not be taken away again, nor the name changed: the API server would refuse that.
func TestTheTopicKeepsWhatCanNotChange(t *testing.T) {
	s := situation(t, "jbod", func(c *v1beta1.KafkaCluster) {
		c.Spec.CruiseControlConfig.TopicConfig = &v1beta1.TopicConfig{Partitions: 6, ReplicationFactor: 2}
		c.Spec.ReadOnlyConfig += "\ncruise.control.metrics.topic=renamed\n"
	})
	s.Observed.KafkaTopics[0].Spec = jsontext.Value(`{"name":"first","partitions":9,"replicationFactor":3}`)
	text, err := json.Marshal(Settle(s).Children[0], sync.Encoding())
	want := `"spec":{"name":"first","partitions":9,"replicationFactor":2,`
	if err != nil || !strings.Contains(string(text), want) {
		t.Errorf("%v: %s, not %s", err, text, want)
	}
}
