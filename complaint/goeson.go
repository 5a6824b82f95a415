package complaint

import (
	"fmt"
	"net/netip"
	"time"

	"spamreport/lookup"
)

// Earlier is a complaint that was filed and reached its desk.
type Earlier struct {
	Incident  string // its reference
	MessageID string
	Contact   string
	Filed     time.Time
	Copies    int  // messages that it speaks of by now
	Answered  bool // by a person or a program
}

// inARow is how many times EscalateAfter a complaint counts for: spam that comes
// from a network years later does not go on, it begins anew.
const inARow = 2

// Reminder reports whether a desk is to be reminded of a complaint: it did not
// answer for RemindAfter, and a further copy came since. The last word has
// Allows.
func (p Policy) Reminder(inc Incident, e Earlier) (Decision, bool) {
	if p.RemindAfter <= 0 || e.Answered || p.came(inc).Sub(e.Filed) < p.RemindAfter {
		return Decision{}, false
	}
	contact, _, _ := p.pick(lookup.Result{Contacts: []lookup.Contact{{Email: e.Contact}}})
	if contact == nil {
		return Decision{}, false
	}
	return Decision{
		Action: WouldSend, To: []lookup.Contact{*contact},
		Why: fmt.Sprintf("%s did not answer %s, filed on %s, and %s of the same campaign came since.",
			e.Contact, e.Incident, stamp(e.Filed), count(max(e.Copies, 1), "message")),
		Key: Key{Fingerprint: "reminder " + e.Incident, Kind: KindReminder, About: inc.thing(), Contact: e.Contact},
	}, true
}

// RemindingOf is what a reminder is about.
func (inc Incident) RemindingOf(e Earlier) Incident {
	inc.Earlier = []Earlier{e}
	inc.About = About{Kind: KindReminder, Name: e.Incident, Address: inc.sourceAddress(), Letter: "reminder"}
	return inc
}

// EscalationDue reports whether spam from a network goes on so long after the
// complaints to its own desk that somebody above it is to be told.
func (p Policy) EscalationDue(inc Incident, filed []Earlier) bool {
	return p.EscalateAfter > 0 && len(filed) > 0 && p.came(inc).Sub(filed[0].Filed) >= p.EscalateAfter
}

// EscalationSince is how old complaints may be that an escalation is about.
func (p Policy) EscalationSince() time.Time { return p.now().Add(-inARow * p.EscalateAfter) }

// Escalation writes to who stands above the network. inc is about the
// escalation already, see EscalatingOver.
func (p Policy) Escalation(inc Incident, above lookup.Result) (Decision, bool) {
	contact, _, _ := p.pick(above)
	if contact == nil {
		return Decision{}, false
	}
	first := inc.Earlier[0]
	return Decision{
		Action: WouldSend, To: []lookup.Contact{*contact},
		Why: fmt.Sprintf("Spam from %s goes on after %s to its own desk, the first on %s.",
			inc.thing(), count(len(inc.Earlier), "complaint"), stamp(first.Filed)),
		Key: Key{
			Fingerprint: "escalation " + inc.thing(), Kind: KindEscalation, About: inc.thing(), Contact: contact.Email,
			Since: p.now().Add(-p.EscalateAfter),
		},
	}, true
}

// EscalatingOver is what an escalation is about.
func (inc Incident) EscalatingOver(filed []Earlier) Incident {
	inc.Earlier = filed
	inc.About = About{Kind: KindEscalation, Name: inc.SourceNetwork().String(), Address: inc.sourceAddress(), Letter: "escalation"}
	return inc
}

func (inc Incident) sourceAddress() netip.Addr {
	if inc.Verdict.Source == nil {
		return netip.Addr{}
	}
	return inc.Verdict.Source.IP
}

// Allows reports whether a letter of our own accord may go out: there was none of
// the kind, and the desk had not enough. There is no waiting: the next message
// asks again.
func (p Policy) Allows(k Key, before Past) bool {
	why, _ := p.Wait(k, before)
	return before.Opened == nil && why == ""
}

// came is when the message came. What was found in the mailbox long after does
// not show that spam goes on; a clock that is ahead shows nothing either.
func (p Policy) came(inc Incident) time.Time {
	if now := p.now(); inc.Received.IsZero() || inc.Received.After(now) {
		return now
	}
	return inc.Received
}
