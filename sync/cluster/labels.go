package cluster

import "fmt"

// doubted says in sentences which object may be one broker's or another one's, and which brokers are held because of
// that; empty when none is.
func (o *Observed) doubted() string {
	var doubted []*broker
	for _, b := range o.brokers {
		if b.doubt != "" {
			doubted = append(doubted, b)
		}
	}
	if len(doubted) == 0 {
		return ""
	}
	return fmt.Sprintf("%s Until then neither Pod nor volume of %s is made or let go.", sentence(doubted[0].doubt),
		idsOf(doubted))
}

// unlabelled says in sentences which Pod lacks a label by which Services look for it; empty when none does.
func (o *Observed) unlabelled() string {
	for _, b := range o.brokers {
		if b.unlabelled != "" {
			return sentence(b.unlabelled) + " Until then its Services do not find it."
		}
	}
	return ""
}
