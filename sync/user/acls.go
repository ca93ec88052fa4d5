package user

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
)

// The words of Kafka's protocol that grants use.
const (
	anyHost   = "*"
	anyGroup  = "*"
	allow     = "allow"
	topicACL  = "topic"
	groupACL  = "group"
	literally = "literal"
)

// granted are the ACLs that grants ask for, in a fixed order, each once. They are exactly Koperator's: who may read a
// topic may also read every consumer group, who may write to it may also create it.
func granted(principal string, grants []v1alpha1.UserTopicGrant) []sync.ACL {
	var acls []sync.ACL
	for i := range grants {
		grant := &grants[i]
		on := func(operations ...string) {
			for _, operation := range operations {
				acls = append(acls, sync.ACL{
					ResourceType: topicACL, ResourceName: grant.TopicName, PatternType: string(grant.Pattern()),
					Principal: principal, Host: anyHost, Operation: operation, Permission: allow,
				})
			}
		}
		on("describe", describeConfigs)
		switch grant.AccessType {
		case v1alpha1.KafkaAccessTypeRead:
			on("read")
			acls = append(acls, sync.ACL{
				ResourceType: groupACL, ResourceName: anyGroup, PatternType: literally,
				Principal: principal, Host: anyHost, Operation: "read", Permission: allow,
			})
		case v1alpha1.KafkaAccessTypeWrite:
			on("write", "create")
		}
	}
	return ordered(acls)
}

// describeConfigs is the one operation that Koperator grants and does not list in the status.
const describeConfigs = "describe_configs"

// ordered sorts ACLs and drops those that are listed twice.
func ordered(acls []sync.ACL) []sync.ACL {
	slices.SortFunc(acls, func(a, b sync.ACL) int { return cmp.Compare(a.String(), b.String()) })
	return slices.Compact(acls)
}

// without are the ACLs of all that are not among others.
func without(all, others []sync.ACL) []sync.ACL {
	var rest []sync.ACL
	for _, acl := range all {
		if !slices.Contains(others, acl) {
			rest = append(rest, acl)
		}
	}
	return rest
}

// record writes ACLs as Koperator has them in status.acls:
// User:CN=alice,Topic,LITERAL,orders,Read,Allow,*.
func record(acls []sync.ACL) []string {
	var lines []string
	for _, acl := range acls {
		lines = append(lines, strings.Join([]string{
			acl.Principal, camel(acl.ResourceType), strings.ToUpper(acl.PatternType), acl.ResourceName,
			camel(acl.Operation), camel(acl.Permission), acl.Host,
		}, ","))
	}
	slices.Sort(lines)
	return lines
}

// recorded reads what record wrote, or Koperator. A line that is neither is left out: what is not understood is not
// ours to remove. A principal may have commas in it, and so may nothing else.
func recorded(lines []string) []sync.ACL {
	const fields = 6 // behind the principal
	var acls []sync.ACL
	for _, line := range lines {
		parts := strings.Split(line, ",")
		if len(parts) <= fields || !strings.HasPrefix(line, "User:") {
			continue
		}
		principal, rest := strings.Join(parts[:len(parts)-fields], ","), parts[len(parts)-fields:]
		acl := sync.ACL{
			Principal: principal, ResourceType: strings.ToLower(rest[0]), PatternType: strings.ToLower(rest[1]),
			ResourceName: rest[2], Operation: snake(rest[3]), Permission: strings.ToLower(rest[4]), Host: rest[5],
		}
		acls = append(acls, acl)
		if acl.Operation == "describe" {
			acl.Operation = describeConfigs // Koperator grants both and lists one
			acls = append(acls, acl)
		}
	}
	return ordered(acls)
}

// camel writes describe_configs as DescribeConfigs.
func camel(word string) string {
	var text strings.Builder
	for part := range strings.SplitSeq(word, "_") {
		if part != "" {
			text.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return text.String()
}

// snake writes DescribeConfigs as describe_configs.
func snake(word string) string {
	var text strings.Builder
	for i, r := range word {
		if i > 0 && r >= 'A' && r <= 'Z' {
			text.WriteByte('_')
		}
		text.WriteRune(r)
	}
	return strings.ToLower(text.String())
}
