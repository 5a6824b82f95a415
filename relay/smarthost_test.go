package relay_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"spamreport/relay"
)

func TestARefusedPasswordKeepsTheMail(t *testing.T) {
	sink := newSink(t, on("AUTH", "535 5.7.8 wrong"))
	r := newRelay(t, sink.addr)
	smarthost(r).User = "alice"
	smarthost(r).Password = func(context.Context) (string, error) { return "secret", nil }
	first := submit(t, r, "one", desk)
	second := submit(t, r, "two", desk)
	report, err := r.Flush(t.Context())
	var temporary *relay.Temporary
	if !errors.Is(err, relay.ErrAuthRefused) || !errors.As(err, &temporary) {
		t.Errorf("error %v, want a temporary ErrAuthRefused", err)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the error shows the password: %v", err)
	}
	if report.Retrying != 1 || report.Failed != 0 {
		t.Errorf("report %+v", report)
	}
	if s := states(t, r, first)[desk]; s.State != relay.Retrying {
		t.Errorf("the first message is %s", s.State)
	}
	if s := states(t, r, second)[desk]; s.State != relay.Queued || s.Leased || s.Attempts != 0 {
		t.Errorf("the second message is %+v, want it untouched", s)
	}
}

func TestWhatTheSmarthostCannotTakeFailsWithAReason(t *testing.T) {
	tests := []struct {
		name       string
		extensions []string
		to         string
		body       string
		status     string // "" when it is delivered
	}{
		{"8-bit text where it is offered", []string{"8BITMIME"}, desk, "grüße", ""},
		{"8-bit text where it is not", nil, desk, "grüße", "5.6.3"},
		{"too large", []string{"SIZE 10"}, desk, "hello", "5.3.4"},
		{"no fixed limit", []string{"SIZE 0"}, desk, "hello", ""},
		{"an address beyond ASCII where it is offered", []string{"8BITMIME", "SMTPUTF8"}, "jürgen@example.net", "x", ""},
		{"an address beyond ASCII where it is not", []string{"8BITMIME"}, "jürgen@example.net", "x", "5.6.7"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sink := newSink(t, nil)
			sink.extensions = test.extensions
			r := newRelay(t, sink.addr)
			e := relay.Envelope{From: alice, To: []string{test.to}}
			id, err := r.Submit(t.Context(), e, []byte("Subject: x\r\n\r\n"+test.body+"\r\n"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := states(t, r, id)[test.to]
			want := relay.Failed
			if test.status == "" {
				want = relay.Delivered
			}
			if got.State != want || test.status != "" && got.Reply.Status != test.status {
				t.Errorf("%s (%s), want %s with status %q", got.State, got.Reply, want, test.status)
			}
		})
	}
}

func TestSMTPUTF8IsAskedForOnlyWhenNeeded(t *testing.T) {
	sink := newSink(t, nil)
	sink.extensions = []string{"8BITMIME", "SMTPUTF8"}
	r := newRelay(t, sink.addr)
	submit(t, r, "plain", desk)
	submit(t, r, "utf8", "jürgen@example.net")
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true} {
		if got := strings.Contains(sink.received()[i].mail, "SMTPUTF8"); got != want {
			t.Errorf("message %d: SMTPUTF8 %v, want %v", i, got, want)
		}
	}
}

func TestAnEndlessReplyIsCutOff(t *testing.T) {
	sink := newSink(t, on("MAIL", strings.Repeat("250-more\r\n", 100_000)+"250 end"))
	r := newRelay(t, sink.addr)
	id := submit(t, r, "x", desk)
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := states(t, r, id)[desk]; s.State != relay.Retrying || !strings.Contains(s.Reply.Text, "talking") {
		t.Errorf("%+v", s)
	}
}

func TestSTARTTLSIsNotOptional(t *testing.T) {
	sink := newSink(t, func(line string) string {
		if strings.HasPrefix(line, "AUTH") || strings.HasPrefix(line, "MAIL") {
			t.Errorf("sent in the clear: %q", line)
		}
		return ""
	})
	r := newRelay(t, sink.addr)
	smarthost(r).TLS = relay.TLSStart
	smarthost(r).User = "alice"
	smarthost(r).Password = func(context.Context) (string, error) { return "secret", nil }
	id := submit(t, r, "x", desk)
	if _, err := r.Flush(t.Context()); !errors.Is(err, relay.ErrPlaintext) {
		t.Errorf("error %v, want ErrPlaintext", err)
	}
	if s := states(t, r, id)[desk]; s.State != relay.Retrying {
		t.Errorf("the message is %s", s.State)
	}
}

func TestMistakesInTheSmarthostKeepTheMail(t *testing.T) {
	sink := newSink(t, nil)
	tests := []struct {
		name   string
		change func(*relay.Smarthost)
		hint   string
	}{
		{"no port", func(h *relay.Smarthost) { h.Address = "smtp.example.org" }, "host:port"},
		{"the password command fails", func(h *relay.Smarthost) {
			h.User = "alice"
			h.Password = func(context.Context) (string, error) { return "", errors.New("pass: no such entry") }
		}, "pass: no such entry"},
		{"no such CA file", func(h *relay.Smarthost) { h.CAFile = "/nowhere/ca.pem" }, "/nowhere/ca.pem"},
		{"a CA file that is none", func(h *relay.Smarthost) { h.CAFile = "/dev/null" }, "no certificate"},
		{"TLS to a port without", func(h *relay.Smarthost) { h.TLS = relay.TLSImplicit }, "tls"},
		{"a HELO name with a line break", func(h *relay.Smarthost) { h.HELO = "x\r\nMAIL FROM:<>" }, "CR or LF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRelay(t, sink.addr)
			test.change(smarthost(r))
			id := submit(t, r, "x", desk)
			_, err := r.Flush(t.Context())
			checkStop(t, err, &relay.Temporary{})
			if err == nil || !strings.Contains(err.Error(), test.hint) {
				t.Errorf("error %v, want %q in it", err, test.hint)
			}
			if s := states(t, r, id)[desk]; s.State != relay.Retrying {
				t.Errorf("the message is %s", s.State)
			}
		})
	}
}

func TestATokenTakesThePlaceOfAPassword(t *testing.T) {
	said := make(chan string, 1)
	sink := newSink(t, func(line string) string {
		if strings.HasPrefix(line, "AUTH") {
			said <- line
		}
		return ""
	})
	sink.extensions = []string{"AUTH PLAIN XOAUTH2"}
	r := newRelay(t, sink.addr)
	smarthost(r).User, smarthost(r).Token = alice, func(context.Context) (string, error) { return "access-1", nil }
	submit(t, r, "one", desk)
	if report, err := r.Flush(t.Context()); err != nil || report.Delivered != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	initial := base64.StdEncoding.EncodeToString([]byte("user=" + alice + "\x01auth=Bearer access-1\x01\x01"))
	if got := <-said; got != "AUTH XOAUTH2 "+initial {
		t.Errorf("it said %q", got)
	}
}
