package headers

import (
	"strings"
	"testing"
)

// What a client can call itself. Servers write much of it down as it is.
var hostileHELOs = []string{
	"198.51.100.66", "[198.51.100.66]", "[IPv6:2001:db8::66]", "2001:db8::66", "198.51.100.66:25", "[198.51.100.66]:25",
	"localhost", "127.0.0.1", "[127.0.0.1]", "by", "from", "with", "HELO", "EHLO", "unknown", "spooler", "local",
	"x@198.51.100.66", "x@[198.51.100.66]", "helo=[198.51.100.66]", "port=25", "ident=x", "x[198.51.100.66]",
	"mx.example.org", "x=198.51.100.66", "<198.51.100.66>", "\"198.51.100.66\"", "198.51.100.66)", "(198.51.100.66", "([198.51.100.66])",
	"x [198.51.100.66]", "x (198.51.100.66)", "x ([198.51.100.66])", "x (y [198.51.100.66])", "x (y [198.51.100.66]) by z with SMTP id 1; Thu, 1 Jan 2026 10:00:00 +0000",
	"x by y", "x; y", "a b c", "x via Mailbox Transport", "x with local", "mail pickup service",
}

// A row of the formats table must not take an address out of what the client
// chose, whatever that is: better no address than his.
func TestNoFormatTakesTheAddressFromTheHELO(t *testing.T) {
	for _, c := range receivedCases(t) {
		h := ParseReceived(c.line)
		if h.From.HELO == "" || !h.From.IP.IsValid() || strings.EqualFold(h.From.HELO, h.From.RDNS) || h.From.HELO == h.From.IP.String() {
			continue
		}
		if strings.Count(c.line, h.From.HELO) != 1 || !strings.Contains(c.line, ";") {
			continue // the name stands elsewhere too, or no semicolon says where the date begins
		}
		for _, helo := range hostileHELOs {
			line := strings.Replace(c.line, h.From.HELO, helo, 1)
			got := ParseReceived(line)
			if got.From.IP.IsValid() && got.From.IP != h.From.IP {
				t.Errorf("%s\nnames %s, which the client wrote, and not %s", line, got.From.IP, h.From.IP)
			}
		}
	}
}
