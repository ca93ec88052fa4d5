package connection

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/properties"
)

// Former is where a broker listens that runs with another configuration than the spec asks for now.
type Former struct {
	// Ports are those of its listeners, by their names as Kafka has them.
	Ports map[string]int32
	// protocols are the security protocols of its listeners.
	protocols map[string]string
	// interBroker is the listener that brokers use among each other.
	interBroker string
}

// FormerOf reads the configuration that a broker runs with.
func FormerOf(text string) Former {
	config, _ := properties.Parse(text)
	former := Former{
		Ports: make(map[string]int32), protocols: make(map[string]string),
		interBroker: config.Value("inter.broker.listener.name"),
	}
	for item := range strings.SplitSeq(config.Value("listener.security.protocol.map"), ",") {
		name, protocol, _ := strings.Cut(strings.TrimSpace(item), ":")
		former.protocols[name] = protocol
	}
	for item := range strings.SplitSeq(config.Value("listeners"), ",") {
		name, address, _ := strings.Cut(strings.TrimSpace(item), "://")
		port := address[strings.LastIndexByte(address, ':')+1:] // the host may be an IPv6 address
		if number, err := strconv.ParseUint(port, 10, 16); err == nil {
			former.Ports[name] = int32(number)
		}
	}
	return former
}

// Beside is a connection that also reaches brokers that still listen elsewhere: at the listener of the same name, else
// at the one that they use among each other, where the security protocol is the same. Without it the change of a port
// would never be rolled out: nobody listens at the new one before the first restart.
func Beside(connection sync.KafkaConnection, cluster *v1beta1.KafkaCluster, formers []Former) sync.KafkaConnection {
	listener := cluster.Spec.ListenersConfig.Admin()
	if listener == nil {
		return connection
	}
	connection.Bootstrap = slices.Clone(connection.Bootstrap)
	for _, former := range formers {
		name := strings.ToUpper(listener.Name)
		if former.Ports[name] == 0 {
			name = former.interBroker
		}
		port := former.Ports[name]
		address := fmt.Sprintf("%s:%d", children.BootstrapHost(cluster), port)
		if port > 0 && former.protocols[name] == connection.Protocol && !slices.Contains(connection.Bootstrap, address) {
			connection.Bootstrap = append(connection.Bootstrap, address)
		}
	}
	return connection
}
