package kafka

import (
	"context"
	"fmt"
	"slices"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"

	"github.com/kompositor/kompositor/sync"
)

// cluster asks who is there: cluster id, active controller, and the brokers that are registered and not fenced.
func (c *client) cluster(ctx context.Context) (sync.KafkaCluster, error) {
	described, err := c.admin.DescribeCluster(ctx, confluent.SetAdminRequestTimeout(remaining(ctx)))
	if err != nil {
		return sync.KafkaCluster{}, fmt.Errorf("describe the cluster: %w", refusalBy(err))
	}
	cluster := sync.KafkaCluster{Controller: -1, Brokers: make([]int32, 0, len(described.Nodes))}
	if described.ClusterID != nil {
		cluster.ID = *described.ClusterID
	}
	if described.Controller != nil {
		cluster.Controller = int32(described.Controller.ID)
	}
	for _, node := range described.Nodes {
		id := int32(node.ID)
		cluster.Brokers = append(cluster.Brokers, id)
		if node.Rack != nil && *node.Rack != "" {
			if cluster.Racks == nil {
				cluster.Racks = map[int32]string{}
			}
			cluster.Racks[id] = *node.Rack
		}
	}
	slices.Sort(cluster.Brokers)
	return cluster, nil
}
