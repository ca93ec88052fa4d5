package simulator

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

var (
	seeds     = flag.Int("seeds", 10, "number of seeds")
	firstSeed = flag.Uint64("seed", 1, "the first seed; with -seeds=1 and -v it tells the story of that one")
)

// startBound and settleBound are the bounds, in ticks, until a new cluster is ready, and until everything is settled
// again once faults have stopped.
const startBound, settleBound = 300, 1500

// TestOperationsSeeds lets operations live through random faults: Cruise Control is restarted, away or slow, answers
// are lost, the service ends in the middle of a call, operations come, are paused and are deleted. Whatever happens,
// no attempt is started twice, and nothing is executed for an operation that is gone or done. When the faults stop,
// all operations that can be done are.
func TestOperationsSeeds(t *testing.T) {
	demo, err := os.ReadFile("../manifests/samples/kafkacluster-demo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i := range *seeds {
		seed := *firstSeed + uint64(i)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			options := Options{Seed: seed, Nodes: 4, Hook: clusterHook, TwiceEvery: 10}
			if *seeds == 1 && testing.Verbose() {
				options.Watch = func(s Sentence) { t.Log(s) }
			}
			w := New(options)
			script, err := w.operate(string(demo), seed)
			if breaches := w.Breaches(); err != nil || len(breaches) > 0 {
				t.Errorf("seed %d: %v\n%s\n%v\n%s", seed, script, w.Operations(), breaches, errorText(err))
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return "all operations have ended"
	}
	return err.Error()
}

// operate lets a world live through a random script of operations and faults.
func (w *World) operate(documents string, seed uint64) ([]Deed, error) {
	if err := w.Apply(documents); err != nil {
		return nil, err
	}
	if err := w.RunUntil(Condition("Ready=True"), startBound); err != nil {
		return nil, err
	}
	if err := w.createTopic(map[string]string{"name": "orders", "partitions": "9"}); err != nil {
		return nil, err
	}
	if err := w.Do("add-broker", map[string]string{"id": "3"}, ""); err != nil {
		return nil, err
	}
	if err := w.RunUntil(Ready, startBound); err != nil {
		return nil, err
	}
	if err := w.Do("cruise-control", nil, ""); err != nil {
		return nil, err
	}
	chance := rand.New(rand.NewPCG(seed, 5))
	var script []Deed
	for number := range 24 {
		deed, input := randomOperation(chance, number)
		script = append(script, deed)
		w.Run(deed.After)
		_ = w.Do(deed.Command, deed.Arguments, input) // what can not be done just now is not done
	}
	w.crash = false
	for _, what := range []string{"up", "fast", "keep-answers"} {
		if err := w.Do("cruise-control", map[string]string{"do": what}, ""); err != nil {
			return script, err
		}
	}
	for _, o := range w.Server.List(operationKind) {
		if err := w.Edit(apiserver.KeyOf(o), func(o apiserver.Object) {
			apiserver.Set(o, "false", "metadata", "labels", "pause")
		}); err != nil {
			return script, err
		}
	}
	return script, w.RunUntil(operationsEnd, settleBound)
}

// operationsEnd waits until every operation is at its end and the world has settled.
func operationsEnd(w *World) bool {
	for _, o := range w.Server.List(operationKind) {
		done := slices.ContainsFunc(apiserver.List(o, "status", "conditions"), func(condition apiserver.Object) bool {
			return apiserver.String(condition, "type") == "Ready" && apiserver.String(condition, "status") == "True"
		})
		ignored := apiserver.String(o, "spec", "errorPolicy") == "ignore" &&
			apiserver.String(o, "status", "currentTask", "state") == "CompletedWithError"
		if !done && !ignored || apiserver.Terminating(o) {
			return false
		}
	}
	return Settled(w)
}

// randomOperation draws one deed.
func randomOperation(chance *rand.Rand, number int) (deed Deed, input string) {
	deed.After = chance.IntN(30)
	name := fmt.Sprintf("op-%d", chance.IntN(number/2+1))
	switch chance.IntN(14) {
	case 0:
		deed.Command, deed.Arguments = "cruise-control", map[string]string{"do": "restart"}
	case 1:
		deed.Command, deed.Arguments = "cruise-control", map[string]string{"do": "down"}
	case 2, 3:
		deed.Command, deed.Arguments = "cruise-control", map[string]string{"do": "up"}
	case 4:
		deed.Command, deed.Arguments = "cruise-control", map[string]string{"do": "lose-answers"}
	case 5:
		deed.Command, deed.Arguments = "cruise-control", map[string]string{"do": "keep-answers"}
	case 6:
		deed.Command, deed.Arguments = "cruise-control", map[string]string{"do": "slow"}
	case 7:
		deed.Command, deed.Arguments = "cruise-control", map[string]string{"do": "rebalance"}
	case 8:
		deed.Command = "crash"
	case 9:
		deed.Command = "delete"
		deed.Arguments = map[string]string{"kind": operationKind, "namespace": "kafka", "name": name}
	default:
		specs := []string{
			`{operation: rebalance}`, `{operation: rebalance, parameters: {dryrun: "true"}, ttlSecondsAfterFinished: 20}`,
			`{operation: add_broker, parameters: {brokerid: "3"}, ttlSecondsAfterFinished: 60}`,
			`{operation: remove_broker, parameters: {brokerid: "3"}}`, `{operation: demote_broker, parameters: {brokerid: "0"}}`,
			`{operation: remove_broker, parameters: {brokerid: "2"}, errorPolicy: ignore}`,
			`{operation: stop_proposal_execution}`,
		}
		deed.Command = "apply"
		deed.Arguments = map[string]string{"name": name, "spec": specs[chance.IntN(len(specs))]}
		input = fmt.Sprintf("{apiVersion: kafka.banzaicloud.io/v1alpha1, kind: CruiseControlOperation, spec: %s, metadata: "+
			"{name: op-%d, namespace: kafka, labels: {kafka_cr: demo, pause: %q}}}",
			deed.Arguments["spec"], number, fmt.Sprint(chance.IntN(5) == 0))
		deed.Arguments["name"] = fmt.Sprintf("op-%d", number)
	}
	return deed, input
}
