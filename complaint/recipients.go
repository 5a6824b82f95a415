package complaint

import (
	"slices"
	"strings"
)

// deliveryFields are where receiving servers write whom a message was for.
var deliveryFields = []string{
	"Delivered-To", "X-Delivered-To", "Envelope-To", "X-Envelope-To", "X-Original-To",
	"X-Original-Recipient", "X-Rcpt-To", "X-Apparently-To", "Apparently-To", "X-Forwarded-To",
	"X-Forwarded-For", "X-MS-Exchange-Organization-OriginalEnvelopeRecipients", "X-Recipient",
}

// recipientFields are where the sender does.
var recipientFields = []string{"To", "Cc", "Bcc", "Resent-To", "Resent-Cc"}

// senderFields name the other side. A spammer who writes to himself, with the
// victims in Bcc, must not be hidden.
var senderFields = []string{"From", "Reply-To", "Return-Path", "Sender"}

// recipientsOf returns the fields that name recipients: those that believed
// servers put above the handoff (RFC 5321 §4.4: on top), and those that came
// with the message.
func recipientsOf(inc Incident, root *part) (believed, written []field) {
	edge := -1
	if src := inc.Verdict.Source; src != nil {
		edge = src.Hop
	}
	received := -1
	for _, f := range root.fields {
		isDelivery := isOneOf(f.name, deliveryFields)
		switch {
		case strings.EqualFold(f.name, "Received"):
			received++
		case isDelivery && received < edge:
			believed = append(believed, f)
		case isDelivery || isOneOf(f.name, recipientFields):
			written = append(written, f)
		}
	}
	return believed, written
}

func isOneOf(name string, list []string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

func sendersOf(p *part) []string {
	var all []string
	for _, f := range p.fields {
		if isOneOf(f.name, senderFields) {
			all = append(all, findAddresses(f.unfolded())...)
		}
	}
	return all
}
