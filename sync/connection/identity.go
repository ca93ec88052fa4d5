package connection

import (
	"fmt"

	"github.com/kompositor/kompositor/sync"
)

// Believe is what may be believed of an answer: nothing, when another cluster gave it than the one whose id is known,
// or when it is not known which one did. That can be a wrong address or a volume of another cluster; either way, what
// is true there justifies nothing here. The second value names the two ids, and is empty when they are the same.
//
// Whoever asks Kafka for anything asks for its cluster id too. Without an id of our own, as with ZooKeeper, the id is
// not compared.
func Believe(facts sync.KafkaFacts, id string) (believed sync.KafkaFacts, other string) {
	cluster, known := facts.Cluster.Get()
	switch {
	case !known:
		return facts.Unknown("which cluster answers is not known: " + facts.Cluster.Why()), ""
	case id != "" && cluster.ID != id:
		other = fmt.Sprintf("the cluster that answers has the id %q, and this cluster has the id %q", cluster.ID, id)
		return facts.Unknown(other), other
	}
	return facts, ""
}
