package sweep

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/weather"
	"github.com/kompositor/kompositor/sync"
)

// TakenBack is a life in which the user takes a removal of the last chapter back.
type TakenBack struct {
	// What is taken back: broker-back or disk-back.
	What string
	// Second is when, counted from the beginning of the chapter.
	Second int
}

// The removals that are taken back.
const brokerBack, diskBack = "broker-back", "disk-back"

// String names the life: broker-back@24.
func (t TakenBack) String() string { return fmt.Sprintf("%s@%d", t.What, t.Second) }

// deed is what the user does.
func (t TakenBack) deed() simulator.Deed {
	if t.What == brokerBack {
		return deed("add-broker id=4 group=broker")
	}
	return deed("add-disk group=broker path=/kafka-logs-2 size=20Gi")
}

// TakenBacks are the lives in which each removal is taken back at every n-th second of the chapter that it is in, as it
// is when nothing disturbs it.
func (u *Undisturbed) TakenBacks(every int) []TakenBack {
	var all []TakenBack
	for second := 0; second <= u.LastChapter; second += max(1, every) {
		all = append(all, TakenBack{brokerBack, second}, TakenBack{diskBack, second})
	}
	return all
}

// TakeBack lets the story happen up to that second, and then to the end that the user wants now. Its error says what
// is wrong with that.
func TakeBack(hooks map[string]sync.Hook, back TakenBack, watch func(simulator.Sentence)) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	l, err := begin(hooks, weather.Weather{}, watch)
	chapters := story()
	last := chapters[len(chapters)-1]
	for _, c := range chapters[:len(chapters)-1] {
		if err == nil {
			err = l.chapter(c)
		}
	}
	if err == nil {
		err = l.do(last)
	}
	if err != nil {
		return err
	}
	l.world.Run(back.Second)
	kept := l.kept(back)
	if err := l.chapter(chapter{back.deed()}); err != nil {
		return err
	}
	if breaches := l.world.Breaches(); len(breaches) > 0 {
		return fmt.Errorf("%s", breaches[0])
	}
	return l.check(back, kept)
}

// kept are the claims that are to outlive the removal, by their UIDs: those of the broker, or of the disk, that nobody
// had begun to let go. A disk is let go when its broker is configured without it.
func (l *life) kept(back TakenBack) map[string]string {
	kept := map[string]string{}
	for _, claim := range l.world.Server.List(claimKind) {
		name := apiserver.Name(claim)
		disk := apiserver.String(claim, "metadata", "annotations", "mountPath") == "/kafka-logs-2"
		switch {
		case apiserver.Terminating(claim):
		case back.What == brokerBack && apiserver.Label(claim, "brokerId") == "4" && !disk,
			back.What == diskBack && apiserver.Label(claim, "brokerId") == "3" && disk && l.configured("3", "/kafka-logs-2"):
			kept[apiserver.UID(claim)] = name
		}
	}
	return kept
}

// configured says that a broker is configured with a log directory below that path.
func (l *life) configured(broker, path string) bool {
	config, _ := l.world.Server.Get(apiserver.Key{Kind: "ConfigMap.v1", Namespace: "kafka", Name: "demo-config-" + broker})
	return strings.Contains(apiserver.String(config, "data", "broker-config"), path+"/")
}

// check compares the end with what the user wants: the broker or the disk is there, with the claims that were kept.
func (l *life) check(back TakenBack, kept map[string]string) error {
	for _, claim := range l.world.Server.List(claimKind) {
		delete(kept, apiserver.UID(claim))
	}
	for _, uid := range slices.Sorted(maps.Keys(kept)) {
		return fmt.Errorf("claim %s was not let go yet, and is gone", kept[uid])
	}
	wanted, disks := []int32{0, 1, 2, 3}, map[int32]int{3: 2}
	if back.What == brokerBack {
		wanted, disks = append(wanted, 4), nil
	}
	kafka := l.world.Kafka.Cluster(clusterName)
	if live := kafka.Live(); !slices.Equal(live, wanted) {
		return fmt.Errorf("the live brokers are %v, not %v", live, wanted)
	}
	claims := map[string]int{}
	for _, claim := range l.world.Server.List(claimKind) {
		claims[apiserver.Label(claim, "brokerId")]++
	}
	for _, id := range wanted {
		number, dirs := max(1, disks[id]), kafka.LogDirs(id)
		if len(dirs) != number || claims[fmt.Sprint(id)] != number {
			return fmt.Errorf("broker %d has the log directories %v and %d claims", id, dirs, claims[fmt.Sprint(id)])
		}
	}
	for _, p := range kafka.Partitions() {
		if len(p.Replicas) != len(p.ISR) || p.Leader < 0 {
			return fmt.Errorf("%s-%d: replicas %v, in sync %v, leader %d", p.Topic, p.Number, p.Replicas, p.ISR, p.Leader)
		}
	}
	return nil
}
