package kafka

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// upgradeOnly is FeatureUpdate's UpgradeType that never lowers a level (KIP-584).
const upgradeOnly = 1

// updateFeature raises a feature's level. librdkafka has no call for it.
func (c *client) updateFeature(ctx context.Context, command *sync.UpdateFeature) error {
	if command.Level < 1 {
		return unfit("level %d is no level: a feature is not removed", command.Level) // below 1 means deletion
	}
	request := kmsg.NewPtrUpdateFeaturesRequest()
	request.TimeoutMillis = int32(remaining(ctx).Milliseconds())
	update := kmsg.NewUpdateFeaturesRequestFeatureUpdate()
	update.Feature, update.MaxVersionLevel, update.UpgradeType = command.Feature, command.Level, upgradeOnly
	request.FeatureUpdates = append(request.FeatureUpdates, update)
	response, err := call[*kmsg.UpdateFeaturesResponse](ctx, c, anyBroker, request)
	if err != nil {
		return err
	}
	err = refusalOf(response.ErrorCode, response.ErrorMessage)
	for i := range response.Results { // until version 1; of then on they are not there
		if err == nil {
			err = refusalOf(response.Results[i].ErrorCode, response.Results[i].ErrorMessage)
		}
	}
	if errors.Is(err, kerr.InvalidUpdateVersion) && c.finalized(ctx, command.Feature) >= command.Level {
		return nil
	}
	return err
}

// finalized is the level of a feature as the broker that was reached knows it, 0 if there is none or it is not known.
func (c *client) finalized(ctx context.Context, feature string) int16 {
	versions, err := c.versions(ctx, anyBroker)
	if err != nil {
		return 0
	}
	return readFeatures([]*kmsg.ApiVersionsResponse{versions}).Finalized[feature]
}
