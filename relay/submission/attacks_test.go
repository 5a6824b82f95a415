package submission_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"spamreport/relay/submission"
)

// attack is something that must not get mail into the queue.
type attack struct {
	name   string
	octets string // sent at once, as they are
	want   string // a reply that must be among the answers
}

const (
	hello  = "EHLO attacker.example\r\n"
	toDesk = "RCPT TO:<victim@example.net>\r\n"
	text   = "DATA\r\n" + message + ".\r\n"
	quit   = "QUIT\r\n"
)

func mailFrom(sender string) string { return "MAIL FROM:<" + sender + ">\r\n" }

// strangers have no log-in. All of these are tried from outside and from this
// machine.
var strangers = []attack{
	{"just sends", hello + mailFrom(alice) + toDesk + text + quit, "530 5.7.0"},
	{"sends without EHLO", mailFrom(alice) + toDesk + text + quit, "502 5.5.1"},
	{"says HELO", "HELO localhost\r\n" + mailFrom(alice) + toDesk + text + quit, "530 5.7.0"},
	{"claims to be this host", "EHLO relay.example\r\n" + mailFrom("root@relay.example") + toDesk + text + quit, "530 5.7.0"},
	{"claims to be loopback", "EHLO [127.0.0.1]\r\n" + mailFrom(alice) + toDesk + text + quit, "530 5.7.0"},
	{"sends a bounce", hello + mailFrom("") + toDesk + text + quit, "530 5.7.0"},
	{"sends to this host", hello + mailFrom("x@example.com") + "RCPT TO:<postmaster@relay.example>\r\n" + text + quit, "530 5.7.0"},
	{"percent hack", hello + mailFrom("x@example.com") + "RCPT TO:<victim%example.net@relay.example>\r\n" + text + quit, "530 5.7.0"},
	{"source route", hello + mailFrom("x@example.com") + "RCPT TO:<@relay.example:victim@example.net>\r\n" + text + quit, "530 5.7.0"},
	{"bang path", hello + mailFrom("x@example.com") + "RCPT TO:<example.net!victim@relay.example>\r\n" + text + quit, "530 5.7.0"},
	{"quoted route", hello + mailFrom("x@example.com") + "RCPT TO:<\"victim@example.net\"@relay.example>\r\n" + text + quit, "530 5.7.0"},
	{"names a user in AUTH=", hello + "MAIL FROM:<alice@example.org> AUTH=alice@example.org\r\n" + toDesk + text + quit, "530 5.7.0"},
	{"begins with RCPT", hello + toDesk + text + quit, "502 5.5.1"},
	{"begins with DATA", hello + text + quit, "502 5.5.1"},
	{"begins with BDAT", hello + "BDAT 30 LAST\r\nFrom: alice@example.org\r\n\r\nx\r\n" + quit, "502 5.5.1"},
	{"hides commands in a chunk", hello + fmt.Sprintf("BDAT %d LAST\r\n", len(mailFrom(alice)+toDesk)) + mailFrom(alice) + toDesk + text + quit, "502 5.5.1"},
	{"resets again and again", hello + strings.Repeat("RSET\r\n"+hello, 5) + mailFrom(alice) + toDesk + text + quit, "530 5.7.0"},
	{"forges its address with XCLIENT", "XCLIENT ADDR=127.0.0.1 LOGIN=alice@example.org\r\n" + hello + mailFrom(alice) + toDesk + text + quit, "501 5.5.2"},
	{"forges its address with PROXY", "PROXY TCP4 127.0.0.1 127.0.0.1 1 587\r\n" + hello + mailFrom(alice) + toDesk + text + quit, "501 5.5.2"},
	{"a browser that posts a form", "POST / HTTP/1.1\r\nHost: x\r\n\r\n" + hello + mailFrom(alice) + toDesk + text + quit, "554 5.5.1"},
	{"old commands to send", hello + "SEND FROM:<alice@example.org>\r\nSOML FROM:<alice@example.org>\r\nTURN\r\nETRN x\r\n" + quit, "502 5.5.1"},
	{"asks who exists", hello + "EXPN staff\r\n" + quit, "502 5.5.1"},
	{"LMTP", "LHLO x\r\n" + mailFrom(alice) + toDesk + text + quit, "500 5.5.1"},
	{"cancels the log-in", hello + "AUTH PLAIN\r\n*\r\n" + mailFrom(alice) + toDesk + text + quit, "530 5.7.0"},
	{"lone LF ends a command", "EHLO x\n" + mailFrom(alice) + quit, "500 5.5.2"},
	{"a command of the largest size and more", "EHLO " + strings.Repeat("x", 3000) + "\r\n" + quit, "500 5.5.2"},
	{"a command without an end", strings.Repeat("x", 100_000), "500 5.5.2"},
	{"NUL in a command", "EHLO x\x00y\r\n" + quit, "500 5.5.2"},
	{"binary", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n" + quit, "500 5.5.2"},
}

// liars try to log in. They are on this machine, where AUTH is offered.
var liars = []attack{
	{"a wrong password", hello + plain(alice, "guess") + "\r\n" + mailFrom(alice) + toDesk + text + quit, "535 5.7.8"},
	{"an empty password", hello + plain(alice, "") + "\r\n" + mailFrom(alice) + toDesk + text + quit, "535 5.7.8"},
	{"an unknown user", hello + plain("nobody", password) + "\r\n" + mailFrom(alice) + toDesk + text + quit, "535 5.7.8"},
	{"an empty user", hello + plain("", password) + "\r\n" + mailFrom(alice) + toDesk + text + quit, "535 5.7.8"},
	{"a disabled user", hello + plain("gone@example.org", password) + "\r\n" + mailFrom(alice) + toDesk + text + quit, "535 5.7.8"},
	{"the hash as the password", hello + plain("hashed", aliceHash) + "\r\n" + mailFrom(alice) + toDesk + text + quit, "535 5.7.8"},
	{"logs in for another", hello + "AUTH PLAIN Ym9iAGFsaWNlQGV4YW1wbGUub3JnAGNvcnJlY3RfaG9yc2U=\r\n" + mailFrom(alice) + toDesk + text + quit, "535 5.7.8"},
	{"no base64", hello + "AUTH PLAIN !!!\r\n" + mailFrom(alice) + toDesk + text + quit, "530 5.7.0"},
	{"too few fields", hello + "AUTH PLAIN AGFsaWNl\r\n" + mailFrom(alice) + toDesk + text + quit, "530 5.7.0"},
	{"a mechanism that is not there", hello + "AUTH CRAM-MD5\r\n" + mailFrom(alice) + toDesk + text + quit, "504 5.5.4"},
	{"commands instead of an answer", hello + "AUTH LOGIN\r\n" + mailFrom(alice) + toDesk + text + quit, "454 4.7.0"},
	{"an endless answer", hello + "AUTH LOGIN\r\n" + strings.Repeat("A", 20_000) + "\r\n" + quit, "500 5.5.2"},
}

// abusers have logged in as alice, or use a connection of hers.
var abusers = []attack{
	{"another sender", mailFrom("bob@example.org") + toDesk + text + quit, "550 5.7.1"},
	{"a sender of a similar domain", mailFrom("alice@example.org.evil.example") + toDesk + text + quit, "550 5.7.1"},
	{"a quoted sender", mailFrom(`"alice@example.org"@evil.example`) + toDesk + text + quit, "553 5.1.3"},
	{"a sender with a route", mailFrom("@evil.example:alice@example.org") + toDesk + text + quit, "553 5.1.3"},
	{"an empty sender", mailFrom("") + toDesk + text + quit, "550 5.7.1"},
	{"a second sender", mailFrom(alice) + toDesk + mailFrom("bob@example.org") + "RSET\r\n" + quit, "503 5.5.1"},
	{"another author", mailFrom(alice) + toDesk + "DATA\r\nFrom: bob@example.org\r\n\r\nx\r\n.\r\n" + quit, "550 5.7.1"},
	{"another author beside herself", mailFrom(alice) + toDesk + "DATA\r\nFrom: alice@example.org, bob@example.org\r\n\r\nx\r\n.\r\n" + quit, "550 5.7.1"},
	{"an author in a name", mailFrom(alice) + toDesk + "DATA\r\nFrom: \"alice@example.org\" <bob@example.org>\r\n\r\nx\r\n.\r\n" + quit, "550 5.7.1"},
	{"two From fields", mailFrom(alice) + toDesk + "DATA\r\nFrom: alice@example.org\r\nFrom: bob@example.org\r\n\r\nx\r\n.\r\n" + quit, "550 5.6.0"},
	{"two From fields, one with a blank", mailFrom(alice) + toDesk + "DATA\r\nFrom: alice@example.org\r\nFrom : bob@example.org\r\n\r\nx\r\n.\r\n" + quit, "550 5.6.0"},
	{"a From that cannot be read", mailFrom(alice) + toDesk + "DATA\r\nFrom: <<>>@@\r\n\r\nx\r\n.\r\n" + quit, "550 5.6.0"},
	{"an author that cannot be read beside herself", mailFrom(alice) + toDesk + "DATA\r\nFrom: alice@example.org, <<bob@example.org>>\r\n\r\nx\r\n.\r\n" + quit, "550 5.6.0"},
	{"an empty From", mailFrom(alice) + toDesk + "DATA\r\nFrom:\r\n\r\nx\r\n.\r\n" + quit, "550 5.6.0"},
	{"a recipient behind a route", mailFrom(alice) + "RCPT TO:<@a.example,@b.example:victim@example.net>\r\n" + text + quit, "553 5.1.3"},
	{"a recipient with two ats", mailFrom(alice) + "RCPT TO:<victim@example.net@relay.example>\r\n" + text + quit, "553 5.1.3"},
	{"a quoted route", mailFrom(alice) + "RCPT TO:<\"victim@example.net\"@relay.example>\r\n" + text + quit, "553 5.1.3"},
	{"a bang path", mailFrom(alice) + "RCPT TO:<example.net!victim>\r\n" + text + quit, "501 5.5.2"},
	{"no domain", mailFrom(alice) + "RCPT TO:<postmaster>\r\n" + text + quit, "501 5.5.2"},
	{"a pipe", mailFrom(alice) + "RCPT TO:<|/bin/sh>\r\n" + text + quit, "501 5.5.2"},
	{"a bad domain", mailFrom(alice) + "RCPT TO:<x@exam\"ple.net>\r\n" + text + quit, "553 5.1.3"},
	{"letters beyond ASCII without SMTPUTF8", mailFrom(alice) + "RCPT TO:<müller@example.net>\r\n" + text + quit, "553 5.6.7"},
	{"a line break in ENVID", "MAIL FROM:<alice@example.org> ENVID=a+0D+0ARCPT\r\n" + toDesk + text + quit, "501 5.5.4"},
	{"a line break in ORCPT", mailFrom(alice) + "RCPT TO:<victim@example.net> ORCPT=rfc822;x+0D+0Ay\r\n" + text + quit, "501 5.5.4"},
	{"an unknown parameter", "MAIL FROM:<alice@example.org> XTRUST=1\r\n" + toDesk + text + quit, "500 5.5.4"},
	{"LF within RCPT", mailFrom(alice) + "RCPT TO:<victim@example.net>\nDATA\r\n" + quit, "500 5.5.2"},
	{"CR within RCPT", mailFrom(alice) + "RCPT TO:<victim@example.net>\rDATA\r\n" + quit, "500 5.5.2"},
	{"a message that travels in circles", mailFrom(alice) + toDesk + "DATA\r\n" + strings.Repeat("Received: from a by b; now\r\n", 101) + message + ".\r\n" + quit, "554 5.4.6"},
	{"mail that a filter forwards", mailFrom(alice) + toDesk + "DATA\r\nX-Forwarded-To: x@example.net\r\nFrom: bob@example.com\r\n\r\nx\r\n.\r\n" + quit, "550 5.7.1"},
	{"an announced size that is too large", "MAIL FROM:<alice@example.org> SIZE=99999999\r\n" + toDesk + text + quit, "552 5.3.4"},
	{"a text that is too large", mailFrom(alice) + toDesk + "DATA\r\nFrom: alice@example.org\r\n\r\n" + strings.Repeat("0123456789\r\n", 10_000) + ".\r\n" + quit, "552 5.3.4"},
	{"a chunk that is too large", mailFrom(alice) + toDesk + "BDAT 99999999 LAST\r\nx", "552 5.3.4"},
	{"chunks that are too large together", mailFrom(alice) + toDesk + strings.Repeat("BDAT 9000\r\n"+strings.Repeat("x", 9000), 8) + quit, "552 5.3.4"},
	{"a chunk of negative size", mailFrom(alice) + toDesk + "BDAT -1 LAST\r\n" + quit, "501 5.5.4"},
	{"a chunk of hexadecimal size", mailFrom(alice) + toDesk + "BDAT 0x10 LAST\r\n0123456789abcdef" + quit, "501 5.5.4"},
	{"a chunk that is the last but one", mailFrom(alice) + toDesk + "BDAT 5 LATS\r\nRSET\n" + quit, "501 5.5.4"},
	{"a chunk behind a sender that was refused", mailFrom("bob@example.org") + toDesk + fmt.Sprintf("BDAT %d LAST\r\n", len(mailFrom(alice)+toDesk+text)) + mailFrom(alice) + toDesk + text + quit, "550 5.7.1"},
	{"a chunk that is taken back", mailFrom(alice) + toDesk + "BDAT 24\r\nFrom: alice@example.org\n" + "RSET\r\nBDAT 0 LAST\r\n" + quit, "502 5.5.1"},
	{"text within chunks", mailFrom(alice) + toDesk + "BDAT 2\r\nx:DATA\r\nRSET\r\n" + quit, "502 5.5.1"},
	{"a message that breaks off", mailFrom(alice) + toDesk + "DATA\r\n" + message, ""},
	{"a chunk that breaks off", mailFrom(alice) + toDesk + "BDAT 1000 LAST\r\n" + message, ""},
}

// ends are what some server somewhere takes for the end of a message.
var ends = []string{
	"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n", "\r\n.\r", "\n.\r", "\r\n.\r\r\n", "\r\r\n.\r\n", "\n\n.\r\n",
	"\r\n\x00.\r\n", "\r\n.\x00\r\n", "\r\n.\r\x00\n", "\x00\r\n.\r\n", "\r\n\r.\r\n",
}

// smugglers hide a second message in the text of the first.
func smugglers() []attack {
	smuggled := mailFrom(alice) + toDesk + "DATA\r\nFrom: alice@example.org\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n"
	var all []attack
	for _, end := range ends {
		all = append(all, attack{
			fmt.Sprintf("an end like %q in a text", end),
			mailFrom(alice) + toDesk + "DATA\r\n" + message + "first" + end + smuggled + quit, "554 5.6.0",
		})
		chunk := message + "first" + end + smuggled
		all = append(all, attack{
			fmt.Sprintf("an end like %q in a chunk", end),
			mailFrom(alice) + toDesk + fmt.Sprintf("BDAT %d LAST\r\n", len(chunk)) + chunk + quit, "554 5.6.0",
		})
		want := "554 5.6.0"
		if strings.HasSuffix(end, "\r") && !strings.HasPrefix(end, "\n") {
			want = "451 4.4.2" // its LF might have come
		}
		all = append(all, attack{
			fmt.Sprintf("an end like %q and then silence", end),
			mailFrom(alice) + toDesk + "DATA\r\n" + message + "first" + end, want,
		})
	}
	return all
}

func TestAttacksGetNothingIntoTheQueue(t *testing.T) {
	t.Parallel()
	limited := func(s *submission.Server) { s.Limits.Message, s.Limits.Errors = 65_000, 1000 }
	w := start(t, limited)
	w.users.byName["gone@example.org"] = submission.User{Name: "gone@example.org", Hash: aliceHash, Disabled: true}
	w.users.byName["hashed"] = submission.User{Name: "hashed", Hash: aliceHash}
	// Only who falls silent meets a server that has no time.
	hasty := start(t, func(s *submission.Server) {
		limited(s)
		s.Limits.Text, s.Limits.Patience = 500*time.Millisecond, 200*time.Millisecond
	})
	try := func(t *testing.T, a attack, w *world, p *peer) {
		p.send(a.octets)
		if a.want == "" || strings.HasPrefix(a.name, "a command without") {
			_ = p.conn.(interface{ CloseWrite() error }).CloseWrite()
		}
		said := p.rest()
		if !strings.Contains("\n"+said, "\n"+a.want) {
			t.Errorf("no %s among the answers\n%s", a.want, said)
		}
		if strings.Contains(said, "queued as") || len(w.queue.all()) != 0 {
			t.Fatalf("something was queued:\n%s", said)
		}
	}
	count := 0
	for where, addr := range map[string]string{"outside": w.outside, "here": w.addr} {
		for _, a := range strangers {
			count++
			t.Run("a stranger from "+where+": "+a.name, func(t *testing.T) { try(t, a, w, dial(t, addr)) })
		}
	}
	for _, a := range liars {
		count++
		t.Run("a liar: "+a.name, func(t *testing.T) { try(t, a, w, dial(t, w.addr)) })
	}
	for _, a := range append(abusers, smugglers()...) {
		count++
		at := w
		if strings.HasSuffix(a.name, "silence") {
			at = hasty
		}
		t.Run("a user: "+a.name, func(t *testing.T) { try(t, a, at, at.loggedIn(t)) })
	}
	t.Logf("%d attacks", count)
	// The server lives, and works for those who may.
	p := w.loggedIn(t)
	p.send(mailFrom(alice) + toDesk + "DATA\r\n" + message + ".\r\n" + quit)
	if said := p.rest(); len(w.queue.all()) != 1 {
		t.Errorf("an honest message was refused:\n%s", said)
	}
}

func TestOutsideThereIsNoLoginWithoutTLS(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := dial(t, w.outside)
	p.expect("connect", "220 ")
	if caps := p.say("EHLO x", "250-"); strings.Contains(caps, "AUTH") {
		t.Errorf("AUTH is offered in the clear: %q", caps)
	}
	p.say(plain(alice, password), "538 5.7.11")
	p.say("MAIL FROM:<alice@example.org>", "530 5.7.0 say STARTTLS")
	p.startTLS(w.ca)
	p.say("EHLO x", "250-")
	p.say(plain(alice, password), "235 ")
}

func TestCommandsBehindSTARTTLSAreNeverObeyed(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	injected := []string{
		"RSET\r\n", hello + mailFrom(alice) + toDesk + text, "MAIL FROM:<alice@example.org>", "\r\n", "\n", "x",
		plain(alice, password) + "\r\n",
	}
	for _, behind := range injected {
		t.Run(behind, func(t *testing.T) {
			p := dial(t, w.outside)
			p.expect("connect", "220 ")
			p.say("EHLO x", "250-")
			p.send("STARTTLS\r\n" + behind)
			p.expect("STARTTLS", "554 5.5.1")
			if more := p.rest(); more != "" {
				t.Errorf("the session goes on: %q", more)
			}
		})
	}
	t.Run("a log-in before STARTTLS is forgotten", func(t *testing.T) {
		p := w.loggedIn(t)
		p.startTLS(w.ca)
		p.say("MAIL FROM:<alice@example.org>", "502 ") // EHLO first
		p.say("EHLO x", "250-")
		p.say("MAIL FROM:<alice@example.org>", "530 ")
	})
	t.Run("STARTTLS with a parameter", func(t *testing.T) {
		p := dial(t, w.outside)
		p.expect("connect", "220 ")
		p.say("STARTTLS now", "501 5.5.4")
		p.say("STARTTLSX", "501 5.5.4")
	})
	if n := len(w.queue.all()); n != 0 {
		t.Errorf("%d messages queued", n)
	}
}

// A text of which nobody reads the rest must not end where a line ends with a
// dot, wherever the reading stopped: what follows would be commands.
func TestATextThatIsTooLargeEndsWhereItEnds(t *testing.T) {
	for begin := range 8 {
		w := start(t, func(s *submission.Server) { s.Limits.Message = 10_000 })
		p := w.loggedIn(t)
		lines := strings.Repeat("x", begin) + "\r\n" + strings.Repeat("..dot.\r\n", 5_000)
		p.send("MAIL FROM:<" + alice + ">\r\nRCPT TO:<" + desk + ">\r\nDATA\r\n")
		p.expect("MAIL", "250")
		p.expect("RCPT", "250")
		p.expect("DATA", "354")
		p.send("From: " + alice + "\r\n\r\n" + lines + ".\r\n")
		p.expect("the text", "552 5.3.4")
		p.say("NOOP", "250")
		p.say("QUIT", "221")
		if rest := p.rest(); rest != "" {
			t.Errorf("%d octets before: the server goes on: %q", begin, rest)
		}
	}
}
