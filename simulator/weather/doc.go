// Package weather says what goes wrong around the service in a simulated world: which kinds of faults, how often, and
// until when. It draws, from a seed, whether one strikes now, and counts them. Every kind draws from chance of its own,
// so leaving one out does not move the others: that is how a failing seed is made shorter.
//
// What it is not: it does no harm itself. The world asks it at the one place where a kind of fault can happen.
//
// It imports nothing of this project.
package weather
