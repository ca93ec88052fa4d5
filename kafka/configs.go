package kafka

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// chunkOfConfigs is how many configurations one request asks for: the answer for all topics of a large cluster at once
// would keep one of the broker's threads busy, and everybody else waiting for it.
const chunkOfConfigs = 1000

// configs asks for configurations. Only a broker knows its own, so it is asked itself; one that does not answer leaves
// its own configuration unknown and no other.
func (c *client) configs(ctx context.Context, questions []sync.ConfigQuestion) ([]sync.DescribedConfigs, error) {
	described := make([]sync.DescribedConfigs, len(questions))
	asked := map[int32][]int{} // by the broker that is asked: which of the questions
	for i := range questions {
		resource := questions[i].Resource
		described[i].Resource = resource
		broker, err := keeper(resource)
		if err != nil {
			described[i].Unknown = err.Error()
			continue
		}
		asked[broker] = append(asked[broker], i)
	}
	type part struct {
		broker    int32
		questions []int
	}
	var parts []part
	for broker, all := range asked {
		for chunk := range slices.Chunk(all, chunkOfConfigs) {
			parts = append(parts, part{broker, chunk})
		}
	}
	abreast(parts, func(p part) {
		these := make([]sync.ConfigQuestion, 0, len(p.questions))
		for _, i := range p.questions {
			these = append(these, questions[i])
		}
		answers, err := c.describe(ctx, p.broker, these)
		for n, i := range p.questions {
			if err != nil {
				described[i].Unknown = c.reasonAt(ctx, p.broker, err)
			} else if refused := refusalOf(answers[n].ErrorCode, answers[n].ErrorMessage); refused != nil {
				described[i].Unknown = c.reasonAt(ctx, p.broker, refused)
			} else {
				described[i].Entries = entries(answers[n].Configs)
			}
		}
	})
	return described, nil
}

// keeper is the broker that has to be asked for a configuration, and to change it: a broker for its own.
func keeper(resource sync.ConfigResource) (int32, error) {
	if resource.Type != sync.BrokerConfig || resource.Name == "" {
		return anyBroker, nil
	}
	id, err := strconv.ParseInt(resource.Name, 10, 32)
	if err != nil || id < 0 {
		return 0, unfit("%q is no broker id", resource.Name)
	}
	return int32(id), nil
}

// describe asks one broker for configurations; the answers are in the order of the questions. librdkafka can neither
// say which keys it wants, nor ask for the default of all brokers.
func (c *client) describe(
	ctx context.Context, broker int32, questions []sync.ConfigQuestion,
) ([]kmsg.DescribeConfigsResponseResource, error) {
	request := func() kmsg.Request {
		request := kmsg.NewPtrDescribeConfigsRequest()
		for i := range questions {
			resource := kmsg.NewDescribeConfigsRequestResource()
			resource.ResourceType, resource.ResourceName = kindOf(questions[i].Resource), questions[i].Resource.Name
			resource.ConfigNames = questions[i].Keys // nil asks for all
			request.Resources = append(request.Resources, resource)
		}
		return request
	}
	var response *kmsg.DescribeConfigsResponse
	var err error
	if broker == anyBroker {
		response, err = read[*kmsg.DescribeConfigsResponse](ctx, c, request)
	} else {
		response, err = call[*kmsg.DescribeConfigsResponse](ctx, c, broker, request())
	}
	if err != nil {
		return nil, err
	}
	type whose struct {
		kind kmsg.ConfigResourceType
		name string
	}
	answers := make(map[whose][]*kmsg.DescribeConfigsResponseResource, len(questions))
	for i := range response.Resources {
		answer := &response.Resources[i]
		name := whose{answer.ResourceType, answer.ResourceName}
		answers[name] = append(answers[name], answer)
	}
	ordered := make([]kmsg.DescribeConfigsResponseResource, 0, len(questions))
	for i := range questions {
		name := whose{kindOf(questions[i].Resource), questions[i].Resource.Name}
		if len(answers[name]) == 0 {
			return nil, fmt.Errorf("the answer lacks the configuration of %s", questions[i].Resource)
		}
		ordered, answers[name] = append(ordered, *answers[name][0]), answers[name][1:]
	}
	return ordered, nil
}

func kindOf(resource sync.ConfigResource) kmsg.ConfigResourceType {
	if resource.Type == sync.TopicConfig {
		return kmsg.ConfigResourceTypeTopic
	}
	return kmsg.ConfigResourceTypeBroker
}

// entries are sorted by name.
func entries(described []kmsg.DescribeConfigsResponseResourceConfig) []sync.ConfigEntry {
	read := make([]sync.ConfigEntry, 0, len(described))
	for i := range described {
		entry := sync.ConfigEntry{
			Name: described[i].Name, Source: source(described[i].Source), ReadOnly: described[i].ReadOnly,
			Sensitive: described[i].IsSensitive,
		}
		if described[i].Value != nil && !entry.Sensitive {
			entry.Value = *described[i].Value
		}
		read = append(read, entry)
	}
	slices.SortFunc(read, func(a, b sync.ConfigEntry) int { return cmp.Compare(a.Name, b.Name) })
	return read
}

func source(of kmsg.ConfigSource) sync.ConfigSource {
	switch of {
	case kmsg.ConfigSourceDynamicTopicConfig:
		return sync.SourceTopic
	case kmsg.ConfigSourceDynamicBrokerConfig:
		return sync.SourceBroker
	case kmsg.ConfigSourceDynamicDefaultBrokerConfig:
		return sync.SourceDefaultBroker
	case kmsg.ConfigSourceStaticBrokerConfig:
		return sync.SourceStatic
	case kmsg.ConfigSourceDefaultConfig:
		return sync.SourceDefault
	case kmsg.ConfigSourceDynamicBrokerLoggerConfig:
		return sync.SourceLogger
	case kmsg.ConfigSourceClientMetricsConfig:
		return sync.SourceClientMetrics
	case kmsg.ConfigSourceGroupConfig:
		return sync.SourceGroup
	default:
		return sync.SourceUnknown
	}
}
