// Package reputation says how a sender stands with those who receive its mail,
// as one percentage, the way hosted services show it.
//
// Receivers count two things above all: mail to addresses that do not exist,
// since only lists that were bought or never cleaned have many of them, and
// people who press "this is spam". The score of the last 30 days is
//
//	100 − 10 × bounces in percent − 200 × complaints in percent, at least 0
//
// so that each of the limits of the big services is at the same place on the
// scale: they look closer at 5 % of hard bounces (50) or 0.1 % of complaints
// (80), and stop a sender at 10 % (0) or 0.5 % (0). Refusals because of the
// sender (bounce.Block) are shown beside it and not part of it: they are what
// a bad reputation leads to.
//
// Percentages are of at least Few recipients, since one bounce among the first
// three messages says nothing.
package reputation

import (
	"math"
	"time"
)

// Span is how far back is looked.
const Span = 30 * 24 * time.Hour

// Few is how many recipients percentages are of at least.
const Few = 100

// Numbers are what a score is made of, in recipients.
type Numbers struct {
	Delivered  int // the next server took it
	Hard       int // refused, or came back: the address does not exist
	Soft       int // given up: full, out of reach
	Block      int // refused because of the sender or the message
	Complaints int // feedback reports
}

// Score is the standing of a sender.
type Score struct {
	Percent    float64 // 0 to 100, one decimal
	Bounces    float64 // percent of the recipients
	Complaints float64 // percent of what was delivered, two decimals
	Standing   Standing
}

// Standing is what a score means.
type Standing string

// The standings, with the thresholds at which the next one begins.
const (
	Good   Standing = "good"
	Watch  Standing = "watch"  // 5 % bounces or 0.1 % complaints
	Danger Standing = "danger" // 10 % bounces or 0.5 % complaints
)

// Of computes the score.
func Of(n Numbers) Score {
	recipients := n.Delivered + n.Hard + n.Soft + n.Block
	bounces := share(n.Hard, recipients)
	complaints := share(n.Complaints, n.Delivered)
	s := Score{
		Percent: round(max(0, 100-10*bounces-200*complaints), 1),
		Bounces: round(bounces, 1), Complaints: round(complaints, 2), Standing: Good,
	}
	switch {
	case bounces >= 10 || complaints >= 0.5:
		s.Standing = Danger
	case bounces >= 5 || complaints >= 0.1:
		s.Standing = Watch
	}
	return s
}

// share is the percentage of some among all.
func share(some, all int) float64 { return 100 * float64(some) / float64(max(all, Few)) }

func round(f float64, decimals int) float64 {
	shift := math.Pow10(decimals)
	return math.Round(f*shift) / shift
}
