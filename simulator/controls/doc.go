// Package controls has the Cruise Controls of a simulated world, one a cluster, and stands before them as the service's
// adapter does: it asks them the same requests, one after the other, and any of these can go wrong.
//
// What it is not: it knows no task (cruisecontrol does) and moves no replica (balancer does).
//
// It may import: apiserver, balancer, brokers, cruisecontrol, sync and the standard library's pure parts.
package controls
