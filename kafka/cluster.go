package kafka

import (
	"context"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// cluster asks who is there: cluster id, active controller, and the brokers that are registered and not fenced.
func (c *client) cluster(ctx context.Context) (sync.KafkaCluster, error) {
	response, err := call[*kmsg.DescribeClusterResponse](ctx, c, anyBroker, kmsg.NewPtrDescribeClusterRequest())
	if err == nil {
		err = refusalOf(response.ErrorCode, response.ErrorMessage)
	}
	if err != nil {
		return sync.KafkaCluster{}, fmt.Errorf("describe the cluster: %w", err)
	}
	cluster := sync.KafkaCluster{
		ID: response.ClusterID, Controller: response.ControllerID, Brokers: make([]int32, 0, len(response.Brokers)),
	}
	for i := range response.Brokers {
		broker := &response.Brokers[i]
		cluster.Brokers = append(cluster.Brokers, broker.NodeID)
		if broker.Rack != nil && *broker.Rack != "" {
			if cluster.Racks == nil {
				cluster.Racks = map[int32]string{}
			}
			cluster.Racks[broker.NodeID] = *broker.Rack
		}
	}
	slices.Sort(cluster.Brokers)
	return cluster, nil
}
