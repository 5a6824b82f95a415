package relay_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
)

// What a server may say in place of a reply. Each is judged by what must come of
// it at the final dot, where a mistake loses a message or sends it twice; at
// every other stage nothing but a clear refusal ends the waiting.
var nonsense = []struct {
	name  string
	reply string
	state relay.State // after the final dot
}{
	{"nothing but a line end", "", relay.Retrying},
	{"a word", "what?", relay.Retrying},
	{"octets of no text", "\x01\x02\xff\xfe\x80\x00binary\x7f", relay.Retrying},
	{"an HTTP answer", "HTTP/1.1 200 OK", relay.Retrying},
	{"a code of two digits", "25 fine", relay.Retrying},
	{"a code of four digits", "2500 fine", relay.Retrying},
	{"a code without a text", "250", relay.Delivered},
	{"a code and no blank", "250fine", relay.Retrying},
	{"a code of letters", "2x0 fine", relay.Retrying},
	{"a negative code", "-250 fine", relay.Retrying},
	{"a code of nothing", "000 fine", relay.Retrying},
	{"a code of the first class", "199 wait", relay.Retrying},
	{"go on", "354 go on", relay.Retrying},
	{"a code of no class", "999 hello", relay.Retrying},
	{"lines of two codes, the first good", "250-fine\r\n550 or not", relay.Retrying},
	{"lines of two codes, the first bad", "550-no\r\n250 but yes", relay.Retrying},
	{"a refusal for good", "554 5.7.1 no", relay.Failed},
	{"a refusal for now", "451 4.3.0 later", relay.Retrying},
	{"closing down", "421 4.3.2 closing", relay.Retrying},
	{"a line of 100,000 octets", "250 " + strings.Repeat("x", 100_000), relay.Delivered},
	{"a line without end", "250 " + strings.Repeat("x", 2<<20), relay.Retrying},
	{"lines without end", strings.Repeat("250-more to come\r\n", 100_000) + "250 fine", relay.Retrying},
	{"silence after half a line", "250 fi" + fallSilent, relay.Retrying},
	{"silence after half a reply", "250-fine\r\n" + fallSilent, relay.Retrying},
	{"an end after half a line", "250 fi" + endOfStream, relay.Retrying},
	{"an end after half a reply", "250-fine\r\n" + endOfStream, relay.Retrying},
	{"an end", endOfStream, relay.Retrying},
	{"a reset", resetStream, relay.Retrying},
}

// stages are where a server speaks, by the line that it answers.
var stages = []struct{ name, line string }{
	{"greeting", "CONNECT"},
	{"EHLO", "EHLO"},
	{"MAIL", "MAIL"},
	{"RCPT", "RCPT"},
	{"DATA", "DATA"},
	{"the final dot", "."},
	{"QUIT", "QUIT"},
}

// expected says what may become of a message whose server says something at a
// stage that would make it state at the final dot.
func expected(stage, reply string, state relay.State) []relay.State {
	waits := relay.Retrying
	switch {
	case stage == "QUIT":
		return []relay.State{relay.Delivered} // it was before
	case stage == "CONNECT":
		return []relay.State{waits} // none of them is a greeting
	case stage == "EHLO":
		return []relay.State{waits, relay.Delivered} // there is HELO
	case stage == "DATA" && strings.HasPrefix(reply, "354"):
		return []relay.State{relay.Delivered}
	case stage == "DATA" && state == relay.Delivered:
		return []relay.State{waits} // 250 is no invitation
	}
	return []relay.State{state}
}

// TestNonsenseNeverLosesAMessage puts nonsense in place of each reply of a
// session in turn. Whatever the server says, a message is delivered only when
// its final dot was answered with 250, given up only when it was clearly
// refused, and waits otherwise. Then a server that is well gets it, once.
func TestNonsenseNeverLosesAMessage(t *testing.T) {
	t.Logf("CHAOS %s: %d conversations", t.Name(), len(stages)*2*len(nonsense))
	for _, stage := range stages {
		for _, pipelined := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/pipelined=%v", stage.name, pipelined), func(t *testing.T) {
				t.Parallel()
				queue := storetest.New(t, store.Options{}).Queue() // empty again after each
				for _, n := range nonsense {
					t.Run(n.name, func(t *testing.T) {
						b := newBabbler(t, queue, stage.line, n.reply, pipelined)
						b.good = n.state == relay.Delivered
						b.judge(expected(stage.line, n.reply, n.state))
					})
				}
			})
		}
	}
}

// judge delivers, and checks what came of it.
func (b *babbler) judge(want []relay.State) {
	b.t.Helper()
	got := b.deliver()
	if !slices.Contains(want, got.State) {
		b.t.Errorf("%s (%s), want one of %s", got.State, got.Reply, want)
	}
	if (got.State == relay.Delivered) != (b.has() == 1) {
		b.t.Errorf("%s (%s), and the server has it %d times", got.State, got.Reply, b.has())
	}
	if got.State != relay.Delivered {
		b.recovers()
	}
}

// TestNonsenseInPlaceOfTLSSendsNothing has a server offer STARTTLS and then say
// something else: nothing is sent over what is no TLS.
func TestNonsenseInPlaceOfTLSSendsNothing(t *testing.T) {
	queue := storetest.New(t, store.Options{}).Queue()
	said := map[string]string{"a good answer and no TLS": "220 go ahead\r\n250 fine", "half a handshake": "220 go ahead\r\n\x16\x03\x03" + endOfStream}
	for _, n := range nonsense {
		said[n.name] = n.reply
	}
	for name, reply := range said {
		t.Run(name, func(t *testing.T) {
			b := newBabbler(t, queue, "STARTTLS", reply, false)
			smarthost(b.relay).TLS = relay.TLSStart
			if got := b.deliver(); got.State != relay.Retrying || b.has() > 0 {
				t.Errorf("%s (%s), and the server has it %d times", got.State, got.Reply, b.has())
			}
		})
	}
}

// TestWhatIsSaidUnaskedIsNotTakenForAnAnswer has a server say 250 to everything
// before it is asked: it must not count for the final dot.
func TestWhatIsSaidUnaskedIsNotTakenForAnAnswer(t *testing.T) {
	for _, stage := range stages[:5] {
		for _, pipelined := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/pipelined=%v", stage.name, pipelined), func(t *testing.T) {
				t.Parallel()
				code := map[string]string{"CONNECT": "220 hello", "DATA": "354 go on"}[stage.line]
				if code == "" {
					code = "250 fine"
				}
				queue := storetest.New(t, store.Options{}).Queue()
				b := newBabbler(t, queue, stage.line, code+strings.Repeat("\r\n250 2.0.0 fine", 8), pipelined)
				if got := b.deliver(); got.State != relay.Retrying {
					t.Errorf("%s (%s)", got.State, got.Reply)
				}
			})
		}
	}
}
