package brokers

import (
	"fmt"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/identity"
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
	// Claims are the brokers whose volumes claims hold, by the claims' uids.
	Claims map[string]int32
	// Dynamic is the dynamic configuration in force, by broker, with "" for all.
	Dynamic map[string]map[string]string
}

// Properties reads Java's .properties text as the simulated brokers do.
func Properties(text string) map[string]string { return properties(text) }

// Found takes over processes that are older than the world. Those of ready Pods are live and in sync. What a claim
// holds was formatted, and voters vote with what they were formatted with.
func (k *Kafka) Found(past Past, pods []kubelet.Found) error {
	cluster := k.cluster(past.Name)
	cluster.ID, cluster.level = past.ID, past.Level
	var founded *process
	for _, pod := range pods {
		if identity.Broker(pod.Pod) == "" {
			continue
		}
		p, err := k.found(cluster, pod.Run)
		if err != nil {
			return fmt.Errorf("read what Pod %s runs with: %w", apiserver.Name(pod.Pod), err)
		}
		if len(p.bootstrap) > 0 {
			founded = p
			k.formatVoter(p, variable(pod.Pod, founders))
		}
		if pod.Ready {
			k.processes[p.uid] = p
		}
	}
	k.foundDisks(cluster, past)
	if founded != nil && len(past.Voters) > 0 {
		voters := map[int32]string{}
		for _, id := range past.Voters {
			voters[id] = cluster.directoryOf(id)
		}
		cluster.voters = voters
	}
	for name, values := range past.Dynamic {
		if len(values) > 0 {
			cluster.altered[name] = values
		}
	}
	k.Step()
	return nil
}

// founders is the variable of a Pod that says what the founders of a dynamic quorum vote with.
const founders = "STORAGE_FORMAT_ARGUMENTS"

// directoryOf is the metadata directory of a controller that is older than the world: what it was founded with, else
// one that stands for what it joined with.
func (c *Cluster) directoryOf(id int32) string {
	if directory := c.voters[id]; directory != "" {
		return directory
	}
	return fmt.Sprintf("joined node %d", id)
}

// foundDisks are the volumes of the cluster, and the directories of the processes that run on them.
func (k *Kafka) foundDisks(cluster *Cluster, past Past) {
	for claim, node := range past.Claims {
		k.disks[claim] = &disk{
			cluster: cluster.Name, clusterID: cluster.ID, node: node, directory: cluster.directoryOf(node),
		}
	}
	for _, p := range k.processes {
		if p.cluster == cluster && p.controller && len(p.bootstrap) > 0 {
			p.directory = cluster.directoryOf(p.id)
		}
	}
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
	return p, nil
}
