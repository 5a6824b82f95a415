package followup_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spamreport/complaint"
	"spamreport/internal/followup"
	"spamreport/internal/mailbox"
)

const (
	firstID  = "<sr-7k3f-9q2m.0123456789abcdef0123@example.org>"
	secondID = "<sr-aaaa-bbbb.00000000000000000000@example.org>"
)

// filed are two complaints, to one contact each.
type filed struct{}

func (filed) ComplaintOf(_ context.Context, answers, incidents []string) (followup.Match, error) {
	first := followup.Match{Digest: "first", To: []string{"Abuse@isp.example"}}
	second := followup.Match{Digest: "second", To: []string{"abuse@host.example", "noc@host.example"}}
	for _, id := range answers {
		switch id {
		case firstID:
			first.ByID = true
			return first, nil
		case secondID:
			second.ByID = true
			return second, nil
		}
	}
	switch {
	case slices.Contains(incidents, "SR-7K3F-9Q2M"):
		return first, nil
	case slices.Contains(incidents, "SR-AAAA-BBBB"):
		return second, nil
	}
	return followup.Match{}, complaint.ErrUnknown
}

// bounceOf is a delivery report of Postfix.
func bounceOf(id, recipient, diagnostic string) string {
	status, _, _ := strings.Cut(diagnostic[4:], " ")
	return fmt.Sprintf(`Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: reports@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <b1@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

<%[2]s>: host mx.isp.example[192.0.2.1] said: %[3]s

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; %[2]s
Action: failed
Status: %[4]s
Diagnostic-Code: smtp; %[3]s

--b
Content-Type: text/rfc822-headers

From: reports@example.org
To: %[2]s
Subject: Spam from 192.0.2.7 [SR-7K3F-9Q2M]
Message-ID: %[1]s

--b--
`, id, recipient, diagnostic, status)
}

func TestWhatAReplyIsAndWhichComplaintItBelongsTo(t *testing.T) {
	const noUser, listed = "550 5.1.1 no such user", "550 5.7.1 blocked, see https://listed.example/?ip=192.0.2.9"
	for name, tc := range map[string]struct{ message, want string }{
		"a bounce of the contact": {
			bounceOf(firstID, "abuse@isp.example", noUser), "first bounce hard gone=abuse@isp.example",
		},
		"a bounce of somebody whom the desk forwards to": {bounceOf(firstID, "joe@isp.example", noUser), "first bounce hard"},
		"a bounce that knows only the incident": {
			bounceOf("<forged@isp.example>", "abuse@isp.example", noUser), "first bounce hard",
		},
		"a bounce of one of two contacts": {bounceOf(secondID, "noc@host.example", noUser), "second bounce hard gone=noc@host.example"},
		"a full mailbox":                  {bounceOf(firstID, "abuse@isp.example", "452 4.2.2 mailbox full"), "first bounce soft"},
		"a blocklist":                     {bounceOf(firstID, "abuse@isp.example", listed), "first bounce block url=https://listed.example/?ip=192.0.2.9"},
		"a ticket": {
			"From: abuse@isp.example\nSubject: [Ticket#20260101007] Spam from 192.0.2.7 [SR-7K3F-9Q2M]\nIn-Reply-To: " + firstID +
				"\nAuto-Submitted: auto-replied\n\nYour report has been received.\n", "first ticket ticket=20260101007",
		},
		"please use our form, to the tagged address": {
			"From: abuse@isp.example\nTo: <reports+sr-aaaa-bbbb@example.org>\nSubject: Your mail\nAuto-Submitted: auto-replied\n\n" +
				"Please use our web form:\nhttps://isp.example/abuse-form\n", "second auto-reply url=https://isp.example/abuse-form",
		},
		"a person, by References": {
			"From: Joe <joe@isp.example>\nSubject: Re: Spam\nReferences: " + secondID + " <x@isp.example>\n\nClosed.\n", "second reply",
		},
		"an answer to a Message-ID that is no more": {
			"From: Joe <joe@isp.example>\nSubject: Re: Spam\nIn-Reply-To: <sr-aaaa-bbbb.99999999999999999999@example.org>\n\nClosed.\n", "second reply",
		},
		"our own smarthost wants a log-in": {bounceOf(firstID, "abuse@isp.example", "550 5.7.1 relaying denied"), "first bounce hard"},
		"a person, with the incident in the subject alone": {
			"From: Joe <joe@isp.example>\nSubject: about sr-7k3f-9q2m\n\nWhich port was it?\n", "first reply",
		},
		"the incident in a text in base64": {
			"From: Joe <joe@isp.example>\nSubject: your report\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n" +
				"Content-Transfer-Encoding: base64\n\nWW91ciByZXBvcnQgU1ItQUFBQS1CQkJCIGlzIGRvbmUuCg==\n", "second reply",
		},
		"ordinary mail":                       {"From: joe@friends.example\nSubject: Re: Lunch\nIn-Reply-To: <l@friends.example>\n\nAt noon?\n", "none"},
		"an incident that is none of ours":    {"From: joe@x.example\nSubject: SR-0000-0000\n\nhello\n", "none"},
		"the copy of a complaint":             {"From: reports@example.org\nMessage-ID: " + firstID + "\nSubject: Spam [SR-7K3F-9Q2M]\nAuto-Submitted: auto-generated\n\nDear desk\n", "none"},
		"nothing":                             {"", "none"},
		"an id in the middle of other things": {"Subject: ASR-7K3F-9Q2MX\n\nx\n", "none"},
	} {
		t.Run(name, func(t *testing.T) {
			m := mailbox.Message{Name: "INBOX/1", Digest: "d", Raw: []byte(strings.ReplaceAll(tc.message, "\n", "\r\n"))}
			r, err := followup.Read(t.Context(), m, filed{})
			if diff := cmp.Diff(tc.want, describe(r, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func describe(r followup.Reply, err error) string {
	if errors.Is(err, complaint.ErrUnknown) {
		return "none"
	}
	if err != nil {
		return err.Error()
	}
	words := []string{r.Complaint, string(r.Kind)}
	for _, w := range [][2]string{{"", string(r.Class)}, {"gone=", r.Gone}, {"ticket=", r.Ticket}, {"url=", r.URL}} {
		if w[1] != "" {
			words = append(words, w[0]+w[1])
		}
	}
	return strings.Join(words, " ")
}

func TestHostileTextsAreCut(t *testing.T) {
	m := mailbox.Message{Digest: "d", Raw: []byte("From: " + strings.Repeat("é", 4000) + "\r\nSubject: SR-7K3F-9Q2M " + strings.Repeat("x", 4000) + "\r\n\r\nx\r\n")}
	r, err := followup.Read(t.Context(), m, filed{})
	if err != nil || len(r.Subject) > 500 || len(r.From) > 500 {
		t.Errorf("%d octets of subject, %d of sender, %v", len(r.Subject), len(r.From), err)
	}
}
