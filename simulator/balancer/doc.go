// Package balancer is what the simulated Cruise Control does with the replicas of a cluster. Its proposals are simple:
// brokers and disks that are removed are emptied, and in all else brokers, or the disks of each, come to hold as many
// replicas as each other. It moves one replica at a time.
//
// What it is not: it knows no load and no goal, and no task (cruisecontrol does).
//
// It may import: brokers, cruisecontrol and the standard library's pure parts.
package balancer
