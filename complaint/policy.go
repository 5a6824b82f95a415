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
	// Never reports whether an address must not be mailed, and why. It is asked
	// again here although lookup asked it before: this is the last gate, and
	// contacts also come from caches and configuration. An error says that it
	// is not known now: nobody is written to, and the incident waits.
	Never func(email string) (why string, never bool, err error)

	// MergeFor is how long further copies of a campaign are counted on the
	// complaint that was made of its first one; 0 makes one of each copy.
	MergeFor time.Duration

	// CoolDown is how long a contact is left alone about a network after a
	// complaint about it; 0 is no pause.
	CoolDown time.Duration

	// RemindAfter is how long a desk may leave a complaint unanswered while
	// further copies come in; 0: for ever.
	RemindAfter time.Duration

	// EscalateAfter is how long spam may go on after a complaint to the
	// network's own desk before somebody above it is told, and the pause
	// between two such letters; 0: for ever.
	EscalateAfter time.Duration

	// Lists allows complaints about mail that a mailing list sent under its
	// own name.
	Lists bool

	// PerContactPerDay bounds the complaints to one address; 0 is no bound.
	PerContactPerDay int

	// MaxAge is how old spam may be; desks ignore what their logs no longer
	// reach. 0 is no bound.
	MaxAge time.Duration

	// Own are the recipient's own networks and forwarders: nobody is written
	// to about an address in them.
	Own []netip.Prefix

	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Decision is what becomes of an incident, and why, in one plain sentence.
type Decision struct {
	Action Action // WouldSend, Merged, Skipped or Deferred
	Why    string
	To     []lookup.Contact // who gets the complaint; only with WouldSend
	Key    Key              // zero without a contact
	Opened *Opened          // only with Merged
	Until  time.Time        // only with Deferred: nothing changes before
}

// Decide judges one incident. It changes nothing and asks nobody except past,
// which says what was filed before (nil: nothing was).
func (p Policy) Decide(inc Incident, past func(Key) Past) Decision {
	if why, unfit := p.Unfit(inc); unfit {
		return Decision{Action: Skipped, Why: why}
	}
	d := p.Glance(inc)
	if d.Action != WouldSend {
		return d
	}
	d.Key = p.key(inc, d.To[0].Email)
	if past == nil {
		return d
	}
	before := past(d.Key)
	if before.Opened != nil {
		d.Action, d.Why, d.Opened, d.To = Merged, before.Opened.Why(d.Key), before.Opened, nil
	} else if why, until := p.Wait(d.Key, before); why != "" {
		d.Action, d.Why, d.To, d.Until = Deferred, why, nil, until
	}
	return d
}

// Glance is as much of Decide as the header of a message is enough for: who would
// get a complaint about an incident that is not Unfit. It is Skipped, whatever
// the text says, or WouldSend, without a Key, or Deferred while it is not known
// who may be mailed.
func (p Policy) Glance(inc Incident) Decision {
	if why, own := p.own(inc.subject()); own {
		return Decision{Action: Skipped, Why: why}
	}
	contact, why, err := p.pick(inc.Lookup)
	if err != nil {
		return Decision{Action: Deferred, Why: err.Error()}
	}
	if contact == nil {
		return Decision{Action: Skipped, Why: why}
	}
	return Decision{
		Action: WouldSend, To: []lookup.Contact{*contact},
		Why: contact.Email + " takes complaints about " + inc.accused() + ".",
	}
}

// key says what a message is an instance of.
func (p Policy) key(inc Incident, contact string) Key {
	k := Key{Fingerprint: inc.Fingerprint(), Kind: inc.About.Kind, About: inc.thing(), Contact: contact}
	if p.MergeFor > 0 {
		k.Since = p.now().Add(-p.MergeFor)
	} else {
		k.Fingerprint = "message " + inc.Case() // each is an incident of its own
	}
	return k
}

// Unfit says why a message is no reason for any complaint, whatever that would
// be about.
func (p Policy) Unfit(inc Incident) (why string, unfit bool) {
	src := inc.Verdict.Source
	if src == nil {
		return stringOr(inc.Verdict.Reason, "No server that can be believed wrote down where the message came from."), true
	}
	if why, own := p.own(src.IP); own {
		return why, true
	}
	if p.MaxAge > 0 && !inc.Received.IsZero() {
		if age := p.now().Sub(inc.Received); age > p.MaxAge {
			return fmt.Sprintf("The message is %s old, and complaints are filed for %s.", days(age), days(p.MaxAge)), true
		}
	}
	if list, yes := inc.fromList(); yes && !p.Lists {
		return fmt.Sprintf("It comes from a mailing list of %s, which signed it and offers to unsubscribe; complaint.lists = true reports such mail, too.",
			oneLine(list, 80)), true
	}
	return "", false
}

// own reports whether an address is one of the recipient's own.
func (p Policy) own(addr netip.Addr) (why string, own bool) {
	for _, network := range p.Own {
		if network.Contains(addr.Unmap()) {
			return fmt.Sprintf("%s lies in your own network %s.", addr, network), true
		}
	}
	return "", false
}

// pick returns the best contact that may be mailed, or says why there is none.
// The error is ErrUnsure.
func (p Policy) pick(res lookup.Result) (best *lookup.Contact, why string, err error) {
	for i, c := range res.Contacts {
		if err := checkAddress(c.Email); err != nil {
			why = fmt.Sprintf("The only contact %s is not an address that can be mailed.", quoteHostile(c.Email))
			continue
		}
		if p.Never != nil {
			reason, never, err := p.Never(c.Email)
			if err != nil {
				return nil, "", unsure(c.Email, err)
			}
			if never {
				why = fmt.Sprintf("%s must not be mailed: %s.", c.Email, trimSentence(reason))
				continue
			}
		}
		return &res.Contacts[i], "", nil
	}
	switch {
	case why != "":
		return nil, why, nil
	case len(res.Rejected) > 0:
		r := res.Rejected[0]
		return nil, fmt.Sprintf("No contact may be mailed: %s: %s.", quoteHostile(r.Email), trimSentence(r.Why)), nil
	default:
		return nil, "No abuse contact was found for the network.", nil
	}
}

func (p Policy) now() time.Time {
	if p.Now != nil {
		return p.Now()
	}
	return time.Now()
}

// stamp writes a time for a sentence.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

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
