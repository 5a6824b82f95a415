package relay_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"spamreport/relay"
)

func FuzzPrepare(f *testing.F) {
	for _, seed := range []string{
		"", "text", "\r", "\n.\n", "From: a@b.c\nTo: d@e.f\n\nx", "To: a@b.c\rBcc: d@e.f\n\n",
		"From x\nTo: \"a, b\" <a@b.c>, (c) d@e.f;g: h@i.j;\n\n.\r\n..\r\n",
		": x\n y\n", "A:\n\n" + strings.Repeat("y", 3000), "Subject: " + strings.Repeat("ä ", 2000) + "\n\n",
		"To: a@[IPv6:::1], <@x,@y:a@b.c>, \"\\\"\"@b.c, a@b.c>\n\n",
	} {
		f.Add([]byte(seed), desk, "")
	}
	f.Fuzz(func(t *testing.T, raw []byte, to, from string) {
		o := prepareOptions()
		o.Recipients, o.From, o.FromHeader = []string{to}, from, true
		p, err := relay.Prepare(raw, o)
		if err != nil {
			return
		}
		checkPrepared(t, p)
		// What is prepared is complete: once more changes nothing.
		again, err := relay.Prepare(p.Message, relay.PrepareOptions{Recipients: p.Envelope.To, From: "<>"})
		if err != nil || !bytes.Equal(again.Message, p.Message) {
			t.Errorf("%q became %q, %v", p.Message, again.Message, err)
		}
	})
}

// checkPrepared checks what must hold of everything that is sent.
func checkPrepared(t *testing.T, p relay.Prepared) {
	t.Helper()
	for line := range bytes.Lines(p.Message) {
		text, ended := bytes.CutSuffix(line, []byte("\r\n"))
		if !ended || bytes.ContainsAny(text, "\r\n\x00") || len(text) > 998 {
			t.Errorf("a line of %d octets: %.80q", len(text), line)
		}
	}
	header, _, _ := bytes.Cut(append([]byte("\r\n"), p.Message...), []byte("\r\n\r\n"))
	if bytes.Contains(bytes.ToLower(header), []byte("\r\nbcc:")) {
		t.Errorf("Bcc in %q", header)
	}
	for _, address := range append(p.Envelope.To, p.Envelope.From) {
		if strings.ContainsAny(address, "\r\n\x00") {
			t.Errorf("a line break in %q", address)
		}
		// RFC 5321 §4.1.2: a > outside of quotes ends the path.
		if end := strings.LastIndexByte(address, '"'); strings.ContainsAny(address[end+1:], "<> ") {
			t.Errorf("%q would end the path early", address)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, seed := range []string{
		desk, "root", "A B <a@b.c>", `"a b"@c.d`, `"a\"b"@c.d`, "a@b>\r\nDATA", "ü@ü.example", "<>", "a@[127.0.0.1]",
		"=?utf-8?q?x?= <a@b.c>", "a@b@c", "\"a@b", "(x)a@b.c", "a@b.c (x)", "a,b@c.d",
	} {
		f.Add(seed, "host.example")
	}
	f.Fuzz(func(t *testing.T, s, domain string) {
		address, err := relay.ParseAddress(s, domain)
		if err != nil {
			return
		}
		checkPrepared(t, relay.Prepared{Envelope: relay.Envelope{To: []string{address}}})
		again, err := relay.ParseAddress(address, "")
		if err != nil || again != address {
			t.Errorf("%q gave %q, and that %q, %v", s, address, again, err)
		}
	})
}

func FuzzParseSendmailArgs(f *testing.F) {
	for _, seed := range []string{
		"-t -i", "-oi -f a@b.c -- -x", "-FName", "-f ” x", "-", "--", "-b p", "-q1h", "-tiv", "-bs", "-é",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := splitArgs(line)
		got, err := relay.ParseSendmailArgs(args)
		if err != nil {
			if !errors.Is(err, relay.ErrUsage) {
				t.Errorf("%q: %v is no ErrUsage", args, err)
			}
			return
		}
		// Recipients are arguments as they were, in their order.
		for _, r := range got.Recipients {
			for len(args) > 0 && args[0] != r {
				args = args[1:]
			}
			if len(args) == 0 {
				t.Fatalf("recipient %q of %q was made up", r, line)
			}
			args = args[1:]
		}
	})
}
