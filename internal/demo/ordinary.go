package demo

import (
	"fmt"
	"strings"
	"time"
)

// correspondents write to the demo's user, from hosts of their own.
var correspondents = []struct{ name, domain, subject string }{
	{"Ada", "example.com", "Lunch on Thursday?"},
	{"The library", "library.example.edu", "Your books are due"},
	{"Bruno", "example.net", "Photos from the lake"},
	{"Rail tickets", "rail.example", "Your ticket"},
	{"Chess club", "club.example.org", "Next round"},
	{"Cleo", "studio.example.com", "Draft two"},
}

// ordinaryMessages is how many lie in the demo's INBOX.
const ordinaryMessages = 24

// Ordinary returns the mail of an ordinary INBOX: whoever wrote it, it came
// in through mx.example.org and was put down by store.example.org. Every
// eighth was written on another machine inside and came through no MX.
func Ordinary(now time.Time) [][]byte {
	var messages [][]byte
	for i := range ordinaryMessages {
		at := now.Add(-time.Duration(ordinaryMessages-i) * 7 * time.Hour)
		from := correspondents[i%len(correspondents)]
		date := at.Format(time.RFC1123Z)
		trace := fmt.Sprintf("Received: from mx.example.org (mx.example.org [203.0.113.20])\n"+
			"\tby store.example.org (Postfix) with ESMTPS id 4Rs%02dLz\n\tfor <you@example.org>; %s\n"+
			"Received: from mail.%[3]s (mail.%[3]s [198.51.100.%[4]d])\n"+
			"\tby mx.example.org (Postfix) with ESMTPS id 4Rm%02[1]dKz\n\tfor <you@example.org>; %[2]s\n",
			i, date, from.domain, 101+i%len(correspondents))
		if i%8 == 7 {
			from.name, from.domain, from.subject = "Cron", "example.org", "the night's log"
			trace = fmt.Sprintf("Received: from desk.example.org (desk.example.org [10.20.0.31])\n"+
				"\tby store.example.org (Postfix) with ESMTP id 4Rs%02dLz\n\tfor <you@example.org>; %s\n", i, date)
		}
		text := trace + fmt.Sprintf("From: %s <mail@%s>\nTo: you@example.org\nSubject: %s\nDate: %s\n"+
			"Message-ID: <ordinary.%d@%s>\nContent-Type: text/plain; charset=us-ascii\n\nOrdinary mail, number %d.\n",
			from.name, from.domain, from.subject, date, i, from.domain, i+1)
		messages = append(messages, []byte(strings.ReplaceAll(text, "\n", "\r\n")))
	}
	return messages
}
