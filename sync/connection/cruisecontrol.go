package connection

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// Keys of the administrator's Secret for a Cruise Control that asks for a login or has a CA of its own.
const (
	keyControlUsername = "cruisecontrol.username"
	keyControlPassword = "cruisecontrol.password"
	keyControlCA       = "cruisecontrol.ca.crt"
)

// controlPath is where Cruise Control's REST API begins. Source: Cruise Control, WebServerConfig.
const controlPath = "/kafkacruisecontrol"

// OpensCruiseControl says whether a Secret holds something that a connection to Cruise Control takes.
func OpensCruiseControl(secret *sync.Secret) bool {
	return len(secret.Data[keyControlUsername])+len(secret.Data[keyControlCA]) > 0
}

// ToCruiseControl says how the Cruise Control of a cluster is reached: at the endpoint that the CR names, host:port
// or a URL, else at the Service of the one that is deployed. The Secret is the administrator's, nil where there is
// none.
func ToCruiseControl(cluster *v1beta1.KafkaCluster, secret *sync.Secret) sync.CruiseControlConnection {
	connection := sync.CruiseControlConnection{Cluster: cluster.Namespace + "/" + cluster.Name}
	at := cluster.Spec.CruiseControlConfig.CruiseControlEndpoint
	if at == "" {
		at = fmt.Sprintf("%s.%s.svc.%s:%d", children.CruiseControlServiceName(cluster.Name), cluster.Namespace,
			cluster.Spec.ClusterDomain(), children.CruiseControlPort)
	}
	if !strings.Contains(at, "://") {
		at = "http://" + at
	}
	connection.URL = strings.TrimSuffix(strings.TrimSuffix(at, "/"), controlPath) + controlPath
	if secret != nil {
		connection.Username, connection.Password = secret.Data[keyControlUsername], secret.Data[keyControlPassword]
		connection.CA = secret.Data[keyControlCA]
	}
	return connection
}

// controlWaits says in a clause why the Cruise Control of a cluster can not be asked; empty when it can. Of one that
// somebody else runs nothing is known.
func controlWaits(cluster *v1beta1.KafkaCluster) string {
	found := meta.FindStatusCondition(cluster.Status.Conditions, string(sync.CruiseControlReachable))
	switch {
	case found == nil:
		return "its cluster does not say yet whether there is one"
	case found.Status == metav1.ConditionFalse:
		return strings.TrimSuffix(found.Message, ".")
	}
	return ""
}
