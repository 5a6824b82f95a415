package headers

import (
	"strconv"
	"strings"
)

// ParseReceived reads the body of one Received field, folded or not. It
// accepts anything: what it cannot make out stays empty, and Raw keeps the
// text. N, Trust and Note are left for the walk.
func ParseReceived(body string) Hop {
	var room [1 << 10]byte
	line := unfold(room[:0], []byte(body))
	var c clauses
	var h Hop
	c.read(&h, string(line))
	return h
}

// read parses one unfolded line into h, which is empty. The clauses are
// scratch space that may be used again.
func (c *clauses) read(h *Hop, line string) {
	h.Raw = line
	c.split(line)
	h.date, h.Time = c.date, parseTime(c.date)
	c.readBy(h)
	h.program, h.Software = c.program(h.By.Name)
	c.readFrom(h)
	h.With = c.protocol()
	h.ID = trimAngles(strings.TrimSuffix(c.first(inID), ","))
	h.For = trimAngles(strings.TrimSuffix(c.first(inFor), ","))
	c.readRemarks(h)
	h.Kind = c.kind(h)
	if h.Kind == Pickup && !h.From.IP.IsValid() {
		c.localUser(h)
	}
	switch {
	case loggedIn(h.With):
		keep(&h.From.Auth, h.With)
	case h.Kind == Web && public(h.From.IP):
		keep(&h.From.Auth, "HTTP")
	}
}

// readFrom finds the format of the from part.
func (c *clauses) readFrom(h *Hop) {
	text := c.sender(h)
	if text == "" {
		return
	}
	var got captures
	if f := findFormat(text, h.program, &got); f != nil {
		fill(&h.From, f, &got)
		h.loose = f.loose || f.doubt || h.program&(qmail|heloWriters) != 0
		return
	}
	c.guessFrom(h)
}

// findFormat returns the first row of the table that fits; nil when none does.
func findFormat(text string, program software, got *captures) *fromFormat {
	has := marksIn(text)
	for i := range fromFormats {
		f := &fromFormats[i]
		if f.shape.needs&^has == 0 && (f.only == 0 || f.only&program != 0) && f.shape.match(text, got) {
			return f
		}
	}
	return nil
}

// sender returns the from part without the remarks at its end, and notes what
// they say. Only those at the end are the server's for certain.
func (c *clauses) sender(h *Hop) string {
	s := c.spans[inFrom]
	if s.empty() && c.n > 0 && c.items[0].comment {
		if from, ok := strings.CutPrefix(c.inner(0), "from "); ok && strings.IndexByte(from, '[') >= 0 {
			return from // NAVGW: "(from pc7 [192.0.2.7]) by mx.example.org"
		}
	}
	for s.hi > s.lo+1 && c.items[s.hi-1].comment && readRemark(h, c.inner(s.hi-1)) {
		s.hi--
	}
	if s.empty() {
		return ""
	}
	return c.line[c.items[s.lo].start:c.items[s.hi-1].end]
}

func fill(from *From, f *fromFormat, got *captures) {
	from.HELO = got.text[slotHELO]
	from.RDNS = strings.TrimSuffix(got.text[slotRDNS], ".")
	if f.single {
		from.HELO = got.text[slotRDNS]
	}
	from.IP = got.ip
	if text := got.text[slotPort]; text != "" {
		if port, err := strconv.ParseUint(text, 10, 16); err == nil {
			from.Port = uint16(port)
		}
	}
	keep(&from.Ident, got.text[slotIdent])
	keep(&from.Auth, got.text[slotAuth])
	from.Unverified = f.doubt
	switch {
	case equalFold(from.RDNS, "unknown"):
		from.RDNS = ""
	case equalFold(from.RDNS, "unverified"):
		from.RDNS, from.Unverified = "", true
	default:
		if _, ok := parseIP(from.RDNS); ok { // the address again, not a name
			from.RDNS = ""
		}
	}
}

func (c *clauses) readBy(h *Hop) {
	s := c.spans[inBy]
	h.By.Name = strings.TrimRight(c.first(inBy), ".,")
	if s.hi-s.lo < 2 && !strings.HasPrefix(h.By.Name, "[") {
		return // a name alone, the commonest form
	}
	if s.hi > s.lo+2 {
		s.hi = s.lo + 2 // what follows the first comment is never an address
	}
	if c.items[s.hi-1].comment && !strings.ContainsAny(c.item(s.hi-1), ".:") {
		return // "(Postfix)"
	}
	text := c.line[c.items[s.lo].start:c.items[s.hi-1].end]
	var got captures
	has := marksIn(text)
	for i := range byFormats {
		if byFormats[i].needs&^has == 0 && byFormats[i].match(text, &got) {
			h.By.IP = got.ip
			return
		}
	}
}

// protocol returns the protocol behind "with": one word, or for programs
// that put their name there the words up to the first comment.
func (c *clauses) protocol() string {
	s := c.spans[inWith]
	end := s.lo
	for end < s.hi && !c.items[end].comment {
		end++
	}
	if end == s.lo { // "with (AES256-SHA encrypted) SMTP"
		for end < s.hi && c.items[end].comment {
			end++
		}
		if end == s.lo || end == s.hi {
			return ""
		}
		return c.item(end)
	}
	switch first := c.item(s.lo); {
	case strings.HasPrefix(first, "["), equalFold(first, "Microsoft"),
		equalFold(first, "Internet"), equalFold(first, "MailEnable"):
		return strings.Trim(c.line[c.items[s.lo].start:c.items[end-1].end], "[],")
	case end > s.lo+2 && equalFold(c.item(s.lo+1), "encrypted"):
		return c.item(s.lo + 2) // MessageLabs: "with AES256-SHA encrypted SMTP"
	default:
		return strings.TrimSuffix(first, ",")
	}
}

// loggedIn reports whether a protocol keyword means that the client logged in
// (RFC 3848 and its unregistered cousins).
func loggedIn(with string) bool {
	if len(with) < 5 || len(with) > 10 {
		return false
	}
	for _, w := range [...]string{"ESMTPSA", "ESMTPA", "ASMTP", "SMTPSA", "SMTPA", "UTF8SMTPA", "UTF8SMTPSA", "AESMTP", "AESMTPS", "ASMTPS", "LMTPA", "LMTPSA"} {
		if equalFold(with, w) {
			return true
		}
	}
	return false
}

// readRemarks reads the comments outside the from part, and the words that
// some servers use in their stead.
func (c *clauses) readRemarks(h *Hop) {
	from := c.spans[inFrom]
	for i := 0; i < c.n; i++ {
		switch {
		case c.items[i].comment && (i < from.lo || i >= from.hi):
			if !readRemark(h, c.inner(i)) && h.From.HELO == "" {
				helo, found := strings.CutPrefix(c.inner(i), "EHLO ") // ArGoSoft
				if !found {
					helo, found = strings.CutPrefix(c.inner(i), "HELO ")
				}
				if found {
					h.From.HELO = helo
				}
			}
		case !c.items[i].comment && i+1 < c.n && equalFold(c.item(i), "envelope-from"):
			keep(&h.EnvelopeFrom, trimAngles(c.item(i+1))) // Haraka
		case i > 0 && i+1 < c.n && c.items[i].keyword == inFrom:
			keep(&h.EnvelopeFrom, trimAngles(c.item(i+1))) // XMail
		}
	}
	if at := strings.IndexByte(c.date, '('); at >= 0 {
		end, _ := commentEnd(c.date, at)
		readRemark(h, strings.TrimSuffix(c.date[at+1:end], ")"))
		if end < len(c.date) {
			if at = strings.IndexByte(c.date[end:], '('); at >= 0 {
				last, _ := commentEnd(c.date, end+at)
				readRemark(h, strings.TrimSuffix(c.date[end+at+1:last], ")"))
			}
		}
	}
}

func trimAngles(s string) string {
	return strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">")
}
