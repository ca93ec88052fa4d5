package user

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
)

func TestGrantedACLs(t *testing.T) {
	acls := granted("User:CN=alice", []v1alpha1.UserTopicGrant{
		{TopicName: "orders", AccessType: "read"},
		{TopicName: "orders", AccessType: "write"},
		{TopicName: "logs-", AccessType: "write", PatternType: "prefixed"},
	})
	want := []string{
		"User:CN=alice,Group,LITERAL,*,Read,Allow,*",
		"User:CN=alice,Topic,LITERAL,orders,Create,Allow,*",
		"User:CN=alice,Topic,LITERAL,orders,Describe,Allow,*",
		"User:CN=alice,Topic,LITERAL,orders,DescribeConfigs,Allow,*",
		"User:CN=alice,Topic,LITERAL,orders,Read,Allow,*",
		"User:CN=alice,Topic,LITERAL,orders,Write,Allow,*",
		"User:CN=alice,Topic,PREFIXED,logs-,Create,Allow,*",
		"User:CN=alice,Topic,PREFIXED,logs-,Describe,Allow,*",
		"User:CN=alice,Topic,PREFIXED,logs-,DescribeConfigs,Allow,*",
		"User:CN=alice,Topic,PREFIXED,logs-,Write,Allow,*",
	}
	if diff := cmp.Diff(want, record(acls)); diff != "" {
		t.Errorf("granted differently (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(acls, recorded(record(acls))); diff != "" {
		t.Errorf("read back differently (-want +got):\n%s", diff)
	}
}

func TestRecordOfKoperator(t *testing.T) {
	got := recorded([]string{
		"User:CN=alice,O=shop,Topic,LITERAL,orders,Describe,Allow,*",
		"written by hand",
		"User:short",
	})
	on := func(operation string) sync.ACL {
		return sync.ACL{
			Principal: "User:CN=alice,O=shop", ResourceType: "topic", PatternType: "literal", ResourceName: "orders",
			Operation: operation, Permission: "allow", Host: "*",
		}
	}
	if diff := cmp.Diff([]sync.ACL{on("describe"), on("describe_configs")}, got); diff != "" {
		t.Errorf("read differently (-want +got):\n%s", diff)
	}
}
