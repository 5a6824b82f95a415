package submission_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"spamreport/relay"
	"spamreport/relay/submission"
)

// sendText goes through a transaction and returns the answer to the text.
func (p *peer) sendText(from, to, text string) string {
	p.t.Helper()
	p.say("MAIL FROM:<"+from+">", "250 ")
	p.say("RCPT TO:<"+to+">", "250 ")
	p.say("DATA", "354 ")
	p.send(text + ".\r\n")
	return p.reply()
}

func TestWhatCannotBeKeptIsNotAccepted(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.loggedIn(t)
	w.queue.err = errors.New("the disk is full: /var/lib/secret/path")
	if got := p.sendText(alice, desk, message); !strings.HasPrefix(got, "452 4.3.1 ") || strings.Contains(got, "secret") {
		t.Errorf("answer %q", got)
	}
	w.queue.err = nil
	if got := p.sendText(alice, desk, message); !strings.HasPrefix(got, "250 ") {
		t.Errorf("the session did not survive: %q", got)
	}
}

func TestWhatThereIsNoRoomForIsRefusedBeforeItsText(t *testing.T) {
	t.Parallel()
	w := start(t, func(s *submission.Server) {
		s.Room = func(octets int64) error {
			if octets == 0 || octets >= 5000 {
				return errors.New("the disk is full")
			}
			return nil
		}
	})
	p := w.loggedIn(t)
	for range 1200 { // it is no mistake of the client, which may go on
		p.say("MAIL FROM:<alice@example.org> SIZE=5000", "452 4.3.1 ")
	}
	p.say("MAIL FROM:<alice@example.org>", "452 4.3.1 ")
	p.say("MAIL FROM:<alice@example.org> SIZE=4999", "250 ")
}

// judge is a policy.
type judge struct{ recipient, message error }

func (j judge) Recipient(context.Context, string, string, string) error { return j.recipient }
func (j judge) Message(_ context.Context, s relay.Submission) error     { return j.message }

func TestAPolicySaysWhatTheClientIsTold(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"for good", &submission.Refusal{Code: 550, Status: "5.1.1", Text: "suppressed since 2026-11-01"}, "550 5.1.1 suppressed since 2026-11-01\r\n"},
		{"for now", fmt.Errorf("limit: %w", &submission.Refusal{Code: 451, Status: "4.7.1", Text: "over 50/day"}), "451 4.7.1 over 50/day\r\n"},
		{"with a line break", &submission.Refusal{Code: 550, Status: "5.7.1", Text: "no\r\n250 yes"}, "550 5.7.1 no??250 yes\r\n"},
		{"by a fault of its own", errors.New("database locked"), "452 4.3.1 "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := start(t, func(s *submission.Server) { s.Policy = judge{recipient: test.err} })
			p := w.loggedIn(t)
			p.say("MAIL FROM:<alice@example.org>", "250 ")
			p.say("RCPT TO:<abuse@example.net>", test.want)
			p.say("DATA", "502 ")
			w = start(t, func(s *submission.Server) { s.Policy = judge{message: test.err} })
			if got := w.loggedIn(t).sendText(alice, desk, message); !strings.HasPrefix(got, test.want) {
				t.Errorf("answer %q, want %q", got, test.want)
			}
			if len(w.queue.all()) != 0 {
				t.Error("queued all the same")
			}
		})
	}
}

func TestSenders(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		allowed string
		from    string
		ok      bool
	}{
		{"alice@example.org", "alice@example.org", true},
		{"alice@example.org", "Alice@EXAMPLE.org", true},
		{"alice@example.org", "alice+tag@example.org", false},
		{"@example.org", "anybody@example.org", true},
		{"@example.org", "anybody@sub.example.org", false},
		{"@example.org", "anybody@notexample.org", false},
		{"@example.org", "", false},
		{"*", "anybody@example.com", true},
		{"*", "", true},
		{"", "alice@example.org", false},
	} {
		t.Run(test.allowed+" "+test.from, func(t *testing.T) {
			w := start(t, func(s *submission.Server) {
				s.Senders = func(string) []string { return strings.Fields(test.allowed) }
			})
			p := w.loggedIn(t)
			p.send("MAIL FROM:<" + test.from + ">\r\n")
			if got := p.reply(); strings.HasPrefix(got, "250 ") != test.ok {
				t.Errorf("answer %q", got)
			}
		})
	}
}

func TestALocalProgramMustLogInUnlessItHasAUser(t *testing.T) {
	t.Parallel()
	w := start(t, func(s *submission.Server) {
		s.LoopbackUser = "cron"
		s.Senders = func(user string) []string { return []string{user + "@example.org"} }
	})
	p := dial(t, w.addr)
	p.expect("connect", "220 ")
	p.say("EHLO x", "250-")
	p.say("MAIL FROM:<alice@example.org>", "550 5.7.1 user cron")
	if got := p.sendText("cron@example.org", desk, "Subject: x\r\n\r\nx\r\n"); !strings.HasPrefix(got, "250 ") {
		t.Fatal(got)
	}
	s := w.queue.all()[0]
	if s.Submitter != "cron" || !strings.Contains(string(s.Message), "From: cron@example.org\r\n") || strings.Contains(string(s.Message), "authenticated") {
		t.Errorf("queued as %+v\n%s", s.Envelope, s.Message)
	}
	// Others gain nothing by it.
	p = dial(t, w.outside)
	p.expect("connect", "220 ")
	p.say("EHLO x", "250-")
	p.say("MAIL FROM:<cron@example.org>", "530 ")
}

func TestPriorities(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.loggedIn(t)
	for _, test := range []struct {
		field string
		want  relay.Priority
	}{
		{"X-Nothing: x", relay.Normal},
		{"Precedence: bulk", relay.Bulk},
		{"Precedence: first-class", relay.Normal},
		{"List-Id: <x.example.org>", relay.Bulk},
		{"list-unsubscribe: <mailto:x@example.org>", relay.Bulk},
		{"Priority: Non-Urgent", relay.Bulk},
	} {
		if got := p.sendText(alice, desk, test.field+"\r\n"+message); !strings.HasPrefix(got, "250 ") {
			t.Fatal(got)
		}
		if all := w.queue.all(); all[len(all)-1].Priority != test.want {
			t.Errorf("%s: priority %d", test.field, all[len(all)-1].Priority)
		}
	}
	p.say("MAIL FROM:<alice@example.org>", "250 ")
	for i := range 21 {
		p.say(fmt.Sprintf("RCPT TO:<a%d@example.net>", i), "250 ")
	}
	p.say("DATA", "354 ")
	p.say(message+".", "250 ")
	if all := w.queue.all(); all[len(all)-1].Priority != relay.Bulk {
		t.Error("21 recipients are not bulk")
	}
}

func TestMailThatAProgramForwardsIsLimitedAsConfigured(t *testing.T) {
	t.Parallel()
	const forwarded = "X-Forwarded-To: x@example.net\r\nFrom: someone@example.com\r\n\r\nx\r\n"
	w := start(t, func(s *submission.Server) { s.Forwarded = rate.NewLimiter(rate.Every(time.Hour), 2) })
	p := w.loggedIn(t)
	for i, want := range []string{"250 ", "250 ", "450 4.7.1 "} {
		if got := p.sendText(alice, desk, forwarded); !strings.HasPrefix(got, want) {
			t.Errorf("message %d: %q, want %s", i+1, got, want)
		}
	}
	if got := p.sendText(alice, desk, message); !strings.HasPrefix(got, "250 ") {
		t.Errorf("mail of her own: %q", got)
	}
}

func TestTheTraceNamesTheClientOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	for _, full := range []bool{false, true} {
		w := start(t, func(s *submission.Server) { s.FullTrace = full })
		p := dial(t, w.outside)
		p.expect("connect", "220 ")
		p.startTLS(w.ca)
		p.say("EHLO secret-laptop.home", "250-")
		p.say(plain(alice, password), "235 ")
		if got := p.sendText(alice, desk, message); !strings.HasPrefix(got, "250 ") {
			t.Fatal(got)
		}
		got := string(w.queue.all()[0].Message)
		if strings.Contains(got, "secret-laptop") || strings.Contains(got, "198.51.100.7") != full {
			t.Errorf("full %v: %.300s", full, got)
		}
	}
}

func TestSMTPOnStandardInput(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	in := "EHLO x\r\nMAIL FROM:<anybody@example.com>\r\nRCPT TO:<abuse@example.net>\r\nDATA\r\nFrom: x@example.com\r\nBcc: b@example.com\r\n\r\nx\r\n.\r\nSTARTTLS\r\nAUTH PLAIN\r\nQUIT\r\n"
	var out strings.Builder
	w.ServeConn(t.Context(), submission.Stdio(strings.NewReader(in), &out), submission.LocalUser())
	if !strings.Contains(out.String(), "250 2.0.0 queued as ") || !strings.HasSuffix(out.String(), "221 2.0.0 Bye\r\n") ||
		!strings.Contains(out.String(), "502 5.5.1 STARTTLS") || !strings.Contains(out.String(), "502 5.5.1 there is nobody") {
		t.Errorf("said %s", out.String())
	}
	if got := w.queue.all(); len(got) != 1 || got[0].Envelope.From != "anybody@example.com" || strings.Contains(string(got[0].Message), "Bcc") {
		t.Errorf("queued %+v", got)
	}
}
