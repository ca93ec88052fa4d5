package mistakes_test

import (
	"slices"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/mistakes"
	"github.com/kompositor/kompositor/sync/parent"
)

// spec is one with a broker of a group; the group is put in, and more of the spec.
func spec(group, more string) jsontext.Value {
	return jsontext.Value(`{"kRaft": true, "listenersConfig": {"internalListeners": [
		{"name": "internal", "type": "plaintext", "containerPort": 29092, "usedForInnerBrokerCommunication": true},
		{"name": "controller", "type": "plaintext", "containerPort": 29093, "usedForControllerCommunication": true}
	]}, "brokers": [{"id": 0, "brokerConfigGroup": "g"}], "brokerConfigGroups": {"g": ` + group + `}` + more + `}`)
}

// What could not be read hides what only seems to be missing because of that, and nothing else.
func TestMistakesOfTypeHideNoOthers(t *testing.T) {
	const roles = `"processRoles": ["broker", "controller"]`
	const disks = `"storageConfigs": [{"mountPath": "/a", "emptyDir": {}}]`
	for _, c := range []struct {
		what, group, more string
		want              []string
	}{
		{"none", `{` + roles + `,` + disks + `}`, "", nil},
		{
			"roles of the group", `{"processRoles": "broker",` + disks + `}`, "",
			[]string{"spec.brokerConfigGroups[g].processRoles"},
		},
		{
			"a disk of the group", `{` + roles + `, "storageConfigs": [{"mountPath": "/a", "pvcSpec": []}]}`, "",
			[]string{"spec.brokerConfigGroups[g].storageConfigs[0].pvcSpec"},
		},
		{
			"a disk of the group, and no roles", `{"storageConfigs": [{"mountPath": "/a", "pvcSpec": []}]}`, "",
			[]string{
				"spec.brokerConfigGroups[g].storageConfigs[0].pvcSpec", "spec.brokers[0].brokerConfig.processRoles",
				"spec.brokers", "spec.brokers",
			},
		},
		{"the mode", `{` + roles + `,` + disks + `}`, `, "kRaft": "yes"`, []string{"spec.kRaft"}},
		{"the group", `"small"`, `, "kRaft": true`, []string{"spec.brokerConfigGroups[g]"}},
		{
			"a type and properties", `{` + roles + `,` + disks + `, "affinity": 1}`, `, "readOnlyConfig": "a=\\u1"`,
			[]string{"spec.brokerConfigGroups[g].affinity", "spec.readOnlyConfig"},
		},
	} {
		object := &parent.Object{ParentObject: &sync.ParentObject{Kind: "KafkaCluster", Spec: spec(c.group, c.more)}}
		var got []string
		for _, mistake := range mistakes.Read(object, &v1beta1.KafkaCluster{}) {
			got = append(got, mistake.Field)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: found %v, want %v", c.what, got, c.want)
		}
	}
}
