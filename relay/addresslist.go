package relay

import "strings"

// splitAddresses takes an address list (RFC 5322 §3.4) apart at its commas.
// What is between them is left to ParseAddress: a list of which one entry is a
// bare name, as cron writes it, is not a valid list but a useful one. Groups
// are taken apart as well.
func splitAddresses(list string) []string {
	var s addressSplitter
	for i := 0; i < len(list); i++ {
		c := list[i]
		switch {
		case c == '\\' && (s.quoted || s.comment > 0) && i+1 < len(list):
			s.keep(c)
			i++
			s.keep(list[i])
		case s.quoted:
			s.quoted = c != '"'
			s.keep(c)
		case s.comment > 0 || c == '(':
			s.inComment(c)
		default:
			s.outside(c)
		}
	}
	s.end()
	return s.entries
}

// addressSplitter is the state of splitAddresses.
type addressSplitter struct {
	entries []string
	entry   strings.Builder
	quoted  bool
	comment int  // comments nest
	angle   bool // between < and >
	literal bool // between [ and ], where colons belong to an IPv6 address
}

func (s *addressSplitter) keep(c byte) {
	if s.comment == 0 {
		s.entry.WriteByte(c)
	}
}

func (s *addressSplitter) inComment(c byte) {
	switch c {
	case '(':
		s.comment++
	case ')':
		s.comment--
	}
}

func (s *addressSplitter) outside(c byte) {
	switch {
	case c == ',' && !s.angle, c == ';' && !s.angle:
		s.end()
		return
	case c == ':' && !s.angle && !s.literal:
		s.entry.Reset() // the name of a group
		return
	case c == '"':
		s.quoted = true
	case c == '<', c == '>':
		s.angle = c == '<'
	case c == '[', c == ']':
		s.literal = c == '['
	}
	s.keep(c)
}

func (s *addressSplitter) end() {
	if entry := strings.TrimSpace(s.entry.String()); entry != "" {
		s.entries = append(s.entries, entry)
	}
	s.entry.Reset()
	s.angle, s.literal = false, false
}
