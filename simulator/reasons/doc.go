// Package reasons knows what gives a reason to restart a broker: its user asks for something else than when its Pod was
// made, or something has happened to the Pod or to its disks since.
//
// It is told what the service was asked and what was made of the answers, and takes the service's word for nothing: not
// for what a Pod was drawn from, and not for why it goes. Where it can not know better, it finds a reason: a Pod is
// let go for one that was taken back meanwhile.
//
// What it is not: it does not know when a restart is safe.
//
// It may import: simulator/apiserver, simulator/identity.
package reasons
