package complaint

import (
	"fmt"
	"net/netip"
	"time"

	"spamreport/lookup"
)

// Policy says what may be filed. Its zero value allows everything that has a
// source and a contact.
type Policy struct {
	// Never says whether an address must not be mailed, and why. It is asked
	// again here although lookup asked it before: this is the last gate, and
	// contacts also come from caches and configuration.
	Never func(email string) (why string, never bool)

	// PerContactPerDay bounds the complaints to one address; 0 is no bound.
	PerContactPerDay int

	// MaxAge is how old spam may be; desks ignore what their logs no longer
	// reach. 0 is no bound.
	MaxAge time.Duration

	// Own are the recipient's own networks and forwarders.
	Own []netip.Prefix

	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Decision is what becomes of an incident, and why, in one plain sentence.
type Decision struct {
	Action Action // WouldSend, Skipped or Deferred
	Why    string
	To     []lookup.Contact // who gets the complaint; only with WouldSend
}

// Decide judges one incident. It changes nothing and asks nobody except
// filedToday, which counts the complaints that went to an address in the last
// day (nil: none did).
func (p Policy) Decide(inc Incident, filedToday func(contact string) int) Decision {
	if d, final := p.judgeSource(inc); final {
		return d
	}
	contact, why := p.pick(inc.Lookup)
	if contact == nil {
		return Decision{Action: Skipped, Why: why}
	}
	if p.PerContactPerDay > 0 && filedToday != nil {
		if n := filedToday(contact.Email); n >= p.PerContactPerDay {
			return Decision{Action: Deferred, Why: fmt.Sprintf(
				"%s got %s in the last day already, and the limit is %d.",
				contact.Email, count(n, "complaint"), p.PerContactPerDay)}
		}
	}
	return Decision{
		Action: WouldSend,
		Why:    fmt.Sprintf("%s takes complaints about %s.", contact.Email, inc.Verdict.Source.IP),
		To:     []lookup.Contact{*contact},
	}
}

// judgeSource turns away what is not worth a complaint, whoever would get it.
func (p Policy) judgeSource(inc Incident) (Decision, bool) {
	src := inc.Verdict.Source
	if src == nil {
		why := inc.Verdict.Reason
		if why == "" {
			why = "No server that can be believed wrote down where the message came from."
		}
		return Decision{Action: Skipped, Why: why}, true
	}
	for _, own := range p.Own {
		if own.Contains(src.IP.Unmap()) {
			return Decision{Action: Skipped, Why: fmt.Sprintf("%s lies in your own network %s.", src.IP, own)}, true
		}
	}
	if p.MaxAge > 0 && !inc.Received.IsZero() {
		if age := p.now().Sub(inc.Received); age > p.MaxAge {
			return Decision{Action: Skipped, Why: fmt.Sprintf(
				"The message is %s old, and complaints are filed for %s.", days(age), days(p.MaxAge))}, true
		}
	}
	return Decision{}, false
}

// pick returns the best contact that may be mailed, or says why there is none.
func (p Policy) pick(res lookup.Result) (*lookup.Contact, string) {
	why := ""
	for i, c := range res.Contacts {
		if err := checkAddress(c.Email); err != nil {
			why = fmt.Sprintf("The only contact %s is not an address that can be mailed.", quoteHostile(c.Email))
			continue
		}
		if p.Never != nil {
			if reason, never := p.Never(c.Email); never {
				why = fmt.Sprintf("%s must not be mailed: %s.", c.Email, trimSentence(reason))
				continue
			}
		}
		return &res.Contacts[i], ""
	}
	switch {
	case why != "":
		return nil, why
	case len(res.Rejected) > 0:
		r := res.Rejected[0]
		return nil, fmt.Sprintf("No contact may be mailed: %s: %s.", quoteHostile(r.Email), trimSentence(r.Why))
	default:
		return nil, "No abuse contact was found for the network."
	}
}

func (p Policy) now() time.Time {
	if p.Now != nil {
		return p.Now()
	}
	return time.Now()
}

// days writes a duration the way people say it.
func days(d time.Duration) string {
	if d < 48*time.Hour {
		return count(int(d.Hours()), "hour")
	}
	return count(int(d.Hours()/24), "day")
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
