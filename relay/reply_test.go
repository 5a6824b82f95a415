package relay

import (
	"bufio"
	"net/textproto"
	"strings"
	"testing"
	"unicode"
)

// A reply is what RFC 5321 §4.2 says, and what net/textproto takes for one is
// the same to us.
func FuzzReply(f *testing.F) {
	for _, seed := range []string{
		"250 fine\r\n", "250\r\n", "250-one\r\n250 two\r\n", "250-one\r\n550 two\r\n", "250-\r\n250-\r\n250 \r\n",
		"550 5.1.1 no\r\n", "99 x\r\n", "2500 x\r\n", "250fine\r\n", "-250 x\r\n", "000 x\r\n", "\r\n", "250 half", "250 \x00\xff\x1b[2J\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, said string) {
		r, err := readReply(bufio.NewReader(strings.NewReader(said)))
		if err != nil {
			if r != (Reply{}) {
				t.Errorf("%q is no reply (%v), and yet %+v", said, err, r)
			}
			if strings.ContainsFunc(err.Error(), unicode.IsControl) {
				t.Errorf("%q: %q is not fit for a terminal", said, err)
			}
			return
		}
		if r.Code < 100 || r.Code > 999 || strings.ContainsFunc(r.Text+r.Status, unicode.IsControl) {
			t.Errorf("%q is %+v", said, r)
		}
		code, _, err := textproto.NewReader(bufio.NewReader(strings.NewReader(said))).ReadResponse(0)
		if err == nil && code != r.Code {
			t.Errorf("%q is %d, and to net/textproto %d", said, r.Code, code)
		}
	})
}
