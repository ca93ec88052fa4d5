package cruisecontrol

import (
	"fmt"
	"maps"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/parent"
)

// Situation is what is known of a cluster and of its Cruise Control.
type Situation struct {
	Cluster *children.Cluster
	// Observed are the observed children, and Controller says of which kinds there may be some.
	Observed   *sync.Children
	Controller *sync.Controller
	// Secrets are those that are related to the cluster.
	Secrets []sync.Secret
	// Unready says in a clause which brokers are not ready; empty when all are.
	Unready string
	// Rolling says that brokers run another configuration than the CR asks for: what it says of their listeners is not
	// true of all of them yet.
	Rolling bool
	// Executes names the operation of the cluster that Cruise Control executes; empty when it executes none. A restart
	// would abort it.
	Executes string
	// Unremembered are brokers that are there and of which is not known what they are made of.
	Unremembered []int32
}

// Settled is what becomes of Cruise Control.
type Settled struct {
	// Children are all its children that are to be there.
	Children []sync.Child
	// Topic says in Koperator's words whether the topic of the metrics is there; empty when that is not known.
	Topic v1beta1.CruiseControlTopicStatus
	// Verdict is the condition CruiseControlReachable.
	Verdict parent.Verdict
	// Owes says, in a clause whose subject is Cruise Control, that it is to restart with another configuration, and what
	// that waits for; empty when it is not to.
	Owes string
}

// Settle decides. Cruise Control starts when every broker is ready and the topic of the metrics is there; from then on
// it stays, whatever becomes of either. A cluster with a Cruise Control elsewhere gets none.
func Settle(s *Situation) Settled {
	spec := &s.Cluster.Parent.Spec.CruiseControlConfig
	if spec.CruiseControlEndpoint != "" {
		return Settled{Verdict: parent.Unknown(sync.CruiseControlReachable, sync.NotAsked,
			fmt.Sprintf("Cruise Control is run by somebody else, at %s.", spec.CruiseControlEndpoint))}
	}
	for _, resource := range []string{"deployments", "kafkatopics"} {
		if !s.Controller.Lists(resource) {
			return Settled{Verdict: parent.IsNot(sync.CruiseControlReachable, sync.CruiseControlStarting, fmt.Sprintf(
				"There is no Cruise Control: the CompositeController does not list %s; apply the one of this release.", resource))}
		}
	}
	started := s.deployment() != nil || s.config() != nil
	topic := s.topic(started)
	settled := Settled{Children: topic.children, Topic: topic.told}
	waits, reason := "", sync.BrokersStarting
	switch {
	case started:
	case s.Unready != "":
		waits = s.Unready
	default:
		waits, reason = topic.waits, sync.TopicPending
	}
	if waits != "" {
		settled.Verdict = parent.IsNot(sync.CruiseControlReachable, reason, "Cruise Control is not started yet: "+waits+".")
		return settled
	}
	drawn, owes := s.draw(s.reads())
	settled.Children, settled.Owes = append(settled.Children, drawn...), owes
	settled.Verdict = s.reachable()
	if owes != "" {
		settled.Verdict.Message += " It " + owes + "."
	}
	return settled
}

// draw lists the children that a started Cruise Control consists of. One that is not to start again now, or could not,
// stays as it is; where that is for the end of what it executes, owes says so in a clause.
func (s *Situation) draw(data map[string]string) (drawn []sync.Child, owes string) {
	drawn = []sync.Child{
		children.CruiseControlService(s.Cluster), children.CruiseControlJMXExporterConfigMap(s.Cluster),
	}
	keystore, there := s.keystore()
	deployment := children.CruiseControlDeployment(s.Cluster, s.annotations(data, keystore))
	before, config := s.deployment(), s.config()
	if before != nil && config != nil {
		if s.Executes != "" && before.Available() && (!maps.Equal(config.Data, data) || redrawn(before, &deployment)) {
			owes = fmt.Sprintf("is to restart with another configuration once operation %s has ended", s.Executes)
		}
		if owes != "" || !there || s.Rolling && reachedOtherwise(config.Data, data) {
			return append(drawn, config.Frozen(), before.Frozen()), owes
		}
	}
	return append(drawn, children.CruiseControlConfigMap(s.Cluster, data), deployment), ""
}

// reachable says whether the started Cruise Control serves.
func (s *Situation) reachable() parent.Verdict {
	deployment := s.deployment()
	if deployment != nil && deployment.Available() {
		return parent.Is(sync.CruiseControlReachable, "Cruise Control is ready.")
	}
	why := "its Pod is not ready yet"
	if deployment == nil {
		why = "its Deployment is being made"
	} else if complaint := deployment.Complaint(); complaint != "" {
		why = complaint
	}
	return parent.IsNot(sync.CruiseControlReachable, sync.CruiseControlStarting,
		parent.Sentence("Cruise Control does not serve: "+why))
}

// deployment is the observed Deployment, nil when there is none.
func (s *Situation) deployment() *sync.Deployment {
	for i := range s.Observed.Deployments {
		if s.Observed.Deployments[i].Name == children.CruiseControlName(s.Cluster.Parent.Name) {
			return &s.Observed.Deployments[i]
		}
	}
	return nil
}

// config is the observed ConfigMap, nil when there is none. It is made together with the Deployment, so where it is,
// Cruise Control has started once.
func (s *Situation) config() *sync.ConfigMap {
	for i := range s.Observed.ConfigMaps {
		if s.Observed.ConfigMaps[i].Name == children.CruiseControlConfigMapName(s.Cluster.Parent.Name) {
			return &s.Observed.ConfigMaps[i]
		}
	}
	return nil
}

// Had says that the cluster has had a Cruise Control before, so that a broker which comes now is new to it. As with
// Koperator, except that it counts none that somebody else runs.
func Had(cluster *v1beta1.KafkaCluster) bool {
	elsewhere := cluster.Spec.CruiseControlConfig.CruiseControlEndpoint != "" && len(cluster.Status.BrokersState) > 0
	return elsewhere || cluster.Status.CruiseControlTopicStatus == v1beta1.CruiseControlTopicReady
}
