// Package requests reads the requests of a simulated Metacontroller, each of them once.
//
// It may import: sync, simulator/metacontroller.
package requests
