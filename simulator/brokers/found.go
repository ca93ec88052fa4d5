package brokers

import (
	"fmt"
	"slices"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/kubelet"
)

// Past is what is known of a cluster that is older than the world.
type Past struct {
	// Name is namespace/name of the KafkaCluster, ID the cluster id.
	Name, ID string
	// Voters of a dynamic quorum; none where they are not known.
	Voters []int32
	// Level is the finalized metadata.version; 0 stands for the highest that its nodes support.
	Level int16
	// Dynamic is the dynamic configuration in force, by broker, with "" for all.
	Dynamic map[string]map[string]string
}

// Properties reads Java's .properties text as the simulated brokers do.
func Properties(text string) map[string]string { return properties(text) }

// Found takes over processes that are older than the world. They are live and in sync, what they run on was formatted
// by them, and they have read what is mounted now.
func (k *Kafka) Found(past Past, runs []kubelet.Run) error {
	cluster := k.cluster(past.Name)
	cluster.ID, cluster.level = past.ID, past.Level
	for _, run := range runs {
		if apiserver.Label(run.Pod, "brokerId") == "" {
			continue
		}
		p, err := k.found(cluster, run)
		if err != nil {
			return fmt.Errorf("Pod %s: %w", apiserver.Name(run.Pod), err)
		}
		if slices.Contains(past.Voters, p.id) && len(p.bootstrap) > 0 {
			cluster.voters[p.id] = p.directory
		}
	}
	if len(past.Voters) > 0 {
		for id := range cluster.voters {
			if !slices.Contains(past.Voters, id) {
				delete(cluster.voters, id)
			}
		}
	}
	for name, values := range past.Dynamic {
		if len(values) > 0 {
			cluster.altered[name] = values
		}
	}
	k.Step()
	return nil
}

// found is a process that has run for a while.
func (k *Kafka) found(cluster *Cluster, run kubelet.Run) (*process, error) {
	p := &process{
		uid: apiserver.UID(run.Pod), namespace: apiserver.Namespace(run.Pod), pod: apiserver.Name(run.Pod),
		cluster: cluster, started: k.Now().Add(-time.Hour), supported: supports(imageOf(run.Pod)),
	}
	read, err := readMounted(run)
	if err != nil {
		return nil, err
	}
	p.config = read
	if cluster.ID == "" {
		cluster.ID = variable(run.Pod, "CLUSTER_ID")
	}
	for i, claim := range p.dirs {
		if claim == "" {
			continue
		}
		k.disks[claim] = &disk{cluster: cluster.Name, clusterID: cluster.ID, node: p.id}
		if i == 0 && p.controller && len(p.bootstrap) > 0 {
			k.disks[claim].directory = k.formatVoter(p, variable(run.Pod, "STORAGE_FORMAT_ARGUMENTS"))
			p.directory = k.disks[claim].directory
		}
	}
	k.processes[p.uid] = p
	return p, nil
}
