package v1beta1

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const maxPort = 65535

// A placedListener is what internal and external listeners share, with its place in the spec.
type placedListener struct {
	*CommonListenerSpec
	path *field.Path
}

func (v *validator) listeners(at *field.Path) []placedListener {
	config := &v.spec.ListenersConfig
	all := make([]placedListener, 0, len(config.InternalListeners)+len(config.ExternalListeners))
	for i := range config.InternalListeners {
		l := &config.InternalListeners[i]
		all = append(all, placedListener{&l.CommonListenerSpec, at.Child("internalListeners").Index(i)})
	}
	for i := range config.ExternalListeners {
		l := &config.ExternalListeners[i]
		all = append(all, placedListener{&l.CommonListenerSpec, at.Child("externalListeners").Index(i)})
	}
	return all
}

func (v *validator) checkListeners(at *field.Path) {
	var innerBroker []string
	names := map[string]*field.Path{}
	for _, l := range v.listeners(at) {
		v.checkName(l.path.Child("name"), l.CommonListenerSpec)
		if first, ok := names[l.Name]; ok {
			v.invalid(l.path.Child("name"), l.Name, "is the name of %s too: give each listener its own", first)
		} else {
			names[l.Name] = l.path
		}
		if l.UsedForInnerBrokerCommunication {
			innerBroker = append(innerBroker, l.Name)
		}
	}
	if len(innerBroker) != 1 {
		v.invalid(at, strings.Join(innerBroker, ", "),
			"exactly one listener must have usedForInnerBrokerCommunication: true, not %d", len(innerBroker))
	}
	v.checkInternalListeners(at)
}

// checkName lets _ pass where the listener's name becomes no volume's: ports have - in its place, as with Koperator.
func (v *validator) checkName(at *field.Path, l *CommonListenerSpec) {
	letters := "abcdefghijklmnopqrstuvwxyz0123456789-"
	if !l.Type.TLS() {
		letters += "_"
	}
	if strings.Trim(l.Name, letters) != "" || l.Name == "" {
		v.invalid(at, l.Name, "must consist of lower case letters, digits and -")
	}
}

func (v *validator) checkInternalListeners(at *field.Path) {
	config, at := &v.spec.ListenersConfig, at.Child("internalListeners")
	var controller []string
	for i := range config.InternalListeners {
		l := &config.InternalListeners[i]
		if l.UsedForControllerCommunication {
			controller = append(controller, l.Name)
		}
		v.checkHostname(at.Index(i), l)
	}
	switch {
	case v.spec.KRaft && len(controller) != 1:
		v.invalid(at, strings.Join(controller, ", "),
			"with kRaft exactly one internal listener must have usedForControllerCommunication: true, not %d",
			len(controller))
	case len(controller) > 1:
		v.invalid(at, strings.Join(controller, ", "),
			"only one internal listener may have usedForControllerCommunication: true")
	}
}

func (v *validator) checkHostname(at *field.Path, l *InternalListenerConfig) {
	if l.ExternalListenerForHostname == "" {
		return
	}
	external := v.spec.ListenersConfig.ExternalListeners
	named := func(e ExternalListenerConfig) bool { return e.Name == l.ExternalListenerForHostname }
	if !slices.ContainsFunc(external, named) {
		v.invalid(at.Child("externalListenerForHostname"), l.ExternalListenerForHostname,
			"must name an entry of externalListeners")
	}
	if l.InternalStartingPort <= 0 {
		return // the listener keeps its own address, as with Koperator
	}
	if ids := v.idsWhere(func(id int32) bool { return !validPort(l.InternalStartingPort + id) }); ids != "" {
		v.invalid(at.Child("internalStartingPort"), l.InternalStartingPort,
			"plus the broker id must be between 1 and %d: it is not for brokers %s", maxPort, ids)
	}
}

func validPort(port int32) bool { return port >= 1 && port <= maxPort }

func (v *validator) checkPorts(at *field.Path) {
	ports := map[int32]*field.Path{}
	for _, l := range v.listeners(at) {
		at := l.path.Child("containerPort")
		switch first, taken := ports[l.ContainerPort]; {
		case !validPort(l.ContainerPort):
			v.invalid(at, l.ContainerPort, "must be between 1 and %d", maxPort)
		case l.ContainerPort == MetricsPort:
			v.invalid(at, l.ContainerPort, "is the port of the metrics exporter: choose another")
		case taken:
			v.invalid(at, l.ContainerPort, "is the port of %s too: give each listener its own", first)
		default:
			ports[l.ContainerPort] = l.path
		}
	}
}

func (v *validator) checkAdditionalPorts(at *field.Path) {
	taken := map[string]string{portKey(corev1.ProtocolTCP, MetricsPort): "the metrics exporter"}
	for _, l := range v.listeners(field.NewPath("spec", "listenersConfig")) {
		taken[portKey(corev1.ProtocolTCP, l.ContainerPort)] = l.path.String()
	}
	for i, port := range v.spec.AdditionalPorts {
		at, key := at.Index(i).Child("containerPort"), portKey(port.Protocol, port.ContainerPort)
		if !validPort(port.ContainerPort) {
			v.invalid(at, port.ContainerPort, "must be between 1 and %d", maxPort)
		} else if first, ok := taken[key]; ok {
			v.invalid(at, port.ContainerPort, "is the port of %s too: choose another", first)
		}
		taken[key] = at.String()
	}
}

func portKey(protocol corev1.Protocol, port int32) string {
	if protocol == "" {
		protocol = corev1.ProtocolTCP
	}
	return fmt.Sprintf("%s/%d", protocol, port)
}

// idsWhere lists the brokers for which the test holds, not more than a reader can take in.
func (v *validator) idsWhere(holds func(id int32) bool) string {
	const most = 10
	var ids []string
	for i := range v.spec.Brokers {
		if id := v.spec.Brokers[i].ID; holds(id) {
			if len(ids) == most {
				ids = append(ids, "...")
				break
			}
			ids = append(ids, fmt.Sprint(id))
		}
	}
	return strings.Join(ids, ", ")
}
