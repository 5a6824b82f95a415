package relay_test

import (
	"strings"
	"testing"
	"time"

	"spamreport/relay"
)

// said records the commands that reach a server.
type said struct{ lines []string }

func (s *said) script(line string) string {
	s.lines = append(s.lines, line)
	return ""
}

func TestWhatIsAskedOfTheNextServer(t *testing.T) {
	receipts := []relay.Receipt{{Notify: "SUCCESS,FAILURE", Original: "rfc822;a+b@example.net"}, {}}
	dsn := relay.DSN{Return: "HDRS", Envelope: "QQ 314=x"}
	tests := []struct {
		name       string
		extensions string
		envelope   relay.Envelope
		subject    string
		mail, rcpt string // the commands; "" when the mail is refused
		refused    string
	}{
		{
			name: "nothing is offered, nothing is asked", envelope: relay.Envelope{DSN: dsn, Notify: receipts},
			mail: "MAIL FROM:<alice@example.org>", rcpt: "RCPT TO:<abuse@example.net>",
		},
		{
			name: "delivery reports are passed on", extensions: "DSN", envelope: relay.Envelope{DSN: dsn, Notify: receipts},
			mail: "MAIL FROM:<alice@example.org> RET=HDRS ENVID=QQ+20314+3Dx",
			rcpt: "RCPT TO:<abuse@example.net> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a+2Bb@example.net",
		},
		{
			name: "a line break in a parameter stays inside of it", extensions: "DSN",
			envelope: relay.Envelope{DSN: relay.DSN{Envelope: "x\r\nRSET"}},
			mail:     "MAIL FROM:<alice@example.org> ENVID=x+0D+0ARSET", rcpt: "RCPT TO:<abuse@example.net>",
		},
		{
			name: "the size is told", extensions: "SIZE",
			mail: "MAIL FROM:<alice@example.org> SIZE=21", rcpt: "RCPT TO:<abuse@example.net>",
		},
		{
			name: "8-bit text", extensions: "8BITMIME", subject: "ü",
			mail: "MAIL FROM:<alice@example.org> BODY=8BITMIME", rcpt: "RCPT TO:<abuse@example.net>",
		},
		{
			name: "SMTPUTF8 in the header", extensions: "8BITMIME SMTPUTF8", subject: "ü", envelope: relay.Envelope{UTF8: true},
			mail: "MAIL FROM:<alice@example.org> BODY=8BITMIME SMTPUTF8", rcpt: "RCPT TO:<abuse@example.net>",
		},
		{
			name: "SMTPUTF8 in the header where it is not offered", extensions: "8BITMIME", subject: "ü", envelope: relay.Envelope{UTF8: true},
			refused: "5.6.7",
		},
		{
			name: "SMTPUTF8 was asked for and is not needed", extensions: "8BITMIME", envelope: relay.Envelope{UTF8: true},
			mail: "MAIL FROM:<alice@example.org>", rcpt: "RCPT TO:<abuse@example.net>",
		},
		{
			name: "an original address beyond ASCII is left out", extensions: "DSN",
			envelope: relay.Envelope{Notify: []relay.Receipt{{Notify: "NEVER", Original: "utf-8;jürgen@example.net"}, {}}},
			mail:     "MAIL FROM:<alice@example.org>", rcpt: "RCPT TO:<abuse@example.net> NOTIFY=NEVER",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var heard said
			sink := newSink(t, heard.script)
			sink.extensions = strings.Fields(test.extensions)
			r := newRelay(t, sink.addr)
			e := test.envelope
			e.From, e.To = alice, []string{desk, noc}
			subject := test.subject
			if subject == "" {
				subject = "x"
			}
			s := relay.Submission{ID: relay.NewID(), Envelope: e, Message: []byte("Subject: " + subject + "\r\n\r\nhello\r\n"), Queued: time.Now()}
			if err := r.Queue.Enqueue(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := states(t, r, s.ID)[desk]
			if test.refused != "" {
				if got.State != relay.Failed || got.Reply.Status != test.refused {
					t.Errorf("%s: %s", got.State, got.Reply)
				}
				return
			}
			all := strings.Join(heard.lines, "\n") + "\n"
			for _, want := range []string{test.mail, test.rcpt} {
				if !strings.Contains(all, want+"\n") {
					t.Errorf("want %q in\n%s", want, all)
				}
			}
		})
	}
}
