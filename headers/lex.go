package headers

import "strings"

// A Received field is a sequence of words and comments (RFC 5321 §4.4):
//
//	from mx.example ([192.0.2.1]) by mail.example (Postfix) with ESMTP id 7 for <a@b>; date
//
// Real lines keep to that at least this far: keywords stand outside comments
// and each introduces one clause.
type item struct {
	start, end int // offsets into the line; a comment includes its parentheses
	comment    bool
	keyword    int8 // the clause that the word introduces, or notKeyword
}

// maxItems bounds the work on one line; real ones have fewer than 40.
const maxItems = 96

// The clauses of a line, by keyword; rest is what stands before the first.
const (
	inRest = iota
	inFrom
	inBy
	inVia
	inWith
	inID
	inFor
	clauseCount

	notKeyword = -1
)

// span is a range of items, keyword excluded.
type span struct{ lo, hi int }

func (s span) empty() bool { return s.lo >= s.hi }

// clauses is one line cut into its parts.
type clauses struct {
	line  string
	items [maxItems]item
	n     int
	spans [clauseCount]span
	date  string
}

// text returns the part of the line that a clause covers.
func (c *clauses) text(clause int) string {
	s := c.spans[clause]
	if s.empty() {
		return ""
	}
	return c.line[c.items[s.lo].start:c.items[s.hi-1].end]
}

func (c *clauses) item(i int) string {
	return c.line[c.items[i].start:c.items[i].end]
}

// first returns the first word of a clause; "" when it starts with a comment.
func (c *clauses) first(clause int) string {
	s := c.spans[clause]
	if s.empty() || c.items[s.lo].comment {
		return ""
	}
	return c.item(s.lo)
}

// inner returns a comment without its parentheses.
func (c *clauses) inner(i int) string {
	s := strings.TrimPrefix(c.item(i), "(")
	return strings.TrimSpace(strings.TrimSuffix(s, ")"))
}

// split cuts an unfolded line into clauses. The date is what follows the last
// semicolon outside comments.
func (c *clauses) split(line string) {
	c.line, c.date, c.n = line, "", 0
	c.lex()
	c.assign()
	if c.date == "" {
		c.date = c.bareDate()
	}
}

// bareDate finds a date that no semicolon announces: SendGrid's lines end in
// "id abc Thu, 01 Jan 2026 10:00:00 +0000" or "id abc 2026-01-01 10:00:00 +0000".
func (c *clauses) bareDate() string {
	for i := 1; i < c.n; i++ {
		w := c.item(i)
		if !c.items[i].comment && (len(w) == 4 && w[3] == ',' && weekday(w[:3]) || isoDate(w)) {
			return c.line[c.items[i].start:]
		}
	}
	return ""
}

// lex cuts the line into words and comments.
func (c *clauses) lex() {
	line, n := c.line, 0 // n counts the words behind the last semicolon too
	for i := 0; i < len(line); {
		switch line[i] {
		case ' ':
			i++
			continue
		case ';':
			c.date, c.n = line[i+1:], n
			i++
			continue
		}
		if n == maxItems { // a line without end: its date may still be there
			if at := strings.LastIndexByte(line[i:], ';'); at >= 0 {
				c.date, c.n = line[i+at+1:], n
			}
			break
		}
		it := &c.items[n]
		it.start, it.comment, it.keyword = i, line[i] == '(', notKeyword
		if it.comment {
			i, it.comment = commentEnd(line, i)
		}
		if !it.comment { // a parenthesis that nothing closes is a character like others
			i = wordEnd(line, it.start)
			it.keyword = keyword(line[it.start:i])
		}
		it.end = i
		n++
	}
	if c.date == "" && c.n == 0 {
		c.n = n
	}
	c.date = strings.TrimSpace(c.date)
}

// assign gives each item to the clause whose keyword it follows. In a line
// that starts with "from", the last "by" is the server's: what stands before
// it may be a HELO of several words, which the client chooses. Of the other
// keywords the first behind it counts; RFC 5321 fixes their order, but real
// servers do not keep to it.
func (c *clauses) assign() {
	c.spans = [clauseCount]span{}
	open, seen, i := inRest, 0, 0
	if c.n > 0 && c.items[0].keyword == inFrom {
		open, seen, i = inFrom, 1<<inFrom, 1
		c.spans[inFrom] = span{1, 1}
		if by := c.lastBy(); by > 0 {
			i = by
		}
	}
	for ; i < c.n; i++ {
		k := int(c.items[i].keyword)
		if k < 0 || k == inFrom || seen&(1<<k) != 0 {
			continue
		}
		if open == inRest && k != inBy && i > 0 && !c.items[i-1].comment {
			continue // free text
		}
		c.spans[open].hi = i
		open, seen = k, seen|1<<k
		c.spans[open] = span{i + 1, i + 1}
	}
	c.spans[open].hi = c.n
}

// lastBy finds the last "by" that has a name behind it; 0 when there is none.
func (c *clauses) lastBy() int {
	for i := c.n - 2; i > 0; i-- {
		if c.items[i].keyword == inBy && !c.items[i+1].comment {
			return i
		}
	}
	return 0
}

// keyword returns the clause that a word introduces.
func keyword(w string) int8 {
	switch len(w) {
	case 2:
		switch {
		case equalFold(w, "by"):
			return inBy
		case equalFold(w, "id"):
			return inID
		}
	case 3:
		switch {
		case equalFold(w, "for"):
			return inFor
		case equalFold(w, "via"):
			return inVia
		}
	case 4:
		switch {
		case equalFold(w, "from"):
			return inFrom
		case equalFold(w, "with"):
			return inWith
		}
	}
	return notKeyword
}
