package kafka

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// alterConfigs changes some keys and leaves the others (KIP-339). A broker's own are changed through that broker, which
// checks them; a key that is set to what it is, or removed where it is not, changes nothing.
func (c *client) alterConfigs(ctx context.Context, command *sync.AlterConfigs) error {
	broker, err := keeper(command.Resource)
	if err != nil {
		return err
	}
	if command.Resource.Type == sync.BrokerConfig && broker == anyBroker {
		err = c.alterDefaults(ctx, command)
	} else {
		err = c.alterNamed(ctx, command)
	}
	return withoutSecrets(err, command)
}

// alterNamed changes the configuration of a topic or of one broker.
func (c *client) alterNamed(ctx context.Context, command *sync.AlterConfigs) error {
	resource := confluent.ConfigResource{Type: confluent.ResourceTopic, Name: command.Resource.Name}
	if command.Resource.Type == sync.BrokerConfig {
		resource.Type = confluent.ResourceBroker
	}
	for _, key := range slices.Sorted(maps.Keys(command.Set)) {
		resource.Config = append(resource.Config, confluent.ConfigEntry{
			Name: key, Value: command.Set[key], IncrementalOperation: confluent.AlterConfigOpTypeSet,
		})
	}
	for _, key := range command.Delete {
		resource.Config = append(resource.Config, confluent.ConfigEntry{
			Name: key, IncrementalOperation: confluent.AlterConfigOpTypeDelete,
		})
	}
	results, err := through(ctx, c, func(
		admin *confluent.AdminClient, timeout time.Duration,
	) ([]confluent.ConfigResourceResult, error) {
		return admin.IncrementalAlterConfigs(ctx, []confluent.ConfigResource{resource},
			confluent.SetAdminRequestTimeout(timeout))
	})
	if err != nil {
		return err
	}
	for i := range results {
		if err := refusalBy(results[i].Error); err != nil {
			return err
		}
	}
	return nil
}

// alterDefaults changes the dynamic default of all brokers, which librdkafka does not accept: it has no name.
func (c *client) alterDefaults(ctx context.Context, command *sync.AlterConfigs) error {
	request := kmsg.NewPtrIncrementalAlterConfigsRequest()
	resource := kmsg.NewIncrementalAlterConfigsRequestResource()
	resource.ResourceType = kmsg.ConfigResourceTypeBroker
	for _, key := range slices.Sorted(maps.Keys(command.Set)) {
		config := kmsg.NewIncrementalAlterConfigsRequestResourceConfig()
		config.Name, config.Op, config.Value = key, kmsg.IncrementalAlterConfigOpSet, new(command.Set[key])
		resource.Configs = append(resource.Configs, config)
	}
	for _, key := range command.Delete {
		config := kmsg.NewIncrementalAlterConfigsRequestResourceConfig()
		config.Name, config.Op = key, kmsg.IncrementalAlterConfigOpDelete
		resource.Configs = append(resource.Configs, config)
	}
	request.Resources = append(request.Resources, resource)
	response, err := call[*kmsg.IncrementalAlterConfigsResponse](ctx, c, anyBroker, request)
	if err != nil {
		return err
	}
	if len(response.Resources) != 1 {
		return errors.New("the answer lacks the resource")
	}
	return refusalOf(response.Resources[0].ErrorCode, response.Resources[0].ErrorMessage)
}

// withoutSecrets takes the values of secret keys out of what Kafka says: it repeats a value that it does not accept.
func withoutSecrets(err error, command *sync.AlterConfigs) error {
	var refused *refusal
	if !errors.As(err, &refused) {
		return err
	}
	clean := *refused
	for _, key := range command.Secret {
		if value := command.Set[key]; value != "" {
			clean.message = strings.ReplaceAll(clean.message, value, fmt.Sprintf("(the value of %s)", key))
		}
	}
	return &clean
}
