package feedback_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"spamreport/relay/feedback"
)

// arf is a feedback report with these fields for programs and of the message.
func arf(report, original string) string {
	return "From: fbl@provider.example\r\nTo: us@example.org\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report.\r\n" +
		"--b\r\nContent-Type: message/feedback-report\r\n\r\n" + report +
		"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + original + "\r\n--b--\r\n"
}

const bounced = "From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n" +
	"Final-Recipient: rfc822; gone@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n" +
	"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <1@example.org>\r\n--b--\r\n"

func TestWhatComesBackIsUnderstood(t *testing.T) {
	for _, tc := range []struct{ name, raw, want string }{
		{
			"a bounce", bounced,
			"bounce <1@example.org> gone@example.net hard user-unknown 5.1.1 550 5.1.1 no such user",
		},
		{
			"a complaint that names the recipient",
			arf("Feedback-Type: abuse\r\nUser-Agent: SomeGenerator/1.0\r\nVersion: 1\r\nOriginal-Rcpt-To: <zoe@example.net>\r\n", "From: us@example.org\r\nTo: list@example.org\r\nMessage-ID: <2@example.org>\r\n\r\nHello"),
			"complaint <2@example.org> zoe@example.net abuse SomeGenerator/1.0",
		},
		{
			"one that has it in the message only",
			arf("Feedback-Type: Abuse\r\n", "To: Zoe <zoe@example.net>\r\nMessage-ID: <2@example.org>\r\n\r\n"),
			"complaint <2@example.org> zoe@example.net abuse ",
		},
		{
			"one in the way of Outlook",
			arf("Feedback-Type: abuse\r\n", "X-HmXmrOriginalRecipient: zoe@outlook.example\r\nTo: undisclosed-recipients:;\r\nMessage-ID: <2@example.org>\r\n\r\n"),
			"complaint <2@example.org> zoe@outlook.example abuse ",
		},
		{
			"one that hides the recipient",
			arf("Feedback-Type: abuse\r\nOriginal-Rcpt-To: redacted\r\n", "To: a@example.net, b@example.net\r\nMessage-ID: <2@example.org>\r\n\r\n"),
			"complaint <2@example.org>  abuse ",
		},
		{"a header that is cut off", arf("Feedback-Type: fraud", "Message-ID: <2@example.org>"), "complaint <2@example.org>  fraud "},
		{"a letter", "From: a@b.example\r\nSubject: Hi\r\n\r\nHello", "other"},
		{"a report of another kind", strings.Replace(arf("", ""), "feedback-report;", "disposition-notification;", 1), "other"},
		{"no report in it", strings.ReplaceAll(arf("", ""), "message/feedback-report", "text/plain"), "other"},
		{"nothing", "", "other"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := feedback.Read(strings.NewReader(tc.raw))
			got := fmt.Sprint(r.Kind, " ", r.MessageID, " ", r.Recipient, " ", r.Type, " ", r.Text)
			switch {
			case errors.Is(err, feedback.ErrOther):
				got = "other"
			case r.Kind == feedback.Bounce:
				got = fmt.Sprint(r.Kind, " ", r.MessageID, " ", r.Recipient, " ", r.Verdict.Class, " ", r.Verdict.Reason, " ", r.Status, " ", r.Text)
			}
			if got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(bounced)
	f.Add(arf("Feedback-Type: abuse\r\nOriginal-Rcpt-To: <a@b.c>\r\n", "Message-ID: <1>\r\n\r\n"))
	f.Add("Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: message/feedback-report\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!")
	f.Fuzz(func(t *testing.T, raw string) {
		r, err := feedback.Read(strings.NewReader(raw))
		if err != nil {
			return
		}
		for _, s := range []string{r.MessageID, r.Recipient, r.Text, r.Type, r.From} {
			if len(s) > 3100 || strings.ToValidUTF8(s, "") != s {
				t.Errorf("%.50q, %d octets", s, len(s))
			}
		}
	})
}
