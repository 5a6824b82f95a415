package complaint

import (
	"spamreport/lookup"
	"spamreport/templates"
)

// DigestTemplate is the letter about several incidents at once.
const DigestTemplate = "digest"

// ComposeDigest writes one complaint about several incidents: the first one in
// full, and a line for each that Mention made. It is text for every contact: a
// feedback report is about a single message (RFC 5965 §2 e), and a machine that
// reads one about the first incident would take the others for settled.
func (c *Composer) ComposeDigest(inc Incident, all []templates.Other, to []lookup.Contact) (Complaint, error) {
	own := *c
	own.Template, own.Format, own.Preferences = DigestTemplate, FormatText, nil
	return own.compose(inc, all, to)
}

// Mention is the line about an incident in a digest.
func (c *Composer) Mention(inc Incident) templates.Other {
	t := parseTree(inc.Message.Raw)
	o := templates.Other{
		Incident: inc.ID(), Count: 1,
		Subject: oneLine(c.redactor(inc, t).text(decodeWords(t.root.get("Subject"))), maxQuoted),
	}
	if src := inc.Verdict.Source; src != nil {
		o.Address = src.IP
	}
	o.Received, _ = inc.when(c.now())
	return o
}
