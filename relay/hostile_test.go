package relay

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"spamreport/internal/servertest"
)

// FuzzServer has a server say whatever it likes to the client. Only one that
// says 250 to the message has it delivered, and what is kept of its words can
// be shown.
func FuzzServer(f *testing.F) {
	const greeting = "220 x\r\n250-x\r\n250-PIPELINING\r\n250-SIZE 9\r\n250 AUTH PLAIN\r\n"
	for _, octets := range []string{
		greeting + "235 x\r\n250 x\r\n250 x\r\n354 x\r\n250 x\r\n221 x\r\n", greeting + "235 x\r\n250 x\r\n550 5.1.1 no\r\n554 x\r\n250 x\r\n",
		greeting + "334 \r\n334 AAAA\r\n535 x\r\n", "220-\r\n220 \r\n500 x\r\n250 x\r\n", "421 4.3.2 \x1b[2J\u009b\r\n", "220 x\n250\r\n", "999 x\r\n", "",
		"220 x\r\n250-SIZE 99999999999999999999\r\n250 DSN\r\n250 x\r\n250 x\r\n354 x\r\n552 5.3.4\r\n",
	} {
		f.Add([]byte(octets), true)
		f.Add([]byte(octets), false)
	}
	addr, say := servertest.Babbler(f)
	message := []byte("Subject: x\r\n\r\n.dot\r\n")
	f.Fuzz(func(t *testing.T, octets []byte, login bool) {
		host := &Smarthost{Address: addr, HELO: "client.example", Timeout: 5 * time.Second}
		if login {
			host.User = "alice"
			host.Password = func(context.Context) (string, error) { return "correct horse", nil }
		}
		say(octets)
		s, err := host.dial(t.Context(), "", netip.Addr{})
		if err != nil {
			if strings.Contains(err.Error(), "correct horse") {
				t.Errorf("the error shows the password: %v", err)
			}
			return
		}
		job := Job{From: "alice@example.org", Recipients: []Pending{{Address: "a@isp.example"}, {Address: "b@isp.example"}}}
		for _, r := range s.transact(job, message) {
			if stateOf(r) == Delivered && strings.Count(string(octets), "250") < 4 { // EHLO, MAIL, RCPT, the message
				t.Errorf("%q delivers with %v", octets, r)
			}
			if text := r.String(); !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
				t.Errorf("%q leaves the reply %q", octets, text)
			}
		}
		s.close()
	})
}
