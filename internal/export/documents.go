package export

import (
	"strings"
	"time"

	"spamreport/internal/contract"
	"spamreport/internal/followup"
	"spamreport/internal/store"
)

// Message is the document about a message and what became of it.
func Message(row store.HistoryRow) contract.History {
	doc := contract.History{
		Seen: row.Seen.UTC().Format(time.RFC3339), Action: string(row.Action), Why: row.Why, MessageID: row.MessageID, Subject: row.Subject,
		From: row.From, Network: row.Network, Country: row.Country, Target: row.Kind.String(), About: row.About, Contact: row.Contact, QueueID: row.QueueID, Copies: row.Copies,
		Delivery: string(row.Delivery.State), Reply: row.Delivery.Reply.Text,
	}
	doc.Source, doc.Prefix = where(row)
	doc.Life = life(row.Life)
	doc.Incident = row.Reference
	if row.Complaint != nil {
		doc.Incident = row.Complaint.Incident
	}
	return doc
}

// Complaint is the document about a complaint that was filed.
func Complaint(row store.HistoryRow) contract.Filed {
	c := row.Complaint
	doc := contract.Filed{
		Incident: c.Incident, Filed: Stamp(row.Filed), Target: row.Kind.String(), About: row.About, Contact: row.Contact, To: strings.Join(append(c.To, c.Cc...), " "),
		Subject: c.Subject, Format: c.Format, MessageID: c.MessageID, Network: row.Network, Country: row.Country,
		Copies: row.Copies, Delivery: string(row.Delivery.State), Why: row.Why, Life: life(row.Life),
	}
	doc.Source, doc.Prefix = where(row)
	return doc
}

// Reply is the document about what came back.
func Reply(r followup.Reply) contract.CameBack {
	return contract.CameBack{
		Received: Stamp(r.Received), Incident: r.Incident, Kind: string(r.Kind), From: r.From, Subject: r.Subject,
		Ticket: r.Ticket, URL: r.URL, Recipient: r.Recipient, Class: string(r.Class), Reason: string(r.Reason),
		Status: r.Status, Diagnostic: r.Diagnostic, Gone: r.Gone,
	}
}

func life(l followup.Life) contract.Life {
	return contract.Life{
		State: string(l.State), Ticket: l.Ticket, URL: l.URL, Bounce: l.Bounce, Replies: l.Replies,
		Answered: Stamp(l.Answered), LastSpam: Stamp(l.LastSpam), Quiet: l.Quiet,
	}
}

// where are the address and the network of the source, where they are known.
func where(row store.HistoryRow) (source, prefix string) {
	if row.Source.IsValid() {
		source = row.Source.String()
	}
	if row.Prefix.IsValid() {
		prefix = row.Prefix.String()
	}
	return source, prefix
}

// Stamp writes a time for scripts; empty for none.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
