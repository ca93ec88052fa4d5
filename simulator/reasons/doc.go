// Package reasons knows what gives a reason to restart a broker: its user asks for something else than when its Pod was
// made, or something has happened to the Pod or to its disks since.
//
// It is told what the service was asked and what was made of the answers, and takes the service's word for nothing but
// when a Pod's end was announced: not for what the Pod was drawn from, and not for why it goes. Where it can not know
// better, it finds a reason: a Pod may go for something that was asked and taken back since.
//
// What it is not: it does not know when a restart is safe.
//
// It may import: simulator/apiserver, simulator/identity.
package reasons
