package term

import (
	"strconv"
	"time"

	"spamreport/complaint"
)

// Entry prints what the ledger knows of a message.
func (p Printer) Entry(e complaint.Entry) {
	p.field("spam", e.Subject)
	p.field("from", e.From)
	if e.Kind != complaint.KindSource {
		p.field("about", e.Target())
	}
	if e.Source.IsValid() {
		p.field("source", e.Source.String())
	}
	p.field("network", e.Network)
	p.field("contact", e.Contact)
	p.field("copies", strconv.Itoa(max(e.Copies, 1)))
	if !e.Seen.IsZero() {
		p.field("seen", e.Seen.UTC().Format(time.DateTime+"Z"))
	}
	p.field("why", e.Why)
}
