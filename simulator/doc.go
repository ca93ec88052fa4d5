// Package simulator is a world in memory in which Kompositor can be tried: an API server, Metacontroller, nodes and
// Kafka live in one goroutine, on ticks of one second, and whatever is left to chance comes from one seed. A run is a
// function of its seed and its script.
//
//	apiserver       objects, defaults, refusals, garbage collection
//	apply           Metacontroller's three-way merge
//	managed         Kubernetes' server-side apply
//	admission, cel  what our CRDs refuse, and the language of their rules
//	metacontroller  Metacontroller's queue, caches and passes; calls the hook
//	kubelet         scheduler, kubelets, volumes, node lifecycle
//	brokers         Kafka processes, quorum, partitions; answers questions
//	balancer        the replicas that Cruise Control moves
//	cruisecontrol   Cruise Control's tasks and its executor
//	controls        every cluster's Cruise Control, as the service's adapter meets it
//	release         another release of the service
//	reasons         what gives a reason to restart a broker
//
// The service under trial is a metacontroller.Hook: the real HTTP server, or its line called directly (Line). The
// laws of the design are checked at every call and every tick by what the world itself knows, not by what the service
// says.
//
// What it is not: it is no test double of single parts, and no benchmark. What a tick costs in reality is not
// modelled.
//
// It may import: sync and below, api, sigs.k8s.io/yaml. Not server, kafka, cruisecontrol or pki.
package simulator
