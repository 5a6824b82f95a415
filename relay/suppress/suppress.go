// Package suppress knows whom not to write to any more. Receivers judge a
// sender by how often it writes to people who are not there or do not want its
// mail, so an address that is gone is left alone at the first word of it.
//
// Three things put an address on the list:
//
//	hard       a server said that the address does not exist (bounce.Hard)
//	complaint  its owner called our mail spam, in a feedback report (RFC 5965)
//	manual     a person put it there
//
// A refusal of the class bounce.Block never does: the address is fine, and it
// is the sender who has something to mend. Neither does "relay access denied":
// that is what one's own smarthost says to a client that did not log in, and
// one wrong password would put everybody on the list.
//
// Addresses come back: a closed account is opened again, a domain is paid for.
// So what a server said expires, after a time that depends on what it said. What
// a person said does not. Anybody may lift an entry: spamreport relay suppress
// remove.
package suppress

import (
	"fmt"
	"strings"
	"time"

	"spamreport/relay/bounce"
)

// Reason is why an address is on the list.
type Reason string

// The reasons.
const (
	Hard      Reason = "hard"
	Complaint Reason = "complaint"
	Manual    Reason = "manual"
)

// Entry is an address that is not to be written to.
type Entry struct {
	Address string // as Key makes it
	Reason  Reason
	Source  string // what the server, the report or the person said
	Since   time.Time
	Expires time.Time // zero: never
}

// Key is the form in which addresses are listed. Strictly, only the owner of a
// domain knows whether capitals matter in its addresses (RFC 5321 §2.4); in
// practice they do not.
func Key(address string) string { return strings.ToLower(address) }

// In reports whether the entry holds at a time.
func (e Entry) In(now time.Time) bool {
	return e.Address != "" && (e.Expires.IsZero() || now.Before(e.Expires))
}

// String says why, and how to lift it, in one line for a reply of SMTP.
func (e Entry) String() string {
	why := map[Reason]string{
		Hard: "it bounced", Complaint: "its owner complained about our mail", Manual: "a person put it there",
	}[e.Reason]
	s := fmt.Sprintf("on the suppression list since %s: %s", e.Since.Format(time.DateOnly), why)
	if e.Source != "" {
		s += " (" + clip(e.Source, 200) + ")"
	}
	if !e.Expires.IsZero() {
		s += "; until " + e.Expires.Format(time.DateOnly)
	}
	return s + "; to lift it: spamreport relay suppress remove " + e.Address
}

func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

const day = 24 * time.Hour

// lifetimes say for which reasons an address is listed, and for how long.
var lifetimes = map[bounce.Reason]time.Duration{
	bounce.UserUnknown:   180 * day, // mailbox providers reuse a name after about that time
	bounce.Disabled:      180 * day,
	bounce.Moved:         365 * day, // RFC 5321 §3.4: the user said so
	bounce.DomainUnknown: 30 * day,  // often a zone that is broken for a week
	bounce.NoMail:        90 * day,  // RFC 7505: a record that somebody set on purpose
}

// Of is the entry for an address that a server refused, if the refusal speaks
// against the address.
func Of(address string, v bounce.Verdict, reply string, now time.Time) (Entry, bool) {
	lifetime, listed := lifetimes[v.Reason]
	if v.Class != bounce.Hard || !listed {
		return Entry{}, false
	}
	return Entry{Address: Key(address), Reason: Hard, Source: reply, Since: now, Expires: now.Add(lifetime)}, true
}
