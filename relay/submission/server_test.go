package submission_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"spamreport/relay"
	"spamreport/relay/submission"
)

func TestAUserWhoLoggedInSends(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	tests := []struct {
		name     string
		connect  func(t *testing.T) *peer
		protocol string
	}{
		{"in the clear on this machine", func(t *testing.T) *peer {
			return w.loggedIn(t)
		}, "ESMTPA"},
		{"after STARTTLS", func(t *testing.T) *peer {
			p := dial(t, w.addr)
			p.expect("connect", "220 relay.example ")
			if caps := p.say("EHLO client.example", "250-"); !strings.Contains(caps, "STARTTLS") {
				t.Errorf("no STARTTLS in %q", caps)
			}
			p.startTLS(w.ca)
			if caps := p.say("EHLO client.example", "250-"); strings.Contains(caps, "STARTTLS") {
				t.Errorf("STARTTLS over TLS in %q", caps)
			}
			p.say(plain(alice, password), "235 ")
			return p
		}, "ESMTPSA"},
		{"over implicit TLS, with LOGIN", func(t *testing.T) *peer {
			p := w.dialTLS(t)
			p.expect("connect", "220 ")
			p.say("EHLO client.example", "250-")
			p.say("AUTH LOGIN", "334 VXNlcm5hbWU6")
			p.say("YWxpY2VAZXhhbXBsZS5vcmc=", "334 UGFzc3dvcmQ6")
			p.say("Y29ycmVjdF9ob3JzZQ==", "235 ")
			return p
		}, "ESMTPSA"},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := test.connect(t)
			p.say("MAIL FROM:<alice@example.org>", "250 ")
			p.say("RCPT TO:<abuse@example.net>", "250 ")
			p.say("DATA", "354 ")
			reply := p.say(message+".", "250 2.0.0 queued as ")
			p.say("QUIT", "221 ")
			got := w.queue.all()
			if len(got) != i+1 {
				t.Fatalf("%d messages in the queue", len(got))
			}
			s := got[i]
			if !strings.Contains(reply, s.ID) || s.Submitter != alice || s.Envelope.From != alice || s.Envelope.To[0] != desk {
				t.Errorf("queued as %+v", s)
			}
			trace := "Received: from localhost (authenticated)\r\n\tby relay.example (spamreport) with " + test.protocol + " id " + s.ID
			if !bytes.HasPrefix(s.Message, []byte(trace)) {
				t.Errorf("message begins %.200q", s.Message)
			}
			if !bytes.HasSuffix(s.Message, []byte("\r\n\r\ntext\r\n")) || !bytes.Contains(s.Message, []byte("\r\nMessage-ID: ")) {
				t.Errorf("message is %q", s.Message)
			}
		})
	}
}

func TestTheParametersOfTheEnvelopeAreKept(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.loggedIn(t)
	p.say("MAIL FROM:<alice@example.org> BODY=8BITMIME SIZE=200 RET=HDRS ENVID=a+2Bb SMTPUTF8", "250 ")
	p.say("RCPT TO:<abuse@example.net> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;desk+2Bx@example.net", "250 ")
	p.say("RCPT TO:<müller@bücher.example>", "250 ")
	p.say("DATA", "354 ")
	p.say(message+".", "250 ")
	e := w.queue.all()[0].Envelope
	want := relay.Envelope{
		From: alice, To: []string{desk, "müller@xn--bcher-kva.example"}, UTF8: true,
		DSN:    relay.DSN{Return: "HDRS", Envelope: "a+b"},
		Notify: []relay.Receipt{{Notify: "SUCCESS,DELAY", Original: "rfc822;desk+x@example.net"}, {}},
	}
	diff(t, want, e)
}

func TestPipelinedCommandsAreAnsweredInOrder(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.loggedIn(t)
	p.send("MAIL FROM:<alice@example.org>\r\nRCPT TO:<a@example.net>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n")
	for _, want := range []string{"250 ", "250 ", "250 ", "354 "} {
		p.expect("pipelined", want)
	}
	p.send(message + ".\r\nMAIL FROM:<alice@example.org>\r\nRCPT TO:<c@example.net>\r\nBDAT 10\r\nSubject: xBDAT 9 LAST\r\n\r\n\r\nabc\r\nQUIT\r\n")
	for _, want := range []string{"250 ", "250 ", "250 ", "250 ", "250 ", "221 "} {
		p.expect("pipelined", want)
	}
	if got := w.queue.all(); len(got) != 2 || !bytes.Contains(got[1].Message, []byte("Subject: x\r\n")) {
		t.Errorf("queued: %+v", got)
	}
}

func TestDotsAndLongLinesArriveAsTheyWere(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	p := w.loggedIn(t)
	body := ".\r\n..\r\n.leading\r\n" + strings.Repeat("x", 998) + "\r\n\r\nGrüße\r\n"
	p.say("MAIL FROM:<alice@example.org>", "250 ")
	p.say("RCPT TO:<abuse@example.net>", "250 ")
	p.say("DATA", "354 ")
	p.send("From: alice@example.org\r\n\r\n" + strings.ReplaceAll("\r\n"+body, "\r\n.", "\r\n..")[2:] + ".\r\n")
	p.expect("text", "250 ")
	if got := w.queue.all()[0].Message; !bytes.HasSuffix(got, []byte("\r\n\r\n"+body)) {
		t.Errorf("queued as %q", got)
	}
}

func TestATextIsTheSameHoweverTheNetworkCutsIt(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	text := "From: x@example.com\r\nSubject: x\r\n\r\nplain\r\n..dot\r\n\r\nplain\r\n.\r\n"
	want := "\r\n\r\nplain\r\n.dot\r\n\r\nplain\r\n"
	before := "EHLO x\r\nMAIL FROM:<x@example.com>\r\nRCPT TO:<abuse@example.net>\r\nDATA\r\n"
	for cut := range text {
		pieces := io.MultiReader(strings.NewReader(before), strings.NewReader(text[:cut]), strings.NewReader(text[cut:]+"QUIT\r\n"))
		var out strings.Builder
		w.ServeConn(t.Context(), submission.Stdio(pieces, &out), submission.LocalUser())
		got := w.queue.all()
		if len(got) != cut+1 || !bytes.HasSuffix(got[cut].Message, []byte(want)) || !strings.HasSuffix(out.String(), "221 2.0.0 Bye\r\n") {
			t.Fatalf("cut before %q: queued %d, said %s", text[cut:], len(got), out.String())
		}
	}
}

func TestAListenerThatOthersReachNeedsTLS(t *testing.T) {
	t.Parallel()
	w := start(t, func(s *submission.Server) { s.TLS = nil })
	p := dial(t, w.addr)
	p.expect("connect", "220 ")
	if caps := p.say("EHLO x", "250-"); strings.Contains(caps, "STARTTLS") || !strings.Contains(caps, "AUTH PLAIN LOGIN") {
		t.Errorf("loopback without a certificate offers %q", caps)
	}
	l := listen(t, "0.0.0.0:0")
	s := &submission.Server{Name: "x", Queue: w.queue, Users: w.users}
	if err := s.Serve(t.Context(), submission.Listener{Listener: l}); err == nil {
		t.Error("serves the world without TLS")
	}
}
