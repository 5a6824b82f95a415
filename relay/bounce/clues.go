package bounce

import (
	"regexp"
	"slices"
	"strings"
)

// maxClues bounds each list of Clues.
const maxClues = 20

// Clues are what tells which message a reply belongs to.
type Clues struct {
	Own       string   // the Message-ID of the reply itself
	Answers   []string // Message-IDs that it answers, likeliest first
	Incidents []string // ids like SR-7K3F-9Q2M, in capitals: where it is sent to, its subject, its text, what it quotes
	From      string   // as the field says
	Subject   string
}

// addressFields say whom a message was for; servers write down the address
// with its tag, also where the To field has lost it.
var addressFields = []string{"To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"}

// clues gathers them. Whoever saw the message can write them, too.
func (m *mail) clues() Clues {
	c := Clues{From: text(m.field("From")), Subject: text(m.field("Subject"))}
	c.Own = text(messageID().FindString(m.field("Message-Id")))
	c.Answers = addNew(c.Answers, m.originalID())
	for _, s := range []string{m.origin, m.report, m.text} {
		for _, found := range messageIDField().FindAllStringSubmatch(s, maxClues) {
			c.Answers = addNew(c.Answers, found[1])
		}
	}
	for _, name := range []string{"In-Reply-To", "References", "X-Original-Message-Id", "Original-Message-Id"} {
		ids := messageID().FindAllString(m.field(name), -1)
		slices.Reverse(ids) // the last one is what was answered
		c.Answers = addNew(c.Answers, ids...)
	}
	for _, name := range addressFields {
		for _, to := range m.header.Values(name) {
			c.Incidents = addNew(c.Incidents, incidents(taggedIncident(), to)...)
		}
	}
	// A Message-ID of ours begins with the incident.
	for _, s := range append([]string{c.Subject, m.own, m.text, m.origin}, c.Answers...) {
		c.Incidents = addNew(c.Incidents, incidents(ourIncident(), s)...)
	}
	return c
}

// taggedIncident is the tag of an address (RFC 5233): reports+sr-7k3f-9q2m@.
var taggedIncident = compiled(`(?i)[+=-](SR-[0-9A-Z]{4}-[0-9A-Z]{4})@`)

func incidents(pattern *regexp.Regexp, s string) []string {
	var ids []string
	for _, found := range pattern.FindAllStringSubmatch(s, maxClues) {
		ids = append(ids, strings.ToUpper(found[len(found)-1]))
	}
	return ids
}

// addNew adds what is not in the list, as long as there is room.
func addNew(list []string, more ...string) []string {
	for _, s := range more {
		s = text(s)
		if s != "" && len(list) < maxClues && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// text makes text of a header field, which may hold any bytes.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
