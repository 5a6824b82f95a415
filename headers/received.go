package headers

import (
	"strconv"
	"strings"
)

// ParseReceived reads the body of one Received field, folded or not. It
// accepts anything: what it cannot make out stays empty, and Raw keeps the
// text. N, Trust and Note are left for the walk.
func ParseReceived(body string) Hop {
	line := string(appendUnfolded(make([]byte, 0, len(body)), []byte(body)))
	var c clauses
	return parseLine(&c, line)
}

// parseLine reads one unfolded line; c is scratch space that may be reused.
func parseLine(c *clauses, line string) Hop {
	h := Hop{Raw: line}
	c.split(line)
	h.Time = parseTime(c.date)
	program := c.program(&h)
	c.readFrom(&h, program)
	c.readBy(&h)
	h.With = c.protocol()
	h.ID = trimAngles(strings.TrimSuffix(c.first(inID), ","))
	h.For = trimAngles(c.first(inFor))
	c.readComments(&h)
	if h.From.Auth == "" && authenticated(h.With) {
		h.From.Auth = h.With
	}
	return h
}

// program finds out which server wrote the line.
func (c *clauses) program(h *Hop) software {
	for i := c.spans[inBy].lo; i < c.n; i++ {
		if !c.items[i].comment {
			continue
		}
		if s := signed(commentSignatures, c.inner(i)); s != nil {
			h.Software = s.name
			return s.program
		}
	}
	if s := signed(withSignatures, c.text(inWith)); s != nil {
		h.Software = s.name
		return s.program
	}
	return otherSoftware
}

func signed(table []signature, text string) *signature {
	for i := range table {
		p := table[i].prefix
		if len(text) >= len(p) && strings.EqualFold(text[:len(p)], p) {
			return &table[i]
		}
	}
	return nil
}

func (c *clauses) readFrom(h *Hop, program software) {
	text := c.text(inFrom)
	if text == "" {
		return
	}
	for i := range fromFormats {
		f := &fromFormats[i]
		var got captures
		if f.only != 0 && f.only&program == 0 || !f.shape.match(text, &got) {
			continue
		}
		h.From.HELO, h.From.RDNS = got[slotHELO], got[slotRDNS]
		h.From.IP, _ = parseIP(got[slotIP])
		h.From.Ident, h.From.Auth = got[slotIdent], got[slotAuth]
		h.From.Unverified = f.doubt
		if got[slotPort] != "" {
			port, _ := strconv.ParseUint(got[slotPort], 10, 16)
			h.From.Port = uint16(port)
		}
		break
	}
	if !h.From.IP.IsValid() {
		c.guessFrom(h)
	}
	h.From.RDNS = strings.TrimSuffix(h.From.RDNS, ".")
	if strings.EqualFold(h.From.RDNS, "unknown") {
		h.From.RDNS = ""
	}
}

// guessFrom is the honest reader for what no format describes: the first
// word is what the client called itself, and the last bracketed address in
// the comments is what the server saw.
func (c *clauses) guessFrom(h *Hop) {
	s := c.spans[inFrom]
	h.From = From{HELO: c.first(inFrom)}
	for i := s.lo; i < s.hi; i++ {
		if !c.items[i].comment {
			continue
		}
		text := c.inner(i)
		for text != "" {
			var word string
			word, text, _ = strings.Cut(text, " ")
			word = strings.Trim(word, ",;")
			if at := strings.IndexByte(word, '['); at >= 0 {
				if end := strings.IndexByte(word[at:], ']'); end > 0 {
					word = word[at : at+end+1]
				}
			}
			if ip, ok := parseIP(word); ok && !h.From.IP.IsValid() {
				h.From.IP = ip
			}
		}
	}
	if !h.From.IP.IsValid() {
		if ip, ok := parseIP(h.From.HELO); ok {
			h.From.IP = ip
		}
	}
}

func (c *clauses) readBy(h *Hop) {
	text := c.text(inBy)
	h.By.Name = strings.TrimSuffix(c.first(inBy), ".")
	for i := range byFormats {
		var got captures
		if byFormats[i].shape.match(text, &got) {
			h.By.IP, _ = parseIP(got[slotByIP])
			return
		}
	}
}

func (c *clauses) protocol() string {
	s := c.spans[inWith]
	if s.empty() {
		return ""
	}
	text := c.item(s.lo)
	if strings.EqualFold(text, "Microsoft") && s.hi > s.lo+1 {
		for i := s.lo + 1; i < s.hi && !c.items[i].comment; i++ {
			text = c.line[c.items[s.lo].start:c.items[i].end]
		}
	}
	return strings.TrimSuffix(text, ",")
}

// authenticated says whether a protocol keyword means that the client logged
// in (RFC 3848 and its unregistered cousins).
func authenticated(with string) bool {
	switch strings.ToUpper(with) {
	case "ESMTPA", "ESMTPSA", "SMTPA", "SMTPSA", "ASMTP", "UTF8SMTPA", "UTF8SMTPSA", "LMTPA", "LMTPSA":
		return true
	}
	return false
}

func (c *clauses) readComments(h *Hop) {
	for i := 0; i < c.n; i++ {
		if c.items[i].comment {
			readComment(h, c.inner(i))
		}
	}
	if at := strings.IndexByte(c.date, '('); at >= 0 {
		readComment(h, strings.TrimSuffix(c.date[at+1:], ")"))
	}
}

func readComment(h *Hop, text string) {
	for i := range commentFormats {
		var got captures
		if !commentFormats[i].match(text, &got) {
			continue
		}
		if h.EnvelopeFrom == "" {
			h.EnvelopeFrom = got[slotEnvelope]
		}
		if h.From.Auth == "" {
			h.From.Auth = got[slotAuth]
		}
		if tls := got[slotTLS]; h.TLS == "" && tls != "" {
			word, _, _ := strings.Cut(tls, " ")
			h.TLS = strings.Trim(word, ",:")
		}
		return
	}
}

func trimAngles(s string) string {
	return strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">")
}
