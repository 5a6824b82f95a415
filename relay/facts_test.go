package relay_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"spamreport/relay"
)

func TestFactsOfAMessage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		header string
		want   relay.Facts
	}{
		{"an author", "From: Alice <alice@example.org>", relay.Facts{Authors: 1, From: []string{"alice@example.org"}}},
		{"an author on two lines", "From: Alice\r\n <alice@example.org>", relay.Facts{Authors: 1, From: []string{"alice@example.org"}}},
		{"several authors", "From: a@example.org, \"b, c\" <d@example.org>", relay.Facts{Authors: 1, From: []string{"a@example.org", "d@example.org"}}},
		{"two fields", "From: a@example.org\r\nfrom: b@example.org", relay.Facts{Authors: 2, From: []string{"a@example.org", "b@example.org"}}},
		{"no author", "Subject: x", relay.Facts{}},
		{"an author that is none", "From: nobody at all", relay.Facts{Authors: 1, From: []string{""}}},
		{"an author beside one that is none", "From: a@example.org, <<b@example.com>>", relay.Facts{Authors: 1, From: []string{"a@example.org", ""}}},
		{"an empty field", "From:", relay.Facts{Authors: 1}},

		{"Precedence: bulk", "Precedence: Bulk", relay.Facts{Bulk: true}},
		{"Precedence: list", "Precedence: list", relay.Facts{Bulk: true}},
		{"Precedence: junk", "Precedence: junk", relay.Facts{Bulk: true}},
		{"another precedence", "Precedence: special-delivery", relay.Facts{}},
		{"a list", "List-Id: <x.example.org>", relay.Facts{Bulk: true}},
		{"a newsletter", "List-Unsubscribe: <https://example.org/u>", relay.Facts{Bulk: true}},
		{"not urgent", "Priority: non-urgent", relay.Facts{Bulk: true}},
		{"urgent", "Priority: urgent", relay.Facts{}},

		{"Sieve's and others' word", "Auto-Submitted: auto-forwarded; owner=x", relay.Facts{Forwarded: "Auto-Submitted"}},
		{"an automatic answer", "Auto-Submitted: auto-replied", relay.Facts{}},
		{"cron", "Auto-Submitted: auto-generated", relay.Facts{}},
		{"Gmail", "X-Forwarded-To: x@example.org", relay.Facts{Forwarded: "X-Forwarded-To"}},
		{"Google Groups", "X-Google-Group-Id: 1", relay.Facts{Forwarded: "X-Google-Group-Id"}},
		{"Exchange's rules", "X-MS-Exchange-Inbox-Rules-Loop: x@example.org", relay.Facts{Forwarded: "X-MS-Exchange-Inbox-Rules-Loop"}},
		{"Exchange's mailboxes", "X-MS-Exchange-ForwardingLoop: x@example.org", relay.Facts{Forwarded: "X-MS-Exchange-ForwardingLoop"}},
		{"Pigeonhole", "X-Sieve-Redirected-From: x@example.org", relay.Facts{Forwarded: "X-Sieve-Redirected-From"}},
		{"out of a mailbox", "Delivered-To: x@example.org", relay.Facts{Forwarded: "Delivered-To"}},
		{"out of Postfix", "X-Original-To: x@example.org", relay.Facts{Forwarded: "X-Original-To"}},
		{"sent once more", "Resent-From: x@example.org", relay.Facts{Forwarded: "Resent-From"}},
		{"a person's Fwd:", "Subject: Fwd: x\r\nReferences: <1@x>", relay.Facts{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := relay.FactsOf([]byte(test.header + "\r\n\r\nDelivered-To: in the text\r\n"))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
