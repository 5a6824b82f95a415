package headers

// guessFrom is the honest reader for what no format describes. Servers put
// down what they saw either before they quote the HELO or behind everything
// that the client chose, so the address is the last one before the quote, or
// else the last one of all.
func (c *clauses) guessFrom(h *Hop) {
	s := c.spans[inFrom]
	h.From.HELO = c.first(inFrom)
	before, quoted := beforeHELO(c.text(inFrom))
	if _, seen := parseIP(h.From.HELO); quoted && seen {
		h.From.HELO = "" // what it called itself is in the quote
	}
	if h.From.IP, _ = lastAddress(before); h.From.IP.IsValid() || !quoted {
		return
	}
	if c.items[s.hi-1].comment {
		before, _ = beforeHELO(c.inner(s.hi - 1))
		h.From.IP, _ = lastAddress(before)
	}
}

// beforeHELO cuts a text where it quotes what the client called itself, which
// may be an address of its choice.
func beforeHELO(text string) (before string, quoted bool) {
	for at := 0; at+5 <= len(text); at++ {
		if at > 0 && text[at-1] != ' ' && text[at-1] != '"' && text[at-1] != '(' {
			continue
		}
		if greeting(text[at:at+4]) && (text[at+4] == ' ' || text[at+4] == '=') || hasPrefixFold(text[at:], "claiming to be") {
			return text[:at], true
		}
	}
	return text, false
}

// localUser puts the name behind "from" where it belongs in a line without a
// handoff: "from joe by mx.example.org with local" names a user, and "from
// mail pickup service by mx.example.org" nobody.
func (c *clauses) localUser(h *Hop) {
	s := c.spans[inFrom]
	if s.hi == s.lo+1 && !c.items[s.lo].comment {
		keep(&h.From.Ident, h.From.HELO)
	}
	if s.hi > s.lo && !c.items[s.hi-1].comment {
		h.From.HELO = ""
	}
}
