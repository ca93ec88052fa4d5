package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// user asks for what Kafka keeps of one user.
func (c *client) user(ctx context.Context, asked sync.UserQuestion) (sync.User, error) {
	var user sync.User
	var err error
	if asked.Principal != "" {
		user.ACLs, err = c.acls(ctx, asked.Principal)
		if errors.Is(err, kerr.SecurityDisabled) {
			user.NoAuthorizer, err = true, nil
		}
		if err != nil {
			return sync.User{}, fmt.Errorf("describe the ACLs of %s: %w", asked.Principal, err)
		}
	}
	if asked.SCRAM != "" {
		if user.SCRAM, err = c.scram(ctx, asked.SCRAM); err != nil {
			return sync.User{}, fmt.Errorf("describe the SCRAM credentials of %s: %w", asked.SCRAM, err)
		}
	}
	if asked.Quota != "" {
		if user.Quotas, err = c.quotas(ctx, asked.Quota); err != nil {
			return sync.User{}, fmt.Errorf("describe the quotas of %s: %w", asked.Quota, err)
		}
	}
	return user, nil
}

// acls asks for the ACLs of exactly this principal. librdkafka has the call, but does not know all resources and
// operations: what it does not know, it could neither show nor delete.
func (c *client) acls(ctx context.Context, principal string) ([]sync.ACL, error) {
	request := kmsg.NewPtrDescribeACLsRequest()
	request.ResourceType, request.ResourcePatternType = kmsg.ACLResourceTypeAny, kmsg.ACLResourcePatternTypeAny
	request.Operation, request.PermissionType = kmsg.ACLOperationAny, kmsg.ACLPermissionTypeAny
	request.Principal = &principal
	response, err := call[*kmsg.DescribeACLsResponse](ctx, c, anyBroker, request)
	if err == nil {
		err = refusalOf(response.ErrorCode, response.ErrorMessage)
	}
	if err != nil {
		return nil, err
	}
	var acls []sync.ACL
	for i := range response.Resources {
		resource := &response.Resources[i]
		for _, acl := range resource.ACLs {
			acls = append(acls, sync.ACL{
				ResourceType: strings.ToLower(resource.ResourceType.String()), ResourceName: resource.ResourceName,
				PatternType: strings.ToLower(resource.ResourcePatternType.String()),
				Principal:   acl.Principal, Host: acl.Host,
				Operation:  strings.ToLower(acl.Operation.String()),
				Permission: strings.ToLower(acl.PermissionType.String()),
			})
		}
	}
	slices.SortFunc(acls, func(a, b sync.ACL) int { return cmp.Compare(a.String(), b.String()) })
	return acls, nil
}

// scram asks for the mechanisms that a user has a credential for.
func (c *client) scram(ctx context.Context, user string) ([]sync.SCRAMCredential, error) {
	described, err := through(ctx, c, func(
		admin *confluent.AdminClient, timeout time.Duration,
	) (confluent.DescribeUserScramCredentialsResult, error) {
		return admin.DescribeUserScramCredentials(ctx, []string{user},
			confluent.SetAdminRequestTimeout(timeout))
	})
	if err != nil {
		return nil, err
	}
	answer, ok := described.Descriptions[user]
	if !ok {
		return nil, errors.New("the answer lacks the user")
	}
	switch refused := refusalBy(answer.Error); {
	case errors.Is(refused, kerr.ResourceNotFound):
		return nil, nil
	case refused != nil:
		return nil, refused
	}
	var credentials []sync.SCRAMCredential
	for _, info := range answer.ScramCredentialInfos {
		credentials = append(credentials, sync.SCRAMCredential{
			Mechanism: info.Mechanism.String(), Iterations: int32(info.Iterations),
		})
	}
	slices.SortFunc(credentials, func(a, b sync.SCRAMCredential) int { return cmp.Compare(a.Mechanism, b.Mechanism) })
	return credentials, nil
}

// entityUser is what quotas of a user alone are set on (KIP-546).
const entityUser = "user"

// quotas asks for the quotas that are set on exactly this user, not those of a user with a client id. librdkafka has no
// call for it.
func (c *client) quotas(ctx context.Context, user string) (map[string]float64, error) {
	request := kmsg.NewPtrDescribeClientQuotasRequest()
	component := kmsg.NewDescribeClientQuotasRequestComponent()
	component.EntityType, component.MatchType, component.Match = entityUser, kmsg.QuotasMatchTypeExact, &user
	request.Components, request.Strict = append(request.Components, component), true
	response, err := call[*kmsg.DescribeClientQuotasResponse](ctx, c, anyBroker, request)
	if err == nil {
		err = refusalOf(response.ErrorCode, response.ErrorMessage)
	}
	if err != nil {
		return nil, err
	}
	var quotas map[string]float64
	for i := range response.Entries {
		for _, value := range response.Entries[i].Values {
			if quotas == nil {
				quotas = map[string]float64{}
			}
			quotas[value.Key] = value.Value
		}
	}
	return quotas, nil
}
