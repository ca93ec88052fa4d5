package graceful_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/graceful"
)

// observed is an operation as the API server shows it.
func observed(name, operation, ids, status string) sync.Referenced {
	return sync.Referenced{
		Meta:   sync.Meta{Name: name, Namespace: "kafka", UID: "uid-" + name},
		Spec:   jsontext.Value(fmt.Sprintf(`{"operation":%q,"parameters":{"brokerId":%q}}`, operation, ids)),
		Status: jsontext.Value(status),
	}
}

const (
	running  = `{"currentTask":{"operation":"remove_broker","state":"InExecution"}}`
	finished = `{"currentTask":{"operation":"remove_broker","state":"Completed","finished":"2026-01-01T00:00:00Z"}}`
)

func set(waits string, objects ...sync.Referenced) *graceful.Set {
	parent := &v1beta1.KafkaCluster{ObjectMeta: metav1.ObjectMeta{Name: "demo", Namespace: "kafka", Generation: 3}}
	parent.Spec.CruiseControlConfig.CruiseControlOperationSpec = &v1beta1.CruiseControlOperationSpec{
		TTLSecondsAfterFinished: new(60),
		Parameters:              map[string]string{"Replication_Throttle": "1000", "throttle_added_broker": "false"},
	}
	return graceful.NewSet(children.NewCluster(parent, "", children.Quorum{}, nil), objects, waits)
}

func removal(needed, against, due []string) graceful.Want {
	return graceful.Want{
		Kind: v1alpha1.OperationRemoveBroker, Needed: needed, Against: against, Due: due,
		Parameters: func(targets []string) map[string]string {
			return map[string]string{graceful.BrokerID: strings.Join(targets, ",")}
		},
	}
}

// names are the children that a set lists, without the random part of the new ones.
func names(s *graceful.Set) string {
	var all []string
	for _, child := range s.Children() {
		all = append(all, child.Name)
	}
	return strings.Join(all, " ")
}

func TestSettle(t *testing.T) {
	all := []string{"3", "10"}
	for _, test := range []struct {
		name    string
		objects []sync.Referenced
		want    graceful.Want
		waits   string
		made    string
		listed  string
	}{
		{name: "one for all that are due", want: removal(all, nil, all), made: "3,10"},
		{name: "none while Cruise Control is away", want: removal(all, nil, all), waits: "it is away"},
		{
			name: "what runs is not asked again", objects: []sync.Referenced{observed("a", "remove_broker", "3, 10", running)},
			want: removal(all, nil, all), listed: "a",
		},
		{
			name: "what runs goes on while Cruise Control is away", waits: "it is away", want: removal(all, nil, all),
			objects: []sync.Referenced{observed("a", "remove_broker", "3,10", running)}, listed: "a",
		},
		{
			name: "only those that are not covered", objects: []sync.Referenced{observed("a", "remove_broker", "3", running)},
			want: removal(all, nil, all), made: "10", listed: "a",
		},
		{
			name: "one that is done with does not stop the others", want: removal([]string{"10"}, nil, nil),
			objects: []sync.Referenced{observed("a", "remove_broker", "3,10", running)}, listed: "a",
		},
		{
			name: "one that is taken back stops all of it", want: removal([]string{"10"}, []string{"3"}, []string{"10"}),
			objects: []sync.Referenced{observed("a", "remove_broker", "3,10", running)}, made: "10",
		},
		{
			name: "nobody is left that it is for", want: removal(nil, nil, nil),
			objects: []sync.Referenced{observed("a", "remove_broker", "3", "")},
		},
		{
			name: "a task that runs comes to its end", want: removal(nil, nil, nil), listed: "a",
			objects: []sync.Referenced{observed("a", "remove_broker", "3", running)},
		},
		{
			name: "one that has ended stays, and covers nobody", want: removal(all, nil, all), made: "3,10", listed: "a",
			objects: []sync.Referenced{observed("a", "remove_broker", "3,10", finished)},
		},
		{
			name: "another kind is left alone", want: removal(nil, nil, nil), listed: "a",
			objects: []sync.Referenced{observed("a", "add_broker", "3", running)},
		},
		{
			name: "one that can not be read is left alone", want: removal(nil, nil, nil), listed: "a",
			objects: []sync.Referenced{{Meta: sync.Meta{Name: "a"}, Spec: jsontext.Value(`7`)}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := set(test.waits, test.objects...)
			standing := s.Settle(test.want)
			made, listed := "", ""
			for _, child := range s.Children() {
				text, err := json.Marshal(child)
				if err != nil {
					t.Fatal(err)
				}
				var object v1alpha1.CruiseControlOperation
				if err := json.Unmarshal(text, &object); err == nil &&
					strings.HasPrefix(child.Name, "demo-remove-broker-") {
					made += object.Spec.Parameters[graceful.BrokerID]
				} else {
					listed += child.Name
				}
			}
			if made != test.made || listed != test.listed {
				t.Errorf("made %q and listed %q, want %q and %q", made, listed, test.made, test.listed)
			}
			for _, target := range strings.FieldsFunc(test.made, func(r rune) bool { return r == ',' }) {
				if o := standing[target]; o.Phase != graceful.Scheduled || !strings.Contains(names(s), o.Name) {
					t.Errorf("%s is for %s, and %s is listed", o.Name, target, names(s))
				}
			}
		})
	}
}

// A name is the same for the same input, and another one after an operation has ended.
func TestNames(t *testing.T) {
	name := func(objects ...sync.Referenced) string {
		return set("", objects...).Settle(removal([]string{"3"}, nil, []string{"3"}))["3"].Name
	}
	first, again := name(), name(observed("other", "remove_broker", "4", finished))
	after := name(observed("a", "remove_broker", "3", finished))
	if first != again || first == after || !strings.HasPrefix(first, "demo-remove-broker-") {
		t.Errorf("%s, again %s, then %s", first, again, after)
	}
}

// What the user gives to every operation is given to those whose endpoint has it, under what is decided for each.
func TestParameters(t *testing.T) {
	s := set("")
	s.Settle(removal([]string{"3"}, nil, []string{"3"}))
	text, err := json.Marshal(s.Children()[0], json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"apiVersion":"kafka.banzaicloud.io/v1alpha1","kind":"CruiseControlOperation","metadata":{"name":"` +
		names(s) + `","namespace":"kafka","labels":{"app":"kafka","kafka_cr":"demo"},"annotations":{}},` +
		`"spec":{"errorPolicy":"retry","ttlSecondsAfterFinished":60,"operation":"remove_broker","parameters":{` +
		`"brokerid":"3","exclude_recently_demoted_brokers":"true","exclude_recently_removed_brokers":"true",` +
		`"replication_throttle":"1000"}}}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

// What Cruise Control does not take together is not sent together: what an operation is for stays, and what the user
// gives to all goes over what is there by default.
func TestParametersThatClash(t *testing.T) {
	parent := &v1beta1.KafkaCluster{ObjectMeta: metav1.ObjectMeta{Name: "demo", Namespace: "kafka"}}
	parent.Spec.CruiseControlConfig.CruiseControlOperationSpec = &v1beta1.CruiseControlOperationSpec{}
	cluster := children.NewCluster(parent, "", children.Quorum{}, nil)
	decided := map[string]string{graceful.Destinations: "3", "rebalance_disk": "true"}
	for _, test := range []struct{ given, decided, want map[string]string }{
		{
			map[string]string{"goals": "RackAwareGoal", "verbose": "true"},
			decided,
			map[string]string{
				graceful.Destinations: "3", "rebalance_disk": "true", "verbose": "true",
				"exclude_recently_demoted_brokers": "true", "exclude_recently_removed_brokers": "true",
			},
		},
		{map[string]string{"Kafka_Assigner": "true"}, nil, map[string]string{"kafka_assigner": "true"}},
		{map[string]string{"kafka_assigner": "true"}, map[string]string{"rebalance_disk": "true"}, map[string]string{
			"rebalance_disk": "true",
		}},
	} {
		parent.Spec.CruiseControlConfig.CruiseControlOperationSpec.Parameters = test.given
		child := children.Operation(cluster, "a", v1alpha1.OperationRebalance, test.decided)
		text, err := json.Marshal(child)
		if err != nil {
			t.Fatal(err)
		}
		var made v1alpha1.CruiseControlOperation
		if err := json.Unmarshal(text, &made); err != nil || !maps.Equal(made.Spec.Parameters, test.want) {
			t.Errorf("%v and %v: got %v, want %v: %v", test.given, test.decided, made.Spec.Parameters, test.want, err)
		}
	}
}

// The words of the status are Koperator's.
func TestWords(t *testing.T) {
	words := []string{
		string(graceful.Required.Upscale()), string(graceful.Paused.Downscale()),
		string(graceful.Succeeded.DiskRebalance()), string(graceful.CompletedWithError.DiskRemoval()),
	}
	want := []string{
		string(v1beta1.GracefulUpscaleRequired), string(v1beta1.GracefulDownscalePaused),
		string(v1beta1.GracefulDiskRebalanceSucceeded), string(v1beta1.GracefulDiskRemovalCompletedWithError),
	}
	if !slices.Equal(words, want) {
		t.Errorf("got %q, want %q", words, want)
	}
}

func TestPhases(t *testing.T) {
	paused := observed("a", "add_broker", "3", `{"currentTask":{"operation":"add_broker","state":"CompletedWithError"}}`)
	paused.Labels = map[string]string{v1alpha1.PauseLabel: "true"}
	ignored := paused
	ignored.Spec = jsontext.Value(`{"operation":"add_broker","errorPolicy":"ignore","parameters":{"brokerid":"3"}}`)
	koperators := sync.Referenced{Meta: sync.Meta{Name: "a"}, Spec: jsontext.Value(`{}`), Status: jsontext.Value(
		`{"currentTask":{"operation":"add_broker","parameters":{"brokerid":"3"},"state":"Active"}}`)}
	for _, test := range []struct {
		object sync.Referenced
		phase  graceful.Phase
		done   bool
	}{
		{observed("a", "add_broker", "3", ""), graceful.Scheduled, false},
		{observed("a", "add_broker", "3", running), graceful.Running, false},
		{observed("a", "add_broker", "3", finished), graceful.Succeeded, true},
		{paused, graceful.Paused, false},
		{ignored, graceful.CompletedWithError, true},
		{koperators, graceful.Running, false},
	} {
		o := set("", test.object).Observed()[0]
		if o.Phase != test.phase || o.Done != test.done || !o.For("3") || o.Kind != v1alpha1.OperationAddBroker {
			t.Errorf("%s: %+v, want %s, done: %v", test.object.Status, o, test.phase, test.done)
		}
	}
}
