package kafka

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// features asks every live broker which levels it supports, and which are finalized (KIP-584). One that does not answer
// leaves the whole unknown: what all support is not known without it. librdkafka has no call for it.
func (c *client) features(ctx context.Context) (sync.Features, error) {
	cluster, err := c.cluster(ctx)
	if err != nil {
		return sync.Features{}, err
	}
	type answer struct {
		broker   int32
		versions *kmsg.ApiVersionsResponse
		err      error
	}
	answers := make([]*answer, 0, len(cluster.Brokers))
	for _, broker := range cluster.Brokers {
		answers = append(answers, &answer{broker: broker})
	}
	abreast(answers, func(a *answer) { a.versions, a.err = c.versions(ctx, a.broker) })
	versions := make([]*kmsg.ApiVersionsResponse, 0, len(answers))
	for _, a := range answers {
		if a.err != nil {
			return sync.Features{}, told(c.reasonAt(ctx, a.broker, a.err))
		}
		versions = append(versions, a.versions)
	}
	features := readFeatures(versions)
	features.Brokers = cluster.Brokers
	return features, nil
}

func (c *client) versions(ctx context.Context, broker int32) (*kmsg.ApiVersionsResponse, error) {
	request := kmsg.NewPtrApiVersionsRequest()
	request.ClientSoftwareName, request.ClientSoftwareVersion = clientID, "1" // neither may be empty (KIP-511)
	response, err := call[*kmsg.ApiVersionsResponse](ctx, c, broker, request)
	if err == nil {
		err = refusalOf(response.ErrorCode, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("fetch supported versions: %w", err)
	}
	return response, nil
}

// readFeatures keeps the newest of what brokers say is finalized, and of what they support what all of them do.
func readFeatures(answers []*kmsg.ApiVersionsResponse) sync.Features {
	features := sync.Features{Finalized: map[string]int16{}, Supported: map[string]sync.FeatureRange{}}
	counts, newest := map[string]int{}, int64(-1)
	for _, answer := range answers {
		for _, feature := range answer.SupportedFeatures {
			levels, known := features.Supported[feature.Name]
			if !known {
				levels = sync.FeatureRange{Min: feature.MinVersion, Max: feature.MaxVersion}
			}
			features.Supported[feature.Name] = sync.FeatureRange{
				Min: max(levels.Min, feature.MinVersion), Max: min(levels.Max, feature.MaxVersion),
			}
			counts[feature.Name]++
		}
		if answer.FinalizedFeaturesEpoch <= newest {
			continue
		}
		newest = answer.FinalizedFeaturesEpoch
		clear(features.Finalized)
		for _, feature := range answer.FinalizedFeatures {
			features.Finalized[feature.Name] = feature.MaxVersionLevel
		}
	}
	for name, levels := range features.Supported {
		if counts[name] < len(answers) || levels.Min > levels.Max {
			delete(features.Supported, name)
		}
	}
	return features
}
