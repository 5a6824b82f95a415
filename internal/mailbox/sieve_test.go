package mailbox

import (
	"bytes"
	"io"
	"net"
	"testing"
)

// monologue is a connection on which the server says its text, a few octets at a
// time, whatever it is asked.
type monologue struct {
	net.Conn
	text *bytes.Reader
	step int
}

func (b *monologue) Read(p []byte) (int, error)  { return b.text.Read(p[:min(len(p), b.step)]) }
func (b *monologue) Write(p []byte) (int, error) { return len(p), nil }
func (b *monologue) Close() error                { return nil }

// FuzzSieve: without a flight the library sees what the server says, octet for
// octet. With one, only what was asked for is taken, the flight lands, and what
// is left over does not depend on how the octets were cut up on the way.
func FuzzSieve(f *testing.F) {
	for _, text := range []string{
		"* 1 FETCH (UID 1 FLAGS (\\Seen $SpamReported) RFC822.SIZE 12 INTERNALDATE \" 2-Jan-2006 15:04:05 +0000\" BODY[HEADER] {4}\r\na: b)\r\nH1 OK done\r\n",
		"* OK hello {5}\r\n* 3 EXISTS\r\n* 2 FETCH (BODY[HEADER] \"a\\\"\" UID 2)\r\nH1 NO [UNAVAILABLE] later\r\n",
		"* LIST () \"/\" {5}\r\nH1 OK {2}\r\nab\r\nH1 BAD no\r\n",
		"* 1 FETCH (UID 1 X (a (b \"c)\" {1}\r\n)) BODY[HEADER.FIELDS (A B)]<0> NIL BODY[HEADER] NIL)\r\n* BYE\r\n",
		"* 1 FETCH (UID 99999999999 BODY[HEADER] {999999999999999}\r\n",
	} {
		f.Add([]byte(text), byte(3))
	}
	f.Fuzz(func(t *testing.T, text []byte, step byte) {
		talk := func(step int, asked ...uint32) ([]byte, *flight) {
			s := newSieve(&monologue{text: bytes.NewReader(text), step: step})
			fl := &flight{asked: asked, got: make([]header, len(asked)), end: func() {}, landed: make(chan struct{}), budget: flightBudget, room: &room{}}
			if len(asked) > 0 {
				s.launch(fl, "UID FETCH")
			}
			seen, _ := io.ReadAll(s) // ends with the text, or where it is no IMAP
			return seen, fl
		}
		if seen, _ := talk(int(step) + 1); !bytes.Equal(seen, text) {
			t.Fatalf("the library sees %q of %q", seen, text)
		}
		whole, one := talk(1<<20, 1, 2)
		pieces, two := talk(int(step)+1, 1, 2)
		if !bytes.Equal(whole, pieces) {
			t.Fatalf("left over: %q in one go, %q in pieces", whole, pieces)
		}
		<-one.landed
		<-two.landed
		for i, h := range one.got {
			if h.came && h.uid != one.asked[i] || !bytes.Equal(h.raw, two.got[i].raw) {
				t.Fatalf("%+v, %+v", h, two.got[i])
			}
		}
	})
}
