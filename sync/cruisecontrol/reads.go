package cruisecontrol

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/properties"
)

// Annotations of Cruise Control's Pod with the hash of each part that it reads when it starts: another hash is another
// Pod. The names and what is hashed are Koperator's, so that one that is taken over restarts only where it reads
// something else.
const (
	annotationConfig        = "cruiseControlConfig.json"
	annotationClusterConfig = "cruiseControlClusterConfig.json"
	annotationLog           = "cruiseControlLogConfig.json"
	annotationCapacity      = "cruiseControlCapacity.json"
	annotationKeystore      = "kompositor.io/keystore"

	// annotationCapacityUse of the user's on the Pod, with any other value than static, says that this Cruise Control
	// learns of capacities in another way: they do not restart it then.
	annotationCapacityUse = "cruise-control.banzaicloud.com/broker-capacity-config"
	capacityStatic        = "static"
)

// reads is the content of the ConfigMap that Cruise Control reads.
func (s *Situation) reads() map[string]string {
	before := ""
	if config := s.config(); config != nil {
		before = config.Data[children.CruiseControlCapacityKey]
	}
	return children.CruiseControlData(s.Cluster, s.capacity(before))
}

// reachedOtherwise says that Cruise Control is told of another way to the brokers than before.
func reachedOtherwise(before, now map[string]string) bool {
	was, _ := properties.Parse(before[children.CruiseControlPropertiesKey])
	is, _ := properties.Parse(now[children.CruiseControlPropertiesKey])
	for _, key := range children.CruiseControlWayKeys() {
		if was.Value(key) != is.Value(key) {
			return true
		}
	}
	return false
}

// annotations are the hashes of what Cruise Control reads.
func (s *Situation) annotations(data map[string]string, keystore *sync.Secret) map[string]string {
	annotations := map[string]string{
		annotationConfig:        hash(data[children.CruiseControlPropertiesKey]),
		annotationClusterConfig: hash(data[children.CruiseControlClusterConfigsKey]),
		annotationLog:           hash(data[children.CruiseControlLog4jKey]),
	}
	use, set := s.Cluster.Parent.Spec.CruiseControlConfig.CruiseControlAnnotations[annotationCapacityUse]
	if !set || use == capacityStatic {
		annotations[annotationCapacity] = hash(data[children.CruiseControlCapacityKey])
	}
	if keystore != nil {
		// The password stays out of it: a short one could be guessed from a hash.
		var stores []string
		for _, key := range children.CruiseControlStores() {
			stores = append(stores, keystore.Data[key].Reveal())
		}
		annotations[annotationKeystore] = hash(stores...)
	}
	return annotations
}

// keystore is the Secret that Cruise Control mounts, nil when it mounts none; false when that one is not there.
func (s *Situation) keystore() (*sync.Secret, bool) {
	name := children.CruiseControlSecret(s.Cluster)
	if name == "" {
		return nil, true
	}
	i := slices.IndexFunc(s.Secrets, func(secret sync.Secret) bool {
		return secret.Name == name && secret.Namespace == s.Cluster.Parent.Namespace
	})
	if i < 0 {
		return nil, false
	}
	return &s.Secrets[i], true
}

func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}
