package reviewui

import (
	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/internal/term"
)

// Describe prints what a person decides by: what the ledger knows, the walk
// through the enclosed spam, and the letter.
func Describe(p term.Printer, e complaint.Entry, walk func(spam []byte) (headers.Verdict, error)) {
	p.Title("%s", e.Complaint.Incident)
	p.Entry(e)
	p.Line("")
	p.Title("The walk through the headers")
	describeWalk(p, e, walk)
	p.Line("")
	p.Title("The complaint as it will be sent")
	p.Complaint(e.Complaint)
}

// describeWalk walks the enclosed spam. It is what the desk gets, and may be
// redacted: then its hosts are not all known any more, and the decision of
// before stands.
func describeWalk(p term.Printer, e complaint.Entry, walk func([]byte) (headers.Verdict, error)) {
	spam := e.Complaint.Evidence()
	if spam == nil || walk == nil {
		p.Line("  The spam is not enclosed.")
		return
	}
	v, err := walk(spam)
	if err != nil {
		p.Line("  The enclosed spam cannot be walked: %s", err)
		return
	}
	p.Walk(v)
	if v.Source == nil || v.Source.IP != e.Source {
		p.Line("  This walk is through the enclosed copy, whose hosts may be redacted;")
		p.Line("  when the spam came in, %s was found to be the source.", e.Source)
	}
}
