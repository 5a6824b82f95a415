package dsn_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"

	"spamreport/internal/servertest"
	"spamreport/relay/bounce"
	"spamreport/relay/dsn"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

const letter = "From: Zoe <zoe@example.org>\r\nTo: gone@example.net\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@example.org>\r\n\r\nHello.\r\n"

// notice is the simplest one; change makes it the one that is wanted.
func notice(change func(*dsn.Notice)) dsn.Notice {
	n := dsn.Notice{
		ID: "N1", Host: "relay.example.org", To: "zoe@example.org", Queued: now.Add(-time.Hour), Now: now, Message: []byte(letter),
		Recipients: []dsn.Recipient{{
			Address: "gone@example.net", Action: dsn.Failed, Code: 550, Status: "5.1.1", Text: "no such user here",
		}},
	}
	if change != nil {
		change(&n)
	}
	return n
}

func compose(t testing.TB, n dsn.Notice) string {
	t.Helper()
	raw, err := n.Compose()
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestASenderIsToldWhatItAskedFor(t *testing.T) {
	for _, tc := range []struct {
		notify                   string
		failed, delayed, relayed bool
	}{
		{"", true, false, false},
		{"NEVER", false, false, false},
		{"FAILURE", true, false, false},
		{"failure,delay", true, true, false},
		{"SUCCESS, FAILURE, DELAY", true, true, true},
		{"SUCCESS", false, false, true},
	} {
		for action, want := range map[dsn.Action]bool{dsn.Failed: tc.failed, dsn.Delayed: tc.delayed, dsn.Relayed: tc.relayed} {
			if got := dsn.Wanted(tc.notify, action); got != want {
				t.Errorf("NOTIFY=%s, %s: %v", tc.notify, action, got)
			}
		}
		told := dsn.Without(tc.notify, dsn.Delayed)
		if dsn.Wanted(told, dsn.Delayed) || tc.notify != "" && dsn.Wanted(told, dsn.Failed) != tc.failed {
			t.Errorf("NOTIFY=%s once told of the delay is %s", tc.notify, told)
		}
	}
}

func TestANoticeHasTheThreePartsOfAReport(t *testing.T) {
	raw := compose(t, notice(func(n *dsn.Notice) {
		n.EnvelopeID = "QQ314159"
		n.Recipients[0].Original = "rfc822;first@example.net"
		n.Recipients = append(n.Recipients, dsn.Recipient{Address: "slow@example.net", Action: dsn.Failed, Text: "given up after 120h: connection refused"})
	}))
	e, err := message.Read(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"From": "Mail Delivery System <MAILER-DAEMON@relay.example.org>", "To": "<zoe@example.org>",
		"Auto-Submitted": "auto-replied", "In-Reply-To": "<1@example.org>", "References": "<1@example.org>",
		"Subject": "Undelivered Mail Returned to Sender", "Message-Id": "<N1@relay.example.org>",
	} {
		if got := e.Header.Get(name); got != want {
			t.Errorf("%s: %q, not %q", name, got, want)
		}
	}
	media, params, err := e.Header.ContentType()
	if err != nil || media != "multipart/report" || params["report-type"] != "delivery-status" {
		t.Errorf("%s %v %v", media, params, err)
	}
	parts := e.MultipartReader()
	wants := []struct{ media, has string }{
		{"text/plain", "Subject: Grüße\r\ncould not be delivered to:\r\n\r\n<gone@example.net>\r\n    550 5.1.1 no such user here\r\n    This address does not exist"},
		{"message/delivery-status", "Original-Envelope-Id: QQ314159\r\nArrival-Date: Tue, 24 Nov 2026 11:00:00 +0000\r\n\r\n" +
			"Original-Recipient: rfc822; first@example.net\r\nFinal-Recipient: rfc822; gone@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user here\r\n"},
		{"text/rfc822-headers", "Message-ID: <1@example.org>\r\n"},
	}
	for _, want := range wants {
		p, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		media, _, _ := p.Header.ContentType()
		body, err := io.ReadAll(p.Body)
		if media != want.media || err != nil || !strings.Contains(string(body), want.has) {
			t.Errorf("%s, %v:\n%s\nwant %s with:\n%s", media, err, body, want.media, want.has)
		}
		if strings.Contains(string(body), "Hello") {
			t.Error("the text of the message went back, and nobody asked for it")
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("a fourth part: %v", err)
	}
}

func TestTheMessageGoesBackOnlyAsFarAsItWasAskedFor(t *testing.T) {
	long := letter + strings.Repeat("A line of text.\r\n", 5000)
	for _, tc := range []struct {
		name   string
		change func(*dsn.Notice)
		has    string
		not    string
	}{
		{"headers by default", nil, "text/rfc822-headers", "Hello"},
		{"all of it with RET=FULL", func(n *dsn.Notice) { n.Full = true }, "Hello", "text/rfc822-headers"},
		{"headers of a long one", func(n *dsn.Notice) { n.Full, n.Message = true, []byte(long) }, "text/rfc822-headers", "A line of text"},
		{"headers of one that needs SMTPUTF8", func(n *dsn.Notice) { n.Full, n.UTF8 = true, true }, "text/rfc822-headers", "Hello"},
		{"8-bit text as it is", func(n *dsn.Notice) { n.Full, n.Message = true, []byte(letter+"Grüße\r\n") }, "Content-Transfer-Encoding: 8bit", "quoted-printable\r\nContent-Type: message/rfc822"},
		{"a header without end is cut", func(n *dsn.Notice) { n.Message = []byte(strings.Repeat("X: y\r\n", 50_000)) }, "text/rfc822-headers", "zzz"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			raw := compose(t, notice(tc.change))
			if !strings.Contains(raw, tc.has) || strings.Contains(raw, tc.not) {
				t.Errorf("%.3000s", raw)
			}
			if len(raw) > dsn.MaxReturned+10_000 {
				t.Errorf("%d octets", len(raw))
			}
		})
	}
}

func TestSubjectAndReportSayWhatHappened(t *testing.T) {
	for _, tc := range []struct {
		name     string
		r        dsn.Recipient
		subject  string
		contains []string
	}{
		{
			"delayed",
			dsn.Recipient{Address: "a@example.net", Action: dsn.Delayed, Code: 450, Status: "4.2.0", Text: "try later", Until: now.Add(time.Hour)},
			"Delayed Mail",
			[]string{"Action: delayed", "Status: 4.2.0", "Will-Retry-Until: Tue, 24 Nov 2026 13:00:00 +0000"},
		},
		{"relayed", dsn.Recipient{Address: "a@example.net", Action: dsn.Relayed, Code: 250, Text: "ok"}, "Successful Mail", []string{"Action: relayed", "Status: 2.0.0"}},
		{"nobody answered", dsn.Recipient{Address: "a@example.net", Action: dsn.Failed, Text: "given up"}, "Undelivered", []string{"Status: 4.4.7", "Diagnostic-Code: x-unix; given up"}},
		{"no enhanced code", dsn.Recipient{Address: "a@example.net", Action: dsn.Failed, Code: 550, Text: "no"}, "Undelivered", []string{"Status: 5.0.0"}},
		{"an address beyond ASCII", dsn.Recipient{Address: "josé@example.net", Action: dsn.Failed, Code: 550, Text: "no"}, "Undelivered", []string{`Final-Recipient: utf-8; jos\x{E9}@example.net`}},
		{
			"a block with its page",
			dsn.Recipient{Address: "a@example.net", Action: dsn.Failed, Code: 550, Text: "blocked using zen.spamhaus.org, see https://check.spamhaus.org/query/ip/192.0.2.7"},
			"Undelivered",
			[]string{"refuses the message, not the address", "More: https://check.spamhaus.org/query/ip/192.0.2.7"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			raw := compose(t, notice(func(n *dsn.Notice) { n.Recipients = []dsn.Recipient{tc.r} }))
			for _, want := range append(tc.contains, "Subject: "+tc.subject) {
				if !strings.Contains(raw, want) {
					t.Errorf("no %q in\n%s", want, raw)
				}
			}
		})
	}
}

// hostile is what servers and senders may say.
var hostile = notice(func(n *dsn.Notice) {
	n.EnvelopeID = "x\r\nBcc: victim@example.net"
	n.Message = []byte("Subject: a\x1b[31m\r\nMessage-ID: <x>\x00\r\nX: \xff\xfe\r\n\r\n--boundary\r\n")
	n.Recipients[0].Original = "rfc822;a\r\nAction: delivered"
	n.Recipients[0].Text = "go\r\n.\r\nAction: delivered\x1b[2J \u202eevil " + strings.Repeat("long ", 300)
})

func TestNothingThatOthersSayGetsOutOfItsPlace(t *testing.T) {
	raw := compose(t, hostile)
	for line := range strings.SplitSeq(raw, "\r\n") {
		if strings.HasPrefix(line, "Bcc:") || line == "Action: delivered" || line == "." || strings.ContainsAny(line, "\x1b\r\n") {
			t.Errorf("line %q", line)
		}
		if len(line) > 998 {
			t.Errorf("a line of %d octets", len(line))
		}
	}
}

func TestOurOwnBouncesAreReadRight(t *testing.T) {
	for _, tc := range []struct {
		name string
		r    dsn.Recipient
		want bounce.Class
	}{
		{"hard", dsn.Recipient{Action: dsn.Failed, Code: 550, Status: "5.1.1", Text: "no such user"}, bounce.Hard},
		{"soft", dsn.Recipient{Action: dsn.Failed, Code: 452, Status: "4.2.2", Text: "given up after 120h: mailbox full"}, bounce.Soft},
		{"block", dsn.Recipient{Action: dsn.Failed, Code: 554, Status: "5.7.1", Text: "blocked using zen.spamhaus.org"}, bounce.Block},
		{"still tried", dsn.Recipient{Action: dsn.Delayed, Code: 450, Status: "4.7.1", Text: "no such user maybe"}, bounce.Soft},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.r.Address = "Gone@example.net"
			got, err := bounce.Read(strings.NewReader(compose(t, notice(func(n *dsn.Notice) { n.Recipients = []dsn.Recipient{tc.r} }))))
			if err != nil {
				t.Fatal(err)
			}
			if got.Kind != bounce.Bounced || got.Verdict.Class != tc.want || !strings.EqualFold(got.Recipient, "gone@example.net") ||
				got.OriginalMessageID != "<1@example.org>" || got.Status != tc.r.Status {
				t.Errorf("%+v", got)
			}
		})
	}
}

// pythonReader prints what Python's email package finds in a report.
const pythonReader = `
import email, json, sys
from email import policy
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=policy.default)
parts = list(m.iter_parts())
print(json.dumps({"type": m.get_content_type(), "defects": [str(d) for p in [m, *parts] for d in p.defects],
 "parts": [p.get_content_type() for p in parts],
 "groups": [{k.lower(): " ".join(str(v).split()) for k, v in g.items()} for g in parts[1].get_payload()]}))
`

func TestPythonReadsOurReports(t *testing.T) {
	servertest.RequireOrSkip(t, "python3", "python3")
	for name, n := range map[string]dsn.Notice{"plain": notice(nil), "full": notice(func(n *dsn.Notice) { n.Full = true }), "hostile": hostile} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "python3", "-c", pythonReader)
			cmd.Stdin = strings.NewReader(compose(t, n))
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			var got struct {
				Type    string
				Defects []string
				Parts   []string
				Groups  []map[string]string
			}
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatal(err)
			}
			if got.Type != "multipart/report" || len(got.Defects) > 0 || len(got.Parts) != 3 || len(got.Groups) != 2 ||
				got.Groups[1]["action"] != "failed" || got.Groups[1]["final-recipient"] != "rfc822; gone@example.net" {
				t.Errorf("%s", out)
			}
		})
	}
}

func FuzzCompose(f *testing.F) {
	f.Add("no such user", "rfc822;a@example.net", "id", []byte(letter), true)
	f.Add("a\r\nb\x00\u202e", "x", "\xff", []byte("\r\n\r\n"), false)
	f.Add("", "", "", []byte("Subject:\r\n x\r\nMessage-ID:\r\n <a@b>\r\n"), true)
	f.Fuzz(func(t *testing.T, text, original, envelope string, raw []byte, full bool) {
		out, err := notice(func(n *dsn.Notice) {
			n.EnvelopeID, n.Message, n.Full = envelope, raw, full
			n.Recipients[0].Text, n.Recipients[0].Original = text, original
		}).Compose()
		if err != nil {
			t.Fatal(err)
		}
		pairs := bytes.Count(out, []byte("\r\n"))
		if stray := bytes.ContainsAny(raw, "\r\n"); !stray && (bytes.Count(out, []byte("\r")) != pairs || bytes.Count(out, []byte("\n")) != pairs) {
			t.Errorf("line endings other than CRLF:\n%q", out)
		}
		head, _, _ := bytes.Cut(out, []byte("\r\n\r\n"))
		if fields := bytes.Count(head, []byte("\r\n")); fields > 14 {
			t.Errorf("%d lines of header:\n%s", fields, head)
		}
		read, err := bounce.Read(bytes.NewReader(out))
		if err != nil || read.Kind != bounce.Bounced {
			t.Errorf("%v %s", err, fmt.Sprintf("%+v", read))
		}
	})
}
