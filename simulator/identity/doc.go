// Package identity says of which cluster and broker a Pod, claim or ConfigMap is, by what nobody can edit: its
// controller and its name. Only an object that has none of ours goes by its labels. The world's laws and its Kafka go
// by it, so that a label which somebody has changed deceives neither.
//
// What it is not: the service's own answer to that question. That is sync/belongs, which the laws are there to judge.
//
// It may import: simulator/apiserver.
package identity
