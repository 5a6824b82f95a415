package mailbox_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"spamreport/internal/mailbox"
)

// script is an IMAP server that says what it is told to: for a command that
// contains the key (all parts of it, when "&" joins several), these lines. "%"
// becomes the tag of the command.
type script map[string]string

// defaults let a client in and show it a folder with messages 1 to 3.
var defaults = script{
	"greeting":    "* OK [CAPABILITY IMAP4rev1 MOVE UIDPLUS] hello",
	" CAPABILITY": "* CAPABILITY IMAP4rev1 MOVE UIDPLUS\n% OK",
	" LOGIN ":     "% OK [CAPABILITY IMAP4rev1 MOVE UIDPLUS] in",
	" LIST ":      `* LIST () "/" INBOX` + "\n% OK",
	" SELECT ":    "* 3 EXISTS\n* OK [UIDVALIDITY 7] x\n* OK [UIDNEXT 4] x\n* OK [PERMANENTFLAGS (\\Seen \\*)] x\n% OK [READ-WRITE] x",
	" SEARCH ":    "* SEARCH 1 2 3\n% OK",
	"RFC822.SIZE": "% OK",
	" LOGOUT":     "* BYE\n% OK",
}

func (s script) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	say := func(lines, tag string) {
		lines = strings.ReplaceAll(strings.ReplaceAll(lines, "%", tag), "\n", "\r\n")
		_, _ = conn.Write([]byte(lines + "\r\n"))
	}
	answer := func(command, tag string) {
		for _, from := range []script{s, defaults} {
			for key, lines := range from {
				if containsAll(command, strings.Split(key, "&")) {
					say(lines, tag)
					return
				}
			}
		}
		say("% BAD unknown", tag)
	}
	answer("greeting", "*")
	in := bufio.NewScanner(conn)
	for in.Scan() {
		tag, _, _ := strings.Cut(in.Text(), " ")
		answer(in.Text(), tag)
	}
}

func containsAll(s string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(s, part) {
			return false
		}
	}
	return true
}

// start serves a script and returns an account there.
func (s script) start(t *testing.T) mailbox.Account {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return mailbox.Account{
		Name: "odd", Server: listener.Addr().String(), Security: mailbox.Plaintext, User: "me",
		Password: func(context.Context) (string, error) { return "secret", nil }, Timeout: 10 * time.Second,
	}
}

func (s script) open(t *testing.T) *mailbox.Session {
	t.Helper()
	session := dial(t, s.start(t))
	selectFolder(t, session, "Junk", false)
	return session
}

// message is the answer to a FETCH of one message.
func message(uid int, text string) string {
	return fmt.Sprintf("* %d FETCH (UID %d FLAGS () BODY[] {%d}\n%s)\n", uid, uid, len(text)+strings.Count(text, "\n"), text)
}

func TestOddServersAreRead(t *testing.T) {
	t.Parallel()
	all := message(1, "a: 1\n") + message(2, "a: 2\n") + message(3, "a: 3\n") + "% OK"
	for name, tt := range map[string]struct {
		script script
		want   []uint32
		err    error // of a message, or the last item
	}{
		"as it should be":  {script{"BODY.PEEK[]": all}, []uint32{1, 2, 3}, nil},
		"in another order": {script{"BODY.PEEK[]": message(3, "a") + message(1, "a") + message(2, "a") + "% OK"}, []uint32{1, 2, 3}, nil},
		"unasked messages": {script{"BODY.PEEK[]": message(9, "a") + all}, []uint32{1, 2, 3}, nil},
		"twice":            {script{"BODY.PEEK[]": message(1, "a") + all}, []uint32{1, 2, 3}, nil},
		"SEARCH out of order": {
			script{" SEARCH ": "* SEARCH 3 1 2 2\n% OK", "BODY.PEEK[]": all}, []uint32{1, 2, 3}, nil,
		},
		"flags told in between, with the UID": {
			script{
				"FETCH 1:3 &BODY.PEEK[]": "* 2 FETCH (UID 2 FLAGS (\\Seen))\n" + all,
				"FETCH 2:3 &BODY.PEEK[]": message(2, "a") + message(3, "a") + "% OK",
				"SEARCH UID 2":           "* SEARCH 2\n% OK",
				"SEARCH UID 1:*":         "* SEARCH 1 2 3\n% OK",
			},
			[]uint32{1, 2, 3},
			nil,
		},
		"the text before the UID": {
			script{"BODY.PEEK[]": "* 1 FETCH (BODY[] {1}\na UID 1)\n% OK", " SEARCH ": "* SEARCH 1\n% OK"},
			nil, mailbox.ErrNotSent,
		},
		"NIL for what is gone": {
			script{"BODY.PEEK[]": "* 1 FETCH (UID 1 BODY[] NIL)\n" + message(3, "a") + "% OK", "SEARCH UID 1:2": "* SEARCH\n% OK"},
			[]uint32{3},
			nil,
		},
		"NO for what is gone": {
			script{"BODY.PEEK[]": message(1, "a") + "% NO some are gone", "SEARCH UID 2:3": "* SEARCH\n% OK"},
			[]uint32{1},
			nil,
		},
		"four thousand million messages": {
			script{"CAPABILITY": "* CAPABILITY IMAP4rev1 ESEARCH\n% OK", " LOGIN ": "% OK", " SEARCH ": "* ESEARCH (TAG \"%\") UID ALL 1:4294967295\n% OK"},
			nil, errAny,
		},
		"a literal of a million terabytes": {
			script{"BODY.PEEK[]": "* 1 FETCH (UID 1 BODY[] {999999999999999999}\nshort"}, nil, mailbox.ErrTemporary,
		},
		"not IMAP": {script{" SEARCH ": "HTTP/1.1 400 Bad Request\n\n<html>"}, nil, mailbox.ErrTemporary},
		"BYE":      {script{" SEARCH ": "* BYE maintenance\n% NO x"}, nil, errAny},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []uint32
			var last error
			for m, err := range tt.script.open(t).After(t.Context(), 0, mailbox.FetchOptions{}) {
				if last = err; err == nil {
					got = append(got, m.Place.UID)
				}
			}
			t.Log(got, last)
			if !slices.Equal(got, tt.want) {
				t.Errorf("messages %v, want %v", got, tt.want)
			}
			if (last == nil) != (tt.err == nil) || tt.err != nil && tt.err != errAny && !errors.Is(last, tt.err) {
				t.Errorf("error %v, want %v", last, tt.err)
			}
		})
	}
}

var errAny = errors.New("any")

func TestOddGreetingsAreUnderstood(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		script   script
		security mailbox.Security
		err      error // nil: none of ours
		text     string
	}{
		"busy":                      {script{"greeting": "* BYE too many connections"}, mailbox.Plaintext, mailbox.ErrTemporary, "too many"},
		"the password service down": {script{" LOGIN ": "% NO [UNAVAILABLE] later"}, mailbox.Plaintext, mailbox.ErrTemporary, "later"},
		"refused without a code":    {script{" LOGIN ": "% NO nope"}, mailbox.Plaintext, mailbox.ErrLogin, "password"},
		"TLS first":                 {script{" LOGIN ": "% NO [PRIVACYREQUIRED] no"}, mailbox.Plaintext, nil, "STARTTLS"},
		"other means only": {
			script{"greeting": "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=GSSAPI] x"}, mailbox.Plaintext, nil, "without TLS",
		},
		"no STARTTLS":        {script{"STARTTLS": "% BAD what"}, mailbox.STARTTLS, mailbox.ErrNoTLS, "993"},
		"in before STARTTLS": {script{"greeting": "* PREAUTH welcome"}, mailbox.STARTTLS, nil, "before TLS"},
		"a web server":       {script{"greeting": "HTTP/1.1 200 OK"}, mailbox.STARTTLS, nil, "IMAP"},
		"plain text behind STARTTLS": {
			script{"STARTTLS": "% OK go\n* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] fake"}, mailbox.STARTTLS, nil, "TLS",
		},
		"a server that paints": {script{" SELECT ": "% NO \x1b[2J\x07\x1b]0;x", " LIST ": "% NO"}, mailbox.Plaintext, nil, `\x1b[2J`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := tt.script.start(t)
			a.Security = tt.security
			s, err := mailbox.Dial(t.Context(), a)
			if err == nil {
				_, err = s.Select(t.Context(), "Junk", false)
			}
			if err == nil {
				t.Fatal("no error")
			}
			t.Log(err)
			if tt.err != nil && !errors.Is(err, tt.err) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("%v, want %v and %q", err, tt.err, tt.text)
			}
			if strings.ContainsAny(err.Error(), "\x1b\r\n\x07") || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q is not fit for a terminal", err)
			}
		})
	}
}

func TestAFolderThatForgetsKeywordsIsNotMarked(t *testing.T) {
	t.Parallel()
	s := script{" SELECT ": "* 3 EXISTS\n* OK [UIDVALIDITY 7] x\n* OK [PERMANENTFLAGS (\\Seen)] x\n% OK"}.open(t)
	if err := s.Mark(t.Context(), []uint32{1}); !errors.Is(err, mailbox.ErrNoKeyword) {
		t.Errorf("error %v", err)
	}
}

func TestWithoutAFolderNothingIsDone(t *testing.T) {
	t.Parallel()
	s := dial(t, script{}.start(t))
	for _, err := range s.After(t.Context(), 0, mailbox.FetchOptions{}) {
		if !errors.Is(err, mailbox.ErrNoSelect) {
			t.Error(err)
		}
	}
	if err := s.Mark(t.Context(), []uint32{1}); !errors.Is(err, mailbox.ErrNoSelect) {
		t.Error(err)
	}
}
