package complaint

import (
	"fmt"
	"time"
)

// Key is what the incidents of the past are found by.
type Key struct {
	Fingerprint string // of the campaign, see Incident.Fingerprint; empty: unknown
	Kind        Kind
	About       string // the network, or the host, domain or account
	Contact     string
	Since       time.Time // an incident that was opened before is over
}

// Past is what was filed before: about the same campaign, to the same contact.
// The zero value is nothing.
type Past struct {
	Opened    *Opened   // the incident that the message is a copy of; nil: none
	FiledLast time.Time // when the contact last got a complaint about the same network, or the like
	FiledDay  int       // how many the contact got in the last day, about whatever
	DayBegan  time.Time // when the first of those was filed
}

// Opened is an incident that there is a complaint about.
type Opened struct {
	ID        string // the ledger's name for it: the digest of its first message
	Reference string // of the complaint, SR-7K3F-9Q2M
	Action    Action // what became of the complaint: Sent, Held or Dropped
	On        time.Time
	Copies    int // messages that count in it
}

// Why says what a further message of the incident is.
func (o Opened) Why(k Key) string {
	outcome := stringOr(states[o.Action], "seen") + " on " + stamp(o.On) + "."
	if (About{Kind: k.Kind}).once() {
		return fmt.Sprintf("%s was reported to %s before: %s, %s", oneLine(k.About, maxQuoted), k.Contact, o.Reference, outcome)
	}
	return fmt.Sprintf("A further copy of %s, the same campaign from %s, %s", o.Reference, k.About, outcome)
}

// states say what became of the complaint about an incident.
var states = map[Action]string{
	WouldSend: "whose complaint would be filed", Sent: "whose complaint was filed",
	Held: "whose complaint was held for approval", Dropped: "whose complaint was turned down; it was first seen",
}

// Wait says why a contact is not to be written to now, and until when; "" when
// it may be. What waits goes out in one letter when the time has come.
func (p Policy) Wait(k Key, before Past) (why string, until time.Time) {
	if next := before.FiledLast.Add(p.CoolDown); p.CoolDown > 0 && !before.FiledLast.IsZero() && p.now().Before(next) {
		return fmt.Sprintf("%s got a complaint about %s on %s, and the next may follow on %s.",
			k.Contact, k.About, stamp(before.FiledLast), stamp(next)), next
	}
	if n := before.FiledDay; p.PerContactPerDay > 0 && n >= p.PerContactPerDay {
		if !before.DayBegan.IsZero() {
			until = before.DayBegan.Add(24 * time.Hour)
		}
		return fmt.Sprintf("%s got %s in the last day already, and the limit is %d.",
			k.Contact, count(n, "complaint"), p.PerContactPerDay), until
	}
	return "", time.Time{}
}
