package relay_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
)

// sink is a small SMTP server that takes everything, unless its script says
// otherwise. It keeps the octets of each message exactly as they came.
type sink struct {
	addr string
	// script may replace the answer to a line: "" leaves the usual one, hangUp
	// closes the connection at once. The greeting is asked for as "CONNECT",
	// the end of the data as ".".
	script func(line string) string
	// extensions are what EHLO answers.
	extensions []string
	// tls makes it answer STARTTLS.
	tls *tls.Config

	mu          sync.Mutex
	messages    []sunk
	connections int
}

// hangUp as an answer resets the connection; hangUpInData does so after the
// first line of the message.
const (
	hangUp       = "\x00"
	hangUpInData = "354\x00"
)

// sunk is a message that arrived.
type sunk struct {
	mail string // the MAIL line
	tls  bool
	helo string
	from string // where the client connected from
	to   []string
	data []byte
}

// newSink starts a sink with a script, which may be nil.
func newSink(t testing.TB, script func(line string) string) *sink {
	t.Helper()
	return newSinkAt(t, "127.0.0.1:0", script)
}

// newSinkAt starts one at an address.
func newSinkAt(t testing.TB, addr string, script func(line string) string) *sink {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{
		addr: l.Addr().String(), script: script,
		extensions: []string{"SIZE 10000000", "8BITMIME", "ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN"},
	}
	var sessions sync.WaitGroup
	sessions.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			sessions.Go(func() { s.serve(conn.(*net.TCPConn), conn) })
			t.Cleanup(func() { _ = conn.Close() })
		}
	})
	t.Cleanup(func() { _ = l.Close() })
	return s
}

// received returns the messages that arrived so far.
func (s *sink) received() []sunk {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

func (s *sink) answer(line, usual string) string {
	if s.script != nil {
		if scripted := s.script(line); scripted != "" {
			return scripted
		}
	}
	return usual
}

// serve talks over conn, which is tcp or TLS on top of it.
func (s *sink) serve(tcp *net.TCPConn, conn net.Conn) {
	defer func() { _ = tcp.Close() }()
	s.mu.Lock()
	s.connections++
	s.mu.Unlock()
	in := bufio.NewReader(conn)
	var m, hello sunk
	line := "CONNECT"
	for {
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		answer := s.answer(line, s.usual(verb))
		if answer == hangUp {
			_ = tcp.SetLinger(0) // a reset, not an orderly end
			return
		}
		if answer == hangUpInData {
			_, _ = conn.Write([]byte("354 go ahead\r\n"))
			_, _ = in.ReadString('\n')
			_ = tcp.SetLinger(0)
			return
		}
		accepted := answer[0] == '2'
		switch {
		case verb == "EHLO":
			hello.helo = line
		case verb == "MAIL" && accepted:
			m = hello
			m.mail, m.from = line, tcp.RemoteAddr().String()
		case verb == "RCPT" && accepted:
			m.to = append(m.to, line)
		case verb == "." && accepted:
			s.mu.Lock()
			s.messages = append(s.messages, m)
			s.mu.Unlock()
		}
		if _, err := conn.Write([]byte(answer + "\r\n")); err != nil || verb == "QUIT" {
			return
		}
		if verb == "STARTTLS" && accepted {
			secured := tls.Server(conn, s.tls)
			if secured.Handshake() != nil {
				return
			}
			conn, in, hello = secured, bufio.NewReader(secured), sunk{tls: true}
		}
		var err error
		if verb == "DATA" && answer[0] == '3' {
			m.data, err = readData(in)
			line = "."
		} else {
			line, err = in.ReadString('\n')
			line = strings.TrimRight(line, "\r\n")
		}
		if err != nil {
			return
		}
	}
}

func (s *sink) usual(verb string) string {
	switch verb {
	case "CONNECT":
		return "220 sink.example ESMTP"
	case "EHLO":
		lines := append([]string{"sink.example"}, s.extensions...)
		if s.tls != nil {
			lines = append(lines, "STARTTLS")
		}
		for i := range lines {
			sep := "-"
			if i == len(lines)-1 {
				sep = " "
			}
			lines[i] = "250" + sep + lines[i]
		}
		return strings.Join(lines, "\r\n")
	case "AUTH":
		return "235 2.7.0 welcome"
	case "STARTTLS":
		return "220 2.0.0 go ahead"
	case "DATA":
		return "354 go ahead"
	case "QUIT":
		return "221 bye"
	case ".":
		return "250 2.0.0 taken"
	}
	return "250 2.1.0 fine"
}

// readData reads up to the final dot and takes off the dots that were stuffed
// (RFC 5321 §4.5.2).
func readData(in *bufio.Reader) ([]byte, error) {
	var data []byte
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		if string(line) == ".\r\n" {
			return data, nil
		}
		data = append(data, bytes.TrimPrefix(line, []byte("."))...)
	}
}
