// Package kubelet runs Pods on this machine as processes, for tests that need what runs in a Pod to be real.
//
// A Pod gets its own network namespace with its own address, a container its own processes, mounts and host name.
// Command, environment, files, ports, probes, hooks and restarts are those that the Pod says, nothing in them is
// rewritten. An image is a folder, laid over this machine's /usr and /etc; a claim is a folder.
//
// It is not a container runtime: resource limits, capabilities, devices and security profiles are not applied, and a
// Pod that uses a field which would change what runs and is not known here is refused. It is not a client of the API
// server either: Run takes a Pod and what its volumes need, Status says how it does.
//
// It imports the standard library and k8s.io/api, and calls iproute2 and util-linux. It needs Linux and to be root.
package kubelet
