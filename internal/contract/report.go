package contract

import (
	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/lookup"
)

// Report is the document of `spamreport --json FILE…`.
type Report struct {
	File      string     `json:"file"`
	Source    *Source    `json:"source"`
	Network   Network    `json:"network"`
	Contacts  []Contact  `json:"contacts"`
	Complaint *Complaint `json:"complaint"` // null when there is none
	Action    string     `json:"action"`
	Why       string     `json:"why"`

	// Targets are what else the message is complained about; only when there
	// is something.
	Targets []Target `json:"targets,omitempty"`
}

// Target is a further complaint about a message.
type Target struct {
	Kind      string     `json:"kind"`  // origin, link, registrar, dropbox, cfbl, extra, reminder, escalation
	About     string     `json:"about"` // the address, host, domain, account or recipient
	Contacts  []Contact  `json:"contacts"`
	Complaint *Complaint `json:"complaint"` // null when there is none
	Action    string     `json:"action"`
	Why       string     `json:"why"`
}

// Complaint is the composed message.
type Complaint struct {
	To      []string `json:"to"`
	CC      []string `json:"cc"`
	Subject string   `json:"subject"`
	Format  string   `json:"format"`
	Raw     string   `json:"raw"`
}

// NewReport makes the document for one message. A further copy of a campaign is
// a duplicate there: scripts know the actions that there were first.
func NewReport(file string, v headers.Verdict, r lookup.Result, c *complaint.Complaint, action complaint.Action, why string) Report {
	doc := Report{
		File: file, Source: newSource(v.Source), Network: newNetwork(r.Network), Contacts: newContacts(r.Contacts),
		Action: asKnown(action), Why: why,
	}
	doc.Complaint = NewComplaint(c)
	return doc
}

// NewTarget makes the document for a further complaint. What another complaint
// speaks of, too, is a duplicate there as well.
func NewTarget(about complaint.About, r lookup.Result, c *complaint.Complaint, action complaint.Action, why string) Target {
	return Target{
		Kind: about.Kind.String(), About: about.Name, Contacts: newContacts(r.Contacts),
		Complaint: NewComplaint(c), Action: asKnown(action), Why: why,
	}
}

// NewComplaint makes the document for a composed message; null for none.
func NewComplaint(c *complaint.Complaint) *Complaint {
	if c == nil {
		return nil
	}
	return &Complaint{
		To: append([]string{}, c.To...), CC: append([]string{}, c.Cc...),
		Subject: c.Subject, Format: c.Format, Raw: string(c.Raw),
	}
}

// asKnown makes a further copy a duplicate.
func asKnown(action complaint.Action) string {
	if action == complaint.Merged {
		action = complaint.Duplicate
	}
	return string(action)
}
