package user

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/connection"
	"github.com/kompositor/kompositor/sync/parent"
)

// Hook is the KafkaUser's half of the line.
type Hook struct{}

// Observed is a sync or finalize call for a KafkaUser, understood.
type Observed struct {
	request  *sync.Request
	object   *parent.Object
	identity sync.Parent
	user     v1alpha1.KafkaUser
	deleting bool
	mistakes field.ErrorList
	// recordLost says that the status can not be read, specUnsure that the spec has mistakes.
	recordLost, specUnsure bool

	cluster connection.Referred
}

const kind = "KafkaUser"

// Observe reads a request. Its error means that the parent is no KafkaUser.
func (Hook) Observe(request sync.Request) (sync.Observed, error) {
	object, err := parent.Read(request.Parent, v1alpha1.GroupVersion().WithKind(kind))
	if err != nil {
		return nil, err
	}
	if malformed := request.Children.Malformed(); malformed != "" {
		return nil, fmt.Errorf("the children: %s", malformed)
	}
	sync.Sort(request.Children.Secrets)
	o := &Observed{request: &request, object: object, identity: object.Identity(), deleting: object.Terminating()}
	o.user.TypeMeta, o.user.ObjectMeta = object.TypeMeta(), object.ObjectMeta()
	lost := object.ReadStatus(&o.user.Status)
	wrong := parent.Beside(object.ReadSpec(&o.user.Spec), validate(&o.user.Spec))
	o.mistakes, o.recordLost, o.specUnsure = slices.Concat(lost, wrong), len(lost) > 0, len(wrong) > 0
	if o.recordLost {
		o.user.Status = o.presumed()
	}
	cluster := connection.ReferenceOf(o.user.Spec.ClusterRef, o.user.Namespace)
	o.identity.Cluster = cluster.Key()
	o.cluster = connection.Find(&request.Related, cluster)
	return o, nil
}

// Parent says whose call this is.
func (o *Observed) Parent() sync.Parent { return o.identity }

// Request is what was observed, for those who check that nobody changed it.
func (o *Observed) Request() *sync.Request { return o.request }

// validate finds what the CRD lets pass and Kafka does not.
func validate(spec *v1alpha1.KafkaUserSpec) field.ErrorList {
	var mistakes field.ErrorList
	root := field.NewPath("spec")
	if spec.ClusterRef.Name == "" {
		mistakes = append(mistakes, field.Required(root.Child("clusterRef", "name"), "name the KafkaCluster"))
	}
	if spec.SecretName == "" {
		mistakes = append(mistakes, field.Required(root.Child("secretName"), "name the Secret of the user"))
	}
	switch spec.Authenticates() {
	case v1alpha1.AuthenticationTLS, v1alpha1.AuthenticationSCRAMSHA512:
	default:
		mistakes = append(mistakes, field.NotSupported(root.Child("authentication", "type"), spec.Authenticates(),
			[]v1alpha1.UserAuthenticationType{v1alpha1.AuthenticationTLS, v1alpha1.AuthenticationSCRAMSHA512}))
	}
	for i := range spec.TopicGrants {
		mistakes = append(mistakes, validateGrant(&spec.TopicGrants[i], root.Child("topicGrants").Index(i))...)
	}
	return append(mistakes, validateQuotas(spec.Quotas, root.Child("quotas"))...)
}

func validateGrant(grant *v1alpha1.UserTopicGrant, at *field.Path) field.ErrorList {
	var mistakes field.ErrorList
	if grant.TopicName == "" {
		mistakes = append(mistakes, field.Required(at.Child("topicName"), "name the topic, or its prefix"))
	}
	switch grant.AccessType {
	case v1alpha1.KafkaAccessTypeRead, v1alpha1.KafkaAccessTypeWrite:
	default:
		mistakes = append(mistakes, field.NotSupported(at.Child("accessType"), grant.AccessType,
			[]v1alpha1.KafkaAccessType{v1alpha1.KafkaAccessTypeRead, v1alpha1.KafkaAccessTypeWrite}))
	}
	switch grant.Pattern() {
	case v1alpha1.KafkaPatternTypeLiteral, v1alpha1.KafkaPatternTypePrefixed:
	case v1alpha1.KafkaPatternTypeAny, v1alpha1.KafkaPatternTypeMatch:
		mistakes = append(mistakes, field.Invalid(at.Child("patternType"), string(grant.PatternType),
			"Kafka only searches with this pattern type and refuses an ACL of it: use literal or prefixed"))
	default:
		mistakes = append(mistakes, field.NotSupported(at.Child("patternType"), grant.PatternType,
			[]v1alpha1.KafkaPatternType{v1alpha1.KafkaPatternTypeLiteral, v1alpha1.KafkaPatternTypePrefixed}))
	}
	return mistakes
}
