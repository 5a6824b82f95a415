package mailbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"

	"github.com/emersion/go-imap/v2"
)

// sieve is the connection between TLS and the IMAP library. It takes the
// answers to the FETCHes of Headers out of what the server says, and lets the
// library see the rest. The library hands each message from one goroutine to
// another, piece by piece, which costs several times as much as reading a header
// block does; everything else is left to it.
//
// It works within Read, which the library calls all the time.
type sieve struct {
	net.Conn
	in *bufio.Reader

	reader  responseReader
	line    []byte // the rest of a line for the library
	literal int64  // octets of a literal that come next, for the library
	inside  bool   // the next line goes on with one that has a literal in it

	mu      sync.Mutex
	flights []*flight // in the order in which they were sent
	sent    int
	failure error // why nothing comes any more
}

// sieveLine is the longest line that is looked at. Only a list of flags or a
// text for people is longer.
const sieveLine = 64 << 10

var errMisspoken = errors.New("the server answers FETCH with what is not IMAP")

func newSieve(conn net.Conn) *sieve {
	in := bufio.NewReaderSize(conn, sieveLine)
	s := &sieve{Conn: conn, in: in}
	s.reader = responseReader{in: in, keep: DefaultKeep, room: s.room}
	return s
}

// launch sends a FETCH of header blocks.
func (s *sieve) launch(f *flight, command string) {
	s.mu.Lock()
	s.sent++
	f.tag = "H" + strconv.Itoa(s.sent)
	failed := s.failure
	if failed == nil {
		s.flights = append(s.flights, f)
	}
	s.mu.Unlock()
	if failed == nil {
		_, failed = fmt.Fprintf(s.Conn, "%s %s\r\n", f.tag, command)
	}
	if failed != nil {
		s.land(f, failed)
	}
}

// land ends a flight, unless it has landed.
func (s *sieve) land(f *flight, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, of := range s.flights {
		if of == f {
			s.flights = append(s.flights[:i:i], s.flights[i+1:]...)
		}
	}
	select {
	case <-f.landed:
	default:
		f.err = err
		f.end()
		close(f.landed)
	}
}

// fail ends every flight: nothing comes any more.
func (s *sieve) fail(err error) {
	s.mu.Lock()
	if s.failure == nil {
		s.failure = err
	}
	flying := s.flights
	s.mu.Unlock()
	for _, f := range flying {
		s.land(f, err)
	}
}

// Close is called by the library when it gives the connection up.
func (s *sieve) Close() error {
	err := s.Conn.Close()
	s.fail(net.ErrClosed)
	return err
}

// Read reads what is the library's.
func (s *sieve) Read(p []byte) (int, error) {
	for {
		switch {
		case len(s.line) > 0:
			n := copy(p, s.line)
			s.line = s.line[n:]
			return n, nil
		case s.literal > 0:
			n, err := s.in.Read(p[:min(int64(len(p)), s.literal)])
			s.literal -= int64(n)
			if err != nil {
				s.fail(err)
			}
			return n, err
		}
		if err := s.next(); err != nil {
			s.fail(err)
			return 0, err
		}
	}
}

// next takes the next line: ours, or the library's.
func (s *sieve) next() error {
	line, err := s.in.ReadSlice('\n')
	if err == bufio.ErrBufferFull { // the library's, and so is its rest
		s.line, s.inside = line, true
		return nil
	}
	if err != nil {
		s.line = line // may be empty; the error comes again
		if len(line) > 0 {
			return nil
		}
		return err
	}
	begins := !s.inside
	if begins {
		switch f, ours := s.ours(line); {
		case f != nil:
			s.land(f, answer(line[len(f.tag)+1:]))
			return nil
		case ours:
			return s.fetched(line)
		}
	}
	s.line = line
	if s.literal, s.inside = literalSize(line); begins && isStatus(line) {
		s.literal, s.inside = 0, false // its end is text for people
	}
	return nil
}

// ours reports whether a line ends a flight, or begins a message. While any flight
// is under way nobody else fetches.
func (s *sieve) ours(line []byte) (landed *flight, message bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.flights) == 0 {
		return nil, false
	}
	for _, f := range s.flights {
		if rest, ends := bytes.CutPrefix(line, []byte(f.tag)); ends && rest[0] == ' ' {
			return f, false
		}
	}
	_, message = cutFetch(line)
	return nil, message
}

// fetched takes a message off the wire.
func (s *sieve) fetched(line []byte) error {
	got, err := s.reader.read(line)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.flights {
		if f.take(got) {
			break
		}
	}
	return nil
}

// room is that of the flight that asked for a message; nil when none did.
func (s *sieve) room(uid uint32) *room {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.flights {
		if _, ours := slices.BinarySearch(f.asked, uid); ours {
			return f.room
		}
	}
	return nil
}

// literalSize reads the "{123}" at the end of a line.
func literalSize(line []byte) (int64, bool) {
	line = bytes.TrimRight(line, "\r\n")
	open := bytes.LastIndexByte(line, '{')
	if open < 0 || line[len(line)-1] != '}' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(line[open+1:len(line)-1]), 10, 62)
	return int64(n), err == nil
}

// isStatus reports whether a line ends in text for people (RFC 9051 §7.1).
func isStatus(line []byte) bool {
	_, rest, _ := bytes.Cut(line, []byte(" "))
	word, _, _ := bytes.Cut(rest, []byte(" "))
	switch string(bytes.ToUpper(bytes.TrimRight(word, "\r\n"))) {
	case "OK", "NO", "BAD", "BYE", "PREAUTH":
		return true
	}
	return false
}

// answer reads the end of a command, behind its tag.
func answer(line []byte) error {
	word, text, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(" "))
	status := imap.StatusResponseType(bytes.ToUpper(word))
	if status == imap.StatusResponseTypeOK {
		return nil
	}
	refusal := &imap.Error{Type: status, Text: string(text)}
	if code, rest, found := bytes.Cut(text, []byte("]")); found && bytes.HasPrefix(code, []byte("[")) {
		name, _, _ := bytes.Cut(code[1:], []byte(" "))
		refusal.Code, refusal.Text = imap.ResponseCode(bytes.ToUpper(name)), string(bytes.TrimSpace(rest))
	}
	return refusal
}
