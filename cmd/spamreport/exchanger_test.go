package main

import (
	"io"
	"net"
	"regexp"
	"strconv"
	"sync"

	"github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"
)

// exchanger is a mail exchanger that takes everything from everybody.
type exchanger struct {
	mu       sync.Mutex
	messages [][]byte
}

type exchangerKey struct{}

// NewSession implements smtp.Backend.
func (e *exchanger) NewSession(*smtp.Conn) (smtp.Session, error) { return exchangerSession{e}, nil }

type exchangerSession struct{ *exchanger }

func (exchangerSession) Reset()                               {}
func (exchangerSession) Logout() error                        { return nil }
func (exchangerSession) Mail(string, *smtp.MailOptions) error { return nil }
func (exchangerSession) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (s exchangerSession) Data(r io.Reader) error {
	message, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, message)
	return err
}

// cmdExchanger starts an exchanger on 127.0.0.1, at the port that mail then
// goes to. With a number it checks how many messages that has got, and with a
// pattern, that one of them has it.
func cmdExchanger(ts *testscript.TestScript, neg bool, args []string) {
	e := ts.Value(exchangerKey{}).(*exchanger)
	switch {
	case neg || len(args) > 2:
		ts.Fatalf("usage: exchanger [N [PATTERN]]")
	case len(args) == 0:
		e.start(ts)
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if want, err := strconv.Atoi(args[0]); err != nil || len(e.messages) != want {
		ts.Fatalf("%d messages arrived at the exchanger, not %s", len(e.messages), args[0])
	}
	if len(args) == 1 {
		return
	}
	pattern := regexp.MustCompile("(?m)" + args[1])
	for _, m := range e.messages {
		if pattern.Match(m) {
			return
		}
	}
	ts.Fatalf("no match of %s among what arrived at the exchanger", pattern)
}

func (e *exchanger) start(ts *testscript.TestScript) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	ts.Check(err)
	server := smtp.NewServer(e)
	server.Domain = "mx.example"
	ts.Defer(func() { _ = server.Close() })
	go func() { _ = server.Serve(l) }() // ends with Close
	_, port, err := net.SplitHostPort(l.Addr().String())
	ts.Check(err)
	ts.Setenv("SPAMREPORT_RELAY_MX_PORT", port)
	ts.Setenv("SPAMREPORT_RELAY_ALLOW_PRIVATE", "127.0.0.0/8")
}
