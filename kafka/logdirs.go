package kafka

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// logDirs asks each of these brokers for its log directories; one that does not answer is unknown and no other.
// librdkafka has no call for it.
func (c *client) logDirs(ctx context.Context, brokers []int32) ([]sync.BrokerLogDirs, error) {
	described := make([]sync.BrokerLogDirs, len(brokers))
	for i, broker := range brokers {
		described[i].Broker = broker
	}
	pointers := make([]*sync.BrokerLogDirs, 0, len(brokers))
	for i := range described {
		pointers = append(pointers, &described[i])
	}
	abreast(pointers, func(d *sync.BrokerLogDirs) {
		request := kmsg.NewPtrDescribeLogDirsRequest() // no topics: all
		response, err := call[*kmsg.DescribeLogDirsResponse](ctx, c, d.Broker, request)
		if err == nil {
			d.Dirs, err = readLogDirs(response)
		}
		if err != nil {
			d.Unknown = c.reasonAt(ctx, d.Broker, err)
		}
	})
	return described, nil
}

func readLogDirs(response *kmsg.DescribeLogDirsResponse) ([]sync.LogDir, error) {
	if refused := refusalOf(response.ErrorCode, nil); refused != nil {
		return nil, refused
	}
	if len(response.Dirs) == 0 {
		// A broker has at least one directory, and before version 3 of this answer, of Kafka 3.2, it said so to nobody who
		// may not know.
		return nil, refusalOf(kerr.ClusterAuthorizationFailed.Code, nil)
	}
	dirs := make([]sync.LogDir, 0, len(response.Dirs))
	for i := range response.Dirs {
		read := &response.Dirs[i]
		dir := sync.LogDir{Path: read.Dir, TotalBytes: read.TotalBytes, UsableBytes: read.UsableBytes}
		if offline, ok := errors.AsType[*kerr.Error](kerr.ErrorForCode(read.ErrorCode)); ok {
			dir.Error = offline.Message
		}
		for _, topic := range read.Topics {
			dir.Replicas += len(topic.Partitions)
			for _, partition := range topic.Partitions {
				dir.SizeBytes += partition.Size
			}
		}
		dirs = append(dirs, dir)
	}
	slices.SortFunc(dirs, func(a, b sync.LogDir) int { return cmp.Compare(a.Path, b.Path) })
	return dirs, nil
}
