package main

import (
	"strings"

	"spamreport/internal/contract"
	"spamreport/internal/followup"
	"spamreport/internal/store"
)

func newFiled(row store.HistoryRow) contract.Filed {
	c := row.Complaint
	doc := contract.Filed{
		Incident: c.Incident, Filed: stampOrEmpty(row.Filed), Target: row.Kind.String(), About: row.About, Contact: row.Contact, To: strings.Join(append(c.To, c.Cc...), " "),
		Subject: c.Subject, Format: c.Format, MessageID: c.MessageID, Network: row.Network, Country: row.Country,
		Copies: row.Copies, Delivery: string(row.Delivery.State), Why: row.Why, Life: newLife(row.Life),
	}
	if row.Source.IsValid() {
		doc.Source = row.Source.String()
	}
	if row.Prefix.IsValid() {
		doc.Prefix = row.Prefix.String()
	}
	return doc
}

func newCameBack(r followup.Reply) contract.CameBack {
	return contract.CameBack{
		Received: stampOrEmpty(r.Received), Incident: r.Incident, Kind: string(r.Kind), From: r.From, Subject: r.Subject,
		Ticket: r.Ticket, URL: r.URL, Recipient: r.Recipient, Class: string(r.Class), Reason: string(r.Reason),
		Status: r.Status, Diagnostic: r.Diagnostic, Gone: r.Gone,
	}
}
