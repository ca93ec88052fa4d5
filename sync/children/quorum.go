package children

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// ClusterID is the id of a new KRaft cluster: the 16 bytes of its parent's UID as Kafka writes a Uuid (base64url
// without padding). A function of the input, so that a lost answer or a second replica can not make another one.
// Kubernetes promises no form of a UID: for one of another form any text will do that is the parent's own, so its name
// is added.
func ClusterID(uid, name string) string {
	const length = 16
	raw, err := hex.DecodeString(strings.ReplaceAll(uid, "-", ""))
	if err != nil || len(raw) != length {
		raw = []byte(uid + name + strings.Repeat("-", length))[:length]
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// DirectoryID is the id of the metadata log directory with which a controller is formatted that founds a dynamic
// quorum (KIP-853: a voter is a node id and a directory id). It is a function of the cluster and the node, so that
// all founders agree on it without talking to each other. It is written as Kafka writes a Uuid: 16 bytes as base64
// for URLs, unpadded.
func DirectoryID(clusterID string, node int32) string {
	sum := sha256.Sum256([]byte("directory " + clusterID + " " + strconv.Itoa(int(node))))
	id := sum[:16]
	id[0] &= 0x7F // an id must not begin with "-": Kafka itself never makes one that does
	id[8] |= 0x80 // and none of the first 100 ids, which are reserved
	return base64.RawURLEncoding.EncodeToString(id)
}

// founded says that a node is one of those that the dynamic quorum begins with.
func (q *Quorum) founded(node int32) bool { return q.Dynamic() && slices.Contains(q.Initial, node) }

// formatArguments are further arguments of kafka-storage.sh format. They have an effect on an empty disk only.
//
// A founder of a dynamic quorum is told all founders. Every other controller joins as an observer, to be made a voter
// by command: if it were told founders, an emptied disk could make it vote in a quorum that never held its log.
// Brokers, and all nodes of a static quorum, need nothing.
func (c *Cluster) formatArguments(b *Broker) string {
	switch {
	case !c.kraft() || !c.Quorum.Dynamic() || !b.IsController():
		return ""
	case c.Quorum.founded(b.ID):
		return "--initial-controllers=" + c.shared.founders
	default:
		return "--no-initial-controllers"
	}
}
