package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// createACLs adds ACLs; Kafka leaves those that exist alone.
func (c *client) createACLs(ctx context.Context, command *sync.CreateACLs) error {
	if len(command.ACLs) == 0 {
		return nil
	}
	request := kmsg.NewPtrCreateACLsRequest()
	for i := range command.ACLs {
		acl, err := codesOf(&command.ACLs[i])
		if err != nil {
			return err
		}
		creation := kmsg.NewCreateACLsRequestCreation()
		creation.ResourceType, creation.ResourceName = acl.resource, command.ACLs[i].ResourceName
		creation.ResourcePatternType = acl.pattern
		creation.Principal, creation.Host = command.ACLs[i].Principal, command.ACLs[i].Host
		creation.Operation, creation.PermissionType = acl.operation, acl.permission
		request.Creations = append(request.Creations, creation)
	}
	response, err := call[*kmsg.CreateACLsResponse](ctx, c, anyBroker, request)
	if err != nil {
		return err
	}
	for i := range response.Results {
		if refused := refusalOf(response.Results[i].ErrorCode, response.Results[i].ErrorMessage); refused != nil {
			return fmt.Errorf("%s: %w", command.ACLs[i], refused)
		}
	}
	return nil
}

// deleteACLs removes exactly these ACLs: each is named in full, because what a filter leaves out means any.
func (c *client) deleteACLs(ctx context.Context, command *sync.DeleteACLs) error {
	if len(command.ACLs) == 0 {
		return nil
	}
	request := kmsg.NewPtrDeleteACLsRequest()
	for i := range command.ACLs {
		acl, err := codesOf(&command.ACLs[i])
		if err != nil {
			return err
		}
		filter := kmsg.NewDeleteACLsRequestFilter()
		filter.ResourceType, filter.ResourceName = acl.resource, &command.ACLs[i].ResourceName
		filter.ResourcePatternType = acl.pattern
		filter.Principal, filter.Host = &command.ACLs[i].Principal, &command.ACLs[i].Host
		filter.Operation, filter.PermissionType = acl.operation, acl.permission
		request.Filters = append(request.Filters, filter)
	}
	response, err := call[*kmsg.DeleteACLsResponse](ctx, c, anyBroker, request)
	if err != nil {
		return err
	}
	for i := range response.Results {
		refused := refusalOf(response.Results[i].ErrorCode, response.Results[i].ErrorMessage)
		for _, match := range response.Results[i].MatchingACLs {
			refused = cmp.Or(refused, refusalOf(match.ErrorCode, match.ErrorMessage))
		}
		if refused != nil {
			return fmt.Errorf("%s: %w", command.ACLs[i], refused)
		}
	}
	return nil
}

// aclCodes are the words of an ACL as Kafka's protocol has them.
type aclCodes struct {
	resource   kmsg.ACLResourceType
	pattern    kmsg.ACLResourcePatternType
	operation  kmsg.ACLOperation
	permission kmsg.ACLPermissionType
}

// codesOf refuses an ACL that is not named in full: what matches any must not come from a field that was forgotten.
func codesOf(acl *sync.ACL) (aclCodes, error) {
	var codes aclCodes
	var errs [4]error
	codes.resource, errs[0] = kmsg.ParseACLResourceType(acl.ResourceType)
	codes.pattern, errs[1] = kmsg.ParseACLResourcePatternType(acl.PatternType)
	codes.operation, errs[2] = kmsg.ParseACLOperation(acl.Operation)
	codes.permission, errs[3] = kmsg.ParseACLPermissionType(acl.Permission)
	if err := errors.Join(errs[:]...); err != nil {
		return aclCodes{}, unfit("the ACL %s is none: %v", acl, firstOf(err))
	}
	exact := codes.pattern == kmsg.ACLResourcePatternTypeLiteral || codes.pattern == kmsg.ACLResourcePatternTypePrefixed
	if codes.resource == kmsg.ACLResourceTypeAny || codes.operation == kmsg.ACLOperationAny ||
		codes.permission == kmsg.ACLPermissionTypeAny || !exact ||
		acl.ResourceName == "" || acl.Principal == "" || acl.Host == "" {
		return aclCodes{}, unfit("the ACL %s does not name exactly one", acl)
	}
	return codes, nil
}

// setSCRAM sets a credential (KIP-554). librdkafka salts and hashes the password, so that Kafka never sees it.
func (c *client) setSCRAM(ctx context.Context, command *sync.SetSCRAM) error {
	mechanism, err := confluent.ScramMechanismFromString(command.Mechanism)
	if err != nil {
		return unfit("%q is no SCRAM mechanism: use SCRAM-SHA-256 or SCRAM-SHA-512", command.Mechanism)
	}
	if len(command.Password) == 0 {
		return unfit("an empty password is none")
	}
	return c.alterSCRAM(ctx, command.User, []confluent.UserScramCredentialUpsertion{{
		User: command.User, Password: []byte(command.Password),
		ScramCredentialInfo: confluent.ScramCredentialInfo{Mechanism: mechanism, Iterations: int(command.Iterations)},
	}}, nil)
}

// deleteSCRAM removes a credential; one that is gone is left alone.
func (c *client) deleteSCRAM(ctx context.Context, command *sync.DeleteSCRAM) error {
	mechanism, err := confluent.ScramMechanismFromString(command.Mechanism)
	if err != nil {
		return unfit("%q is no SCRAM mechanism: use SCRAM-SHA-256 or SCRAM-SHA-512", command.Mechanism)
	}
	return unless(kerr.ResourceNotFound, c.alterSCRAM(ctx, command.User, nil, []confluent.UserScramCredentialDeletion{{
		User: command.User, Mechanism: mechanism,
	}}))
}

func (c *client) alterSCRAM(
	ctx context.Context, user string,
	set []confluent.UserScramCredentialUpsertion, remove []confluent.UserScramCredentialDeletion,
) error {
	result, err := through(ctx, c, func(
		admin *confluent.AdminClient, timeout time.Duration,
	) (confluent.AlterUserScramCredentialsResult, error) {
		return admin.AlterUserScramCredentials(ctx, set, remove, confluent.SetAdminRequestTimeout(timeout))
	})
	if err != nil {
		return err
	}
	answer, ok := result.Errors[user]
	if !ok {
		return errors.New("the answer lacks the user")
	}
	return refusalBy(answer)
}

// alterQuotas changes quotas of exactly one user (KIP-546); one that is gone is left alone. librdkafka has no call for
// it.
func (c *client) alterQuotas(ctx context.Context, command *sync.AlterQuotas) error {
	request := kmsg.NewPtrAlterClientQuotasRequest()
	entity := kmsg.NewAlterClientQuotasRequestEntryEntity()
	entity.Type, entity.Name = entityUser, &command.User
	entry := kmsg.NewAlterClientQuotasRequestEntry()
	entry.Entity = append(entry.Entity, entity)
	for _, key := range slices.Sorted(maps.Keys(command.Set)) {
		op := kmsg.NewAlterClientQuotasRequestEntryOp()
		op.Key, op.Value = key, command.Set[key]
		entry.Ops = append(entry.Ops, op)
	}
	for _, key := range command.Delete {
		op := kmsg.NewAlterClientQuotasRequestEntryOp()
		op.Key, op.Remove = key, true
		entry.Ops = append(entry.Ops, op)
	}
	request.Entries = append(request.Entries, entry)
	response, err := call[*kmsg.AlterClientQuotasResponse](ctx, c, anyBroker, request)
	if err != nil {
		return err
	}
	if len(response.Entries) != 1 {
		return errors.New("the answer lacks the user")
	}
	return refusalOf(response.Entries[0].ErrorCode, response.Entries[0].ErrorMessage)
}
