package mailbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"spamreport/internal/servertest"
)

const (
	fuzzGreeting = "* PREAUTH [CAPABILITY IMAP4rev1 IDLE SPECIAL-USE LIST-EXTENDED ESEARCH UIDPLUS MOVE] x\r\n"
	fuzzFolders  = "* LIST (\\Junk) \"/\" Junk\r\nT1 OK x\r\n"
	fuzzSelect   = "* FLAGS (\\Seen)\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 9] x\r\n* OK [PERMANENTFLAGS (\\*)] x\r\nT2 OK [READ-WRITE] x\r\n"
	fuzzSearch   = "* ESEARCH (TAG \"T3\") UID ALL 7:8\r\nT3 OK x\r\n"
	fuzzSizes    = "* 1 FETCH (UID 7 RFC822.SIZE 20)\r\n* 2 FETCH (UID 8 RFC822.SIZE 20)\r\nT4 OK x\r\n"
	fuzzFetch    = "* 1 FETCH (UID 7 FLAGS (\\Seen) INTERNALDATE \"24-Nov-2026 12:00:00 +0000\" BODY[] {20}\r\nSubject: x\r\n\r\ntext\r\n)\r\nT5 OK x\r\n"
)

// FuzzServer has a server say whatever it likes to the client. The visit must
// come to an end, in bounded memory, with messages that were asked for or one
// clear error.
func FuzzServer(f *testing.F) {
	for _, octets := range []string{
		fuzzGreeting + fuzzFolders + fuzzSelect + fuzzSearch + fuzzSizes + fuzzFetch + "T6 OK x\r\n",
		fuzzGreeting + fuzzFolders + fuzzSelect + "* ESEARCH (TAG \"T3\") UID ALL 1:4294967295\r\nT3 OK x\r\n",
		fuzzGreeting + fuzzFolders + fuzzSelect + fuzzSearch + fuzzSizes + "* 1 FETCH (UID 7 BODY[] {4294967295}\r\nx",
		fuzzGreeting + fuzzFolders + "* OK [UIDVALIDITY 0]\r\nT2 NO [NONEXISTENT] \x1b[2J\r\n", fuzzGreeting + "* BYE gone\r\n",
		"* OK x\r\nT1 NO [AUTHENTICATIONFAILED] x\r\n", "* PREAUTH\r\n", "", "\x00\xff", "* " + strings.Repeat("(", 10_000),
	} {
		f.Add([]byte(octets))
	}
	addr, say := servertest.Babbler(f)
	f.Fuzz(func(t *testing.T, octets []byte) {
		say(octets)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := visit(ctx, t, addr); err != nil && ctx.Err() != nil {
			t.Errorf("%q is waited for without end: %v", octets, err)
		}
	})
}

// visit reads a folder, and marks what it read.
func visit(ctx context.Context, t *testing.T, addr string) error {
	s, err := Dial(ctx, Account{
		Server: addr, Security: Plaintext, User: "u", Timeout: 5 * time.Second,
		Password: func(context.Context) (string, error) { return "correct horse", nil },
	})
	if err != nil {
		if strings.Contains(err.Error(), "correct horse") {
			t.Errorf("the error shows the password: %v", err)
		}
		return err
	}
	defer s.abort()
	if _, err := s.Folders(ctx); err != nil {
		return err
	}
	if _, err := s.Select(ctx, "Junk", false); err != nil {
		return err
	}
	uids, err := s.UIDs(ctx, 6)
	if err != nil || len(uids) > 1000 { // a server may list millions; to read them is its own time
		return err
	}
	for m, err := range s.Fetch(ctx, uids, FetchOptions{}) {
		if err != nil && m.Place.UID == 0 {
			return err
		}
		if m.Place.UID <= 6 || m.Place.Folder != "Junk" {
			t.Errorf("a message at %+v was not asked for", m.Place)
		}
	}
	return s.Mark(ctx, uids)
}

// A parenthesis among the capabilities once made the library turn for ever.
func TestCapabilitiesWithAParenthesisEndTheSession(t *testing.T) {
	addr, say := servertest.Babbler(t)
	for name, octets := range map[string]string{
		"in the greeting":        "* OK [CAPABILITY IMAP4rev1 (X] hello\r\n",
		"without a blank":        "* PREAUTH [CAPABILITY(X] hello\r\n",
		"in an answer":           "* OK hello\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN (\r\nT1 OK x\r\n",
		"behind a false literal": "* OK {60}\r\n* capability (\r\n",
	} {
		say([]byte(octets))
		if err := visit(t.Context(), t, addr); err == nil {
			t.Errorf("%s: it goes on", name)
		}
	}
}

// Where others may write what they like, a parenthesis is one.
func TestAParenthesisElsewhereIsText(t *testing.T) {
	for _, octets := range []string{
		"* OK [CAPABILITY IMAP4rev1 IDLE] Dovecot (Debian) ready.\r\n",
		"* 1 FETCH (BODY[] {26}\r\n\r\n* CAPABILITY IMAP4rev1 (\r\n)\r\n",
		"* LIST (\\Junk) \"/\" \"x CAPABILITY (\"\r\n",
	} {
		for step := 1; step <= len(octets); step++ {
			c := &capsConn{}
			for piece := range slices.Chunk([]byte(octets), step) {
				if !c.takes(piece) {
					t.Fatalf("%q ends the session when it comes by %d octets", octets, step)
				}
			}
		}
	}
}

// scripted is a connection on which the server has said everything already.
type scripted struct {
	net.Conn
	in  io.Reader
	out bytes.Buffer
}

func (s *scripted) Read(p []byte) (int, error)  { return s.in.Read(p) }
func (s *scripted) Write(p []byte) (int, error) { return s.out.Write(p) }

var readyForTLS = regexp.MustCompile(`(?is)^\* OK[^\n]*\n.*S1 OK[^\n]*\n`)

// FuzzRequestTLS has a server say whatever it likes before TLS. The handshake
// begins only behind its OK, and with the octet after it.
func FuzzRequestTLS(f *testing.F) {
	for _, octets := range []string{
		"* OK x\r\nS1 OK go\r\n\x16\x03", "* OK x\r\n* CAPABILITY X\r\nS1 OK\r\n", "* PREAUTH x\r\nS1 OK\r\n", "* BYE\r\n", "* OK\nS1 NO x\n", "220 x\r\n", strings.Repeat("x", 9000),
	} {
		f.Add([]byte(octets))
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		in := bytes.NewReader(octets)
		s := &scripted{in: in}
		if err := requestTLS(s); err != nil {
			if errors.Is(err, io.EOF) && in.Len() > 0 {
				t.Errorf("%q: %v before the end", octets, err)
			}
			return
		}
		said := octets[:len(octets)-in.Len()]
		if !readyForTLS.Match(said) || s.out.String() != "S1 STARTTLS\r\n" {
			t.Errorf("TLS begins after %q was said and %q was asked", said, s.out.String())
		}
		lines := bytes.Split(bytes.TrimSuffix(said, []byte("\n")), []byte("\n"))
		if last := lines[len(lines)-1]; !bytes.HasPrefix(bytes.ToUpper(last), []byte("S1 OK")) {
			t.Errorf("more was read than the answer: %q", last)
		}
	})
}
