package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"spamreport/complaint"
	"spamreport/complaint/target"
	"spamreport/headers"
	"spamreport/internal/mailbox"
	"spamreport/lookup"
)

// Case is a message and one thing to complain about, on its way through the
// stages. The one about the source stands for the message.
type Case struct {
	Message   mailbox.Message
	Incident  complaint.Incident
	Complaint *complaint.Complaint // nil unless there is something to send
	Action    complaint.Action
	Why       string
	QueueID   string // set once filed

	// Others are the further complaints that the message gives reason for, the
	// strongest first; only a case about the source has any.
	Others []Case

	// Left says what else the message names, and why nobody is told of it.
	Left []target.Skipped

	key       complaint.Key     // what it is an instance of; zero without a contact
	opened    *complaint.Opened // the incident that it is a copy of
	with      string            // the case whose complaint speaks of this one, too
	to        []lookup.Contact
	waited    bool          // the policy made it wait before
	notBefore time.Time     // of what is deferred: when it is worth another try
	pause     time.Duration // that a registry was left alone for before
}

// All are the case itself and the others of its message.
func (c Case) All() []Case { return append([]Case{c}, c.Others...) }

// Each does something to the case itself and to the others of its message.
func (c *Case) Each(do func(*Case) error) error {
	if err := do(c); err != nil {
		return err
	}
	for i := range c.Others {
		if err := do(&c.Others[i]); err != nil {
			return err
		}
	}
	return nil
}

// gather is the opposite of All.
func gather(all []Case) Case {
	c := all[0]
	c.Others = slices.Clone(all[1:])
	return c
}

// about is a further case of the same message.
func (c Case) about(what complaint.About) Case {
	further := Case{Message: c.Message, Incident: c.Incident}
	further.Incident.About, further.Incident.Lookup = what, lookup.Result{}
	return further
}

func (c Case) end(action complaint.Action, why string) Case {
	c.Action, c.Why = action, why
	return c
}

// after makes a case that is deferred wait.
func (c Case) after(t time.Time) Case {
	c.notBefore = t
	return c
}

func (c Case) repeat(known complaint.Entry) Case {
	c.Complaint, c.QueueID, c.key.Contact = nil, known.QueueID, known.Contact
	why := fmt.Sprintf("%s already, on %s", known.Action, known.Seen.Local().Format(time.DateTime))
	if known.Action == complaint.Held {
		why += "; spamreport review shows what waits for approval"
	}
	return c.end(complaint.Duplicate, why)
}

func (c Case) entry(now time.Time) complaint.Entry {
	subject, from := describe(c.Message.Raw)
	network := c.Incident.Lookup.Network
	e := complaint.Entry{
		Digest: c.Incident.Case(), Spam: c.Incident.Digest, Kind: c.Incident.About.Kind, About: cut(c.Incident.About.Name),
		MessageID: c.Incident.Verdict.MessageID, Subject: subject, From: from,
		Network: firstOf(network.Name, network.Domain), Country: network.Country,
		Prefix: c.Incident.SourceNetwork(), Received: c.Incident.Received, Action: c.Action, Why: c.Why, Seen: now,
		Complaint: c.Complaint, QueueID: c.QueueID, Contact: c.key.Contact, Key: c.key, With: c.with,
	}
	if c.Action == complaint.Deferred {
		e.NotBefore = c.notBefore
	}
	if c.Action == complaint.Merged && c.opened != nil {
		e.Incident = c.opened.ID
	}
	if source := c.Incident.Verdict.Source; source != nil {
		e.Source = source.IP
	}
	if c.Complaint != nil && len(c.Complaint.To) > 0 {
		e.Contact = c.Complaint.To[0]
	}
	return e
}

func firstOf(names ...string) string {
	for _, name := range names {
		if name != "" {
			return name
		}
	}
	return ""
}

// sameDesk finds the case among the stronger ones that goes to the same desk.
func (c Case) sameDesk(stronger []Case) (Case, bool) {
	i := slices.IndexFunc(stronger, func(other Case) bool {
		return c.key.Contact != "" && strings.EqualFold(other.key.Contact, c.key.Contact)
	})
	if i < 0 {
		return Case{}, false
	}
	return stronger[i], true
}

// join makes a case part of a stronger one of the same message that goes to
// the same desk: nobody gets two letters about one message.
func (c Case) join(stronger Case) Case {
	c.Complaint = nil
	switch stronger.Action {
	case complaint.Deferred:
		return c.end(complaint.Deferred, stronger.Why).after(stronger.notBefore)
	case complaint.Skipped:
		return c.end(complaint.Skipped, stronger.Why)
	}
	c.with = stronger.Incident.Case()
	return c.end(complaint.Merged, fmt.Sprintf("%s gets the complaint about the %s of the same message, which shows this, too.",
		c.key.Contact, stronger.Incident.About.Kind))
}

func noSource(v headers.Verdict) string {
	if v.Reason != "" {
		return v.Reason
	}
	return "no believed server wrote down a public address"
}
