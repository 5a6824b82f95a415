package followup

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"spamreport/relay"
	"spamreport/relay/bounce"
)

// State is how far a complaint came.
type State string

// The states, in the order in which a complaint passes through them.
const (
	Filed        State = "filed"        // on its way
	Delivered    State = "delivered"    // a mail server took it
	Bounced      State = "bounced"      // it did not reach its contact
	Acknowledged State = "acknowledged" // a program of the desk answered
	Answered     State = "answered"     // a person did
	Resolved     State = "resolved"     // the user says so
	Ignored      State = "ignored"      // the user expects nothing any more
)

// Course is what the ledger knows of a complaint.
type Course struct {
	Contact  string
	Filed    time.Time   // zero: it was not, and has no life
	Delivery relay.State // as the relay knows it
	Outcome  State       // Resolved or Ignored, as the user said; empty: nothing yet
	Closed   time.Time   // when that was
	LastSpam time.Time   // of its network; zero when unknown
}

// Life is what became of a complaint after it was filed.
type Life struct {
	State    State
	Ticket   string    // the desk's number
	URL      string    // its web form, or the help page of who blocked the complaint
	Bounce   string    // class and reason of the last bounce
	Replies  int       // bounces included
	Answered time.Time // when the first answer came; zero: none
	People   int       // answers that people wrote

	// LastSpam is when the network's last spam came; Quiet says that it came
	// before the complaint was filed, and that it is quiet since Filed.
	LastSpam time.Time
	Quiet    bool
	Filed    time.Time
}

// Life tells the course of a complaint with the replies to it, oldest first.
func (c Course) Life(replies []Reply) Life {
	if c.Filed.IsZero() {
		return Life{}
	}
	l := Life{
		State: Filed, Replies: len(replies), Filed: c.Filed,
		LastSpam: c.LastSpam, Quiet: !c.LastSpam.IsZero() && !c.LastSpam.After(c.Filed),
	}
	switch c.Delivery {
	case relay.Delivered:
		l.State = Delivered
	case relay.Failed:
		l.State = Bounced
	}
	closed := c.Outcome
	for _, r := range replies {
		l.Ticket, l.URL = cmp.Or(r.Ticket, l.Ticket), cmp.Or(r.URL, l.URL)
		if r.Kind == bounce.Bounced {
			l.bounce(r, c.Contact)
			continue
		}
		l.answer(r)
		if r.Kind == bounce.Answer && r.Recorded.After(c.Closed) {
			closed = "" // there is something to read again
		}
	}
	l.State = cmp.Or(closed, l.State)
	return l
}

// answer takes note of what a desk says. A person's word counts more than a
// program's.
func (l *Life) answer(r Reply) {
	if l.Answered.IsZero() || r.Received.Before(l.Answered) {
		l.Answered = r.Received
	}
	switch {
	case r.Kind == bounce.Answer:
		l.State = Answered
		l.People++
	case l.State != Answered:
		l.State = Acknowledged
	}
}

// bounce takes note of one. A server that tries again is no bounce yet; a
// contact that was given up is no matter any more; and where somebody answered,
// the complaint did arrive.
func (l *Life) bounce(r Reply, contact string) {
	if r.Gone != "" && !strings.EqualFold(r.Gone, contact) {
		return
	}
	l.Bounce = fmt.Sprintf("%s (%s)", r.Class, r.Reason)
	if r.final() && l.State != Answered && l.State != Acknowledged {
		l.State = Bounced
	}
}

// final says that nobody tries any more.
func (r Reply) final() bool {
	return r.Class != bounce.Soft || strings.HasPrefix(r.Status, "5.") || r.Reason == bounce.Expired
}

// Sentence says in a few words what became of a complaint.
func (l Life) Sentence(now time.Time) string {
	if l.State == "" {
		return ""
	}
	words := string(l.State)
	switch {
	case l.State == Bounced && l.Bounce != "":
		words += ": " + l.Bounce
	case l.Ticket != "":
		words += ", ticket " + l.Ticket
	}
	if l.URL != "" {
		words += ", see " + l.URL
	}
	// What came long before the complaint says nothing about what it did.
	switch days := int(now.Sub(l.Filed).Hours() / 24); {
	case l.LastSpam.IsZero():
	case !l.Quiet:
		words += ", spam goes on"
	case days == 1:
		words += ", quiet for 1 day"
	case days > 1:
		words += fmt.Sprintf(", quiet for %d days", days)
	}
	return words
}
