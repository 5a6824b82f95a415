package submission_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"spamreport/relay/submission"
)

func TestConnectionsAreLimited(t *testing.T) {
	t.Parallel()
	w := start(t, func(s *submission.Server) { s.Limits.Sessions, s.Limits.PerAddress = 4, 2 })
	for range 2 {
		dial(t, w.outside).expect("connect", "220 ")
	}
	dial(t, w.outside).expect("a third from one address", "421 4.7.0 ")
	for range 2 {
		dial(t, w.addr).expect("another address", "220 ")
	}
	dial(t, w.addr).expect("a fifth in all", "421 4.3.2 ")
}

func TestAConnectionThatEndsMakesRoom(t *testing.T) {
	t.Parallel()
	w := start(t, func(s *submission.Server) { s.Limits.Sessions = 1 })
	for range 3 {
		p := dial(t, w.addr)
		for p.reply()[:3] != "220" { // the one before is just ending
			p = dial(t, w.addr)
		}
		p.say("EHLO x", "250-")
		p.say("QUIT", "221 ")
		if more := p.rest(); more != "" {
			t.Errorf("after QUIT: %q", more)
		}
	}
}

func TestASessionThatWastesTimeEnds(t *testing.T) {
	t.Parallel()
	quick := 100 * time.Millisecond
	tests := []struct {
		name   string
		limits submission.Limits
		login  bool
		send   string
		want   string
	}{
		{"no log-in", submission.Limits{Login: quick}, false, hello, "421 4.4.2 "},
		{"half a command", submission.Limits{Login: quick}, false, "EHL", "421 4.4.2 "},
		{"silence after the log-in", submission.Limits{Idle: quick}, true, "NOOP\r\n", "421 4.4.2 "},
		{"silence within a text", submission.Limits{Text: quick}, true, mailFrom(alice) + toDesk + "DATA\r\nSubject: x", "451 4.4.2 "},
		{"silence within a chunk", submission.Limits{Text: quick}, true, mailFrom(alice) + toDesk + "BDAT 10\r\nSubj", "451 4.4.2 "},
		{"too many errors", submission.Limits{Errors: 3}, false, strings.Repeat("RCPT TO:<x@example.net>\r\n", 6), "421 4.7.0 "},
		{"too many commands", submission.Limits{Commands: 20}, true, strings.Repeat("NOOP\r\n", 30), "421 4.7.0 "},
		{"nonsense", submission.Limits{}, true, strings.Repeat("XYZZY\r\n", 5), "500 "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, func(s *submission.Server) { s.Limits = test.limits })
			p := dial(t, w.addr)
			if test.login {
				p = w.loggedIn(t)
			}
			p.send(test.send)
			if said := p.rest(); !strings.Contains("\n"+said, "\n"+test.want) {
				t.Errorf("no %s in\n%s", test.want, said)
			}
			if len(w.queue.all()) != 0 {
				t.Error("queued")
			}
		})
	}
}

func TestTheMemoryForMessagesIsBounded(t *testing.T) {
	t.Parallel()
	w := start(t, func(s *submission.Server) { s.Limits.InFlight = 100_000 })
	p, q := w.loggedIn(t), w.loggedIn(t)
	for _, peer := range []*peer{p, q} {
		peer.say("MAIL FROM:<alice@example.org>", "250 ")
		peer.say("RCPT TO:<abuse@example.net>", "250 ")
	}
	big := "From: alice@example.org\r\n\r\n" + strings.Repeat(strings.Repeat("x", 70)+"\r\n", 800)
	// The answer to a chunk says that it is in.
	p.say(fmt.Sprintf("BDAT %d\r\n%s", len(big), strings.TrimSuffix(big, "\r\n")), "250 ")
	q.say("DATA", "354 ")
	q.send(big + ".\r\n")
	q.expect("a message too much at once", "452 4.3.1 ")
	p.say("BDAT 0 LAST", "250 ")
	if got := q.sendText(alice, desk, message); !strings.HasPrefix(got, "250 ") {
		t.Errorf("when there is room again: %q", got)
	}
}

func TestTooManyRecipientsAreForAnotherTransaction(t *testing.T) {
	t.Parallel()
	w := start(t, func(s *submission.Server) { s.Limits.Recipients = 3 })
	p := w.loggedIn(t)
	p.say("MAIL FROM:<alice@example.org>", "250 ")
	for i := range 3 {
		p.say(fmt.Sprintf("RCPT TO:<a%d@example.net>", i), "250 ")
	}
	p.say("RCPT TO:<a4@example.net>", "452 4.5.3 ")
	p.say("DATA", "354 ")
	p.say(message+".", "250 ")
	if n := len(w.queue.all()[0].Envelope.To); n != 3 {
		t.Errorf("%d recipients", n)
	}
}

func TestStoppingLetsAMessageFinish(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	idle, busy := w.loggedIn(t), w.loggedIn(t)
	busy.say("MAIL FROM:<alice@example.org>", "250 ")
	busy.say("RCPT TO:<abuse@example.net>", "250 ")
	busy.say("DATA", "354 ")
	busy.send("From: alice@example.org\r\n")
	w.stop()
	idle.expect("stop", "421 4.3.2 ")
	busy.send("\r\nx\r\n.\r\n")
	busy.expect("the rest of the text", "250 ")
	busy.expect("then", "421 4.3.2 ")
	w.end(t)
	if len(w.queue.all()) != 1 {
		t.Error("the message was lost")
	}
}

func TestStoppingDoesNotWaitForever(t *testing.T) {
	t.Parallel()
	w := start(t, func(s *submission.Server) { s.Limits.Grace = 50 * time.Millisecond })
	p := w.loggedIn(t)
	p.say("MAIL FROM:<alice@example.org>", "250 ")
	p.say("RCPT TO:<abuse@example.net>", "250 ")
	p.say("DATA", "354 ")
	w.end(t)
	p.send(message + ".\r\n")
	if said := p.rest(); strings.Contains(said, "250 ") || len(w.queue.all()) != 0 {
		t.Errorf("accepted after the end: %q", said)
	}
}
