// Package seeds lets many worlds live: each is drawn from its seed, a KafkaCluster, a weather of faults and a script of
// what users and nodes do, and must keep every law at every tick and converge once the faults have stopped. A world
// that fails is made shorter, until leaving out anything more would let it pass, and written down as a trial that can
// be read back.
//
// What it is not: it knows no law and makes no fault. The worlds do, in package simulator.
//
// It may import: simulator and below. The hooks under trial are handed to it.
package seeds
