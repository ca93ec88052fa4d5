package children

import (
	"fmt"
	"testing"

	"github.com/kompositor/kompositor/sync"
)

// thousand is a KRaft cluster of three controllers and so many brokers with two disks each.
func thousand(t testing.TB, brokers int) *Cluster {
	t.Helper()
	parent := parse(t, []byte(combinedYAML))
	parent.Spec.KRaft = true
	parent.Spec.HeadlessServiceEnabled = false
	for id := range int32(brokers) {
		broker := parent.Spec.Brokers[0]
		broker.ID = 100 + id
		broker.BrokerConfigGroup = "brokers"
		broker.BrokerConfig = nil
		parent.Spec.Brokers = append(parent.Spec.Brokers, broker)
	}
	return NewCluster(parent, "A8PYSz8uSsW064CrQm6MxA", Quorum{}, brokersOf(parent))
}

var sink sync.Child

// BenchmarkBroker draws one broker with everything that is its own: Pod, ConfigMap, Service and claims.
func BenchmarkBroker(b *testing.B) {
	for _, size := range []int{30, 1000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			c := thousand(b, size)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				broker := &c.Brokers[3+i%size]
				sink = Pod(c, broker, nil)
				sink = ConfigMap(c, broker, nil)
				sink = BrokerService(c, broker)
				for n := range broker.Volumes {
					sink = PersistentVolumeClaim(c, broker, &broker.Volumes[n])
				}
			}
		})
	}
}

func BenchmarkNewCluster(b *testing.B) {
	c := thousand(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		NewCluster(c.Parent, c.ClusterID, c.Quorum, c.Brokers)
	}
}
