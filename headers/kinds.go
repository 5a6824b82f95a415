package headers

import "strings"

// Kind says what a line describes. Only a handoff crosses from one host to
// another; the other kinds stay on one.
type Kind string

// The kinds of line.
const (
	Handoff Kind = "handoff" // one host took the message from another
	Web     Kind = "web"     // a person handed it in over HTTP
	Pickup  Kind = "pickup"  // a program on the same host handed it in
	Queue   Kind = "queue"   // the server passed it on to itself
	Filter  Kind = "filter"  // a scanner looked at it
	List    Kind = "list"    // list software sent it out again
	Fetch   Kind = "fetch"   // the recipient's own program fetched it from a mailbox
	Store   Kind = "store"   // the server put it into the mailbox
	Unread  Kind = "unread"  // nobody can make it out
)

// mark is a text that shows what kind of line it stands in. In one clause the
// first row that fits wins, and the beginning of a clause before its comments.
type mark struct {
	clause int    // the clause in which the text stands
	inside bool   // in one of its comments, not at its beginning
	prefix string // how the text begins
	kind   Kind
}

var marks = []mark{
	// qmail describes steps on one host with a comment and nothing else.
	{inRest, true, "nullmailer ", Pickup},
	{inRest, true, "qmail invoked by alias", Queue},
	{inRest, true, "from ", Pickup},
	{inRest, true, "at ", Pickup},

	{inWith, true, "fetchmail", Fetch},
	{inWith, true, "getmail", Fetch},
	{inWith, false, "IMAP", Fetch},
	{inWith, false, "POP", Fetch},
	{inWith, false, "APOP", Fetch},
	{inWith, false, "KPOP", Fetch},
	{inWith, false, "DomainPOP", Fetch},
	{inWith, false, "MultiPOP", Fetch},
	{inWith, false, "ETRN", Fetch},
	{inWith, false, "ODMR", Fetch},

	{inWith, false, "local", Pickup},
	{inBy, true, "Postfix, from userid", Pickup},
	{inFrom, false, "mail pickup service", Pickup},
	{inFrom, true, "uid ", Pickup},
	{inBy, false, "simscan", Filter},
	{inBy, true, "amavis", Filter},
	{inWith, false, "qmail-scanner", Filter},
	{inWith, false, "SpamAssassin", Filter},
	{inBy, true, "LISTSERV", List},
	{inBy, true, "bulk_mailer", List},
	{inBy, true, "SmartList", List},
	{inBy, true, "Mailman", List},
	{inWith, false, "spool", List},
	{inWith, false, "LIST", List},

	{inWith, false, "PIPE", Queue},
	{inWith, false, "RULE", Queue},
	{inWith, false, "GROUP", Queue},
	{inWith, false, "Novell_GroupWise", Queue},
	{inWith, false, "BSMTP", Queue},
	{inFrom, false, "spooler", Queue},
	{inFrom, false, "SpoolDir", Queue},
	{inFrom, false, "conversion-daemon", Queue},
	{inFrom, false, "DIRECTORY-DAEMON", Queue},

	{inBy, false, "ajax-webmail", Web}, // Coremail
	{inWith, false, "HTTP", Web},
	{inWith, false, "DAV", Web},
	{inVia, false, "HTTP", Web},
	// Exchange's last step, from a server of the same organisation to the one
	// that has the mailbox.
	{inVia, false, "Mailbox Transport", Store},
	{inBy, true, "via HTTP", Web},
}

// markTables are the marks by clause and first letter, apart for those at the
// beginning of a clause and those in its comments.
var markTables = func() (tables [clauseCount][2]*byLetter[mark]) {
	for clause := range tables {
		for inside := range tables[clause] {
			var rows []mark
			for _, m := range marks {
				if m.clause == clause && m.inside == (inside == 1) {
					rows = append(rows, m)
				}
			}
			if rows != nil {
				tables[clause][inside] = lettered(rows, func(m *mark) string { return m.prefix })
			}
		}
	}
	return tables
}()

// marked finds the first kind that a clause gives away.
func (c *clauses) marked(clause int) (Kind, bool) {
	s := c.spans[clause]
	if s.empty() {
		return "", false
	}
	if t := markTables[clause][0]; t != nil {
		text := c.text(clause)
		for _, m := range t.rows(text) {
			if hasPrefixFold(text, m.prefix) {
				return m.kind, true
			}
		}
	}
	if t := markTables[clause][1]; t != nil {
		for i := s.lo; i < s.hi; i++ {
			if !c.items[i].comment {
				continue
			}
			text := c.inner(i)
			for _, m := range t.rows(text) {
				if hasPrefixFold(text, m.prefix) {
					return m.kind, true
				}
			}
		}
	}
	return "", false
}

// kind finds out what a line describes.
func (c *clauses) kind(h *Hop) Kind {
	for _, clause := range [...]int{inRest, inWith, inFrom, inBy, inVia} {
		kind, found := c.marked(clause)
		switch {
		case !found:
			continue
		case kind == Web && h.From.HELO != "" && h.From.RDNS == "" && equalFold(h.With, "HTTPS"):
			return Handoff // Exchange Online moves mail between its own hosts this way
		case (kind == Pickup || kind == Queue || kind == List) && public(h.From.IP):
			return Handoff // nothing local has an address outside: "spooler" may be a HELO
		}
		return kind
	}
	noSender := c.spans[inFrom].empty()
	switch {
	case noSender && c.spans[inBy].empty():
		return c.step()
	case noSender:
		return Queue
	case !h.From.IP.IsValid() && (h.From.Ident != "" && h.From.RDNS == "" || strings.IndexByte(h.From.HELO, '@') > 0):
		return Pickup // Sendmail's submission program: "from localhost (joe@localhost)"
	case h.program&mdaemon != 0: // its lines lack addresses, whoever called
	case !h.From.IP.IsValid() && (strings.EqualFold(h.From.HELO, h.By.Name) || equalFold(h.From.HELO, "localhost")):
		return Queue
	}
	return Handoff
}

// step reads a line that names no host: "(qmail 12345 invoked by uid 500)",
// "with ECARTIS (v1.0.0)", "at host". A line that begins otherwise is no
// server's, or was damaged on the way.
func (c *clauses) step() Kind {
	switch {
	case c.n == 0:
		return Unread
	case c.items[0].comment:
		text := c.inner(0)
		if hasPrefixFold(text, "qmail") && (indexFold(text, "by uid") >= 0 || indexFold(text, "for bounce") >= 0) {
			return Pickup
		}
	case c.items[0].keyword == notKeyword && !equalFold(c.item(0), "at"):
		return Unread
	}
	return Queue
}
