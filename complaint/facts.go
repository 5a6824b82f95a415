package complaint

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"spamreport/headers"
	"spamreport/lookup"
	"spamreport/templates"
)

// Bounds of what is quoted in the text.
const (
	maxQuoted  = 200 // runes of one quoted value
	maxReason  = 800 // runes of a sentence of ours
	maxTraces  = 12
	maxTrace   = 400 // runes of a trace: a token that is cut finds no account
	maxLinks   = 10
	maxHeaders = 32 << 10 // octets of pasted headers
	maxPrivate = 400      // octets of a pasted X- field
)

// facts gathers what the letter can say. hide takes the reporter's addresses
// out of whatever comes from the spam or from the walk through its trace.
func (c *Composer) facts(inc Incident, ev evidence, to string, now time.Time) templates.Facts {
	f := templates.Facts{
		Incident: inc.ID(),
		Network:  networkFacts(inc.Lookup.Network),
		Desk:     to,
		Spam:     spamFacts(inc, ev),
		Headers:  ev.headers,
		Attached: ev.attached,
		Notes:    ev.notes,
		Reporter: templates.Reporter{
			Name: c.Identity.Name, Email: c.Identity.Email,
			Organisation: c.Identity.Organisation, URL: c.Identity.URL,
		},
	}
	if src := inc.Verdict.Source; src != nil {
		f.Address = src.IP
		f.Reason = ev.sentence(src.Reason)
		f.Confidence = string(src.Confidence)
		f.Provider = oneLine(src.Provider, maxQuoted)
	}
	for _, e := range inc.Earlier {
		f.Earlier = append(f.Earlier, templates.Earlier{Incident: e.Incident, Filed: e.Filed, Desk: e.Contact, Copies: e.Copies})
	}
	f.Phishing = ev.sentence(inc.Phishing)
	f.Received, f.TimeFromServer = inc.when(now)
	if inc.About.Kind == KindOrigin {
		inc.originFacts(&f, ev)
		return f
	}
	f.Target, f.TargetAddress = ev.say(inc.About.Name), inc.About.Address
	if o := inc.Verdict.Origin; o != nil {
		f.Origin, f.OriginBy, f.OriginReason = o.IP, ev.say(o.By), ev.sentence(o.Reason)
	}
	if hop := inc.sourceHop(); hop != nil {
		f.Receiver = ev.say(hop.By.Name)
		f.HELO = ev.say(hop.From.HELO)
		f.RDNS = ev.say(hop.From.RDNS)
		f.Port = hop.From.Port
		f.ServerID = ev.say(hop.ID)
		login := inc.claimedLogin()
		f.LoggedIn = login != ""
		if !isMechanism(login) {
			f.Authenticated = ev.say(login)
		}
	}
	return f
}

// originFacts are those of a complaint about the client behind the source: its
// provider's line takes the place of the recipient's own.
func (inc Incident) originFacts(f *templates.Facts, ev evidence) {
	f.Address, f.Reason, f.Provider = inc.About.Address, ev.sentence(inc.About.Reason), ""
	f.Confidence = string(headers.Medium)
	o := inc.Verdict.Origin
	if o == nil || o.Hop < 0 || o.Hop >= len(inc.Verdict.Hops) {
		return
	}
	hop := &inc.Verdict.Hops[o.Hop]
	f.Receiver, f.ServerID = ev.say(hop.By.Name), ev.say(hop.ID)
	f.HELO, f.RDNS, f.Port = ev.say(hop.From.HELO), ev.say(hop.From.RDNS), hop.From.Port
	if !hop.Time.IsZero() {
		f.Received, f.TimeFromServer = hop.Time.UTC(), true
	}
}

// sourceHop is the handoff that the source was taken from.
func (inc Incident) sourceHop() *headers.Hop {
	src := inc.Verdict.Source
	if src == nil || src.Hop < 0 || src.Hop >= len(inc.Verdict.Hops) {
		return nil
	}
	return &inc.Verdict.Hops[src.Hop]
}

// claimedLogin is the login in the line below the handoff, if it looks as if
// the source wrote that line: a desk finds the stolen account by it. The line
// may be forged; then it leads nowhere and does no harm.
func (inc Incident) claimedLogin() string {
	hop := inc.sourceHop()
	if hop == nil || inc.Verdict.Source.Hop+1 >= len(inc.Verdict.Hops) {
		return ""
	}
	below := inc.Verdict.Hops[inc.Verdict.Source.Hop+1]
	name := below.By.Name
	if name == "" || below.Trust == headers.Forged ||
		!strings.EqualFold(name, hop.From.HELO) && !strings.EqualFold(name, hop.From.RDNS) {
		return ""
	}
	return below.From.Auth
}

// isMechanism tells the name of a protocol or mechanism (RFC 3848, RFC 4422)
// from that of an account. People are called Plain, but not PLAIN.
func isMechanism(login string) bool {
	return login == strings.ToUpper(login) && !strings.ContainsAny(login, "@._")
}

// when is the time that the desk looks for in its logs. Without a time of the
// believed server our own clock has to do; the letter says so.
func (inc Incident) when(now time.Time) (at time.Time, fromServer bool) {
	if !inc.Received.IsZero() {
		return inc.Received.UTC(), true
	}
	if hop := inc.sourceHop(); hop != nil && !hop.Time.IsZero() {
		return hop.Time.UTC(), true
	}
	return now.UTC(), false
}

func networkFacts(n lookup.Network) templates.Network {
	return templates.Network{
		Name:    oneLine(n.Name, 80),
		Handle:  oneLine(n.Handle, 80),
		Prefix:  joinPrefixes(n.CIDR),
		Country: oneLine(n.Country, 2),
		ASN:     n.ASN,
	}
}

func joinPrefixes(prefixes []netip.Prefix) string {
	var all []string
	for _, p := range prefixes[:min(len(prefixes), 8)] {
		all = append(all, p.String())
	}
	return strings.Join(all, ", ")
}

// spamFacts quotes the header of the evidence, which is redacted already.
func spamFacts(inc Incident, ev evidence) templates.Spam {
	quote := func(name string) string { return oneLine(decodeWords(ev.root.get(name)), maxQuoted) }
	s := templates.Spam{
		Subject:   quote("Subject"),
		From:      quote("From"),
		ReplyTo:   quote("Reply-To"),
		MessageID: quote("Message-ID"),
		Date:      quote("Date"),
		Size:      max(inc.Message.Size, int64(len(inc.Message.Raw))),
	}
	if hop := inc.sourceHop(); hop != nil {
		s.EnvelopeFrom = ev.say(hop.EnvelopeFrom)
	}
	if s.EnvelopeFrom == "" {
		s.EnvelopeFrom = strings.Trim(quote("Return-Path"), "<>")
	}
	for _, l := range inc.About.Links[:min(len(inc.About.Links), maxLinks)] {
		s.Links = append(s.Links, ev.say(l))
	}
	traces := slices.Concat(inc.About.Fields, inc.Verdict.Evidence)
	for _, e := range traces[:min(len(traces), maxTraces)] {
		s.Traces = append(s.Traces, templates.Trace{Name: oneLine(e.Name, 60), Value: oneLine(ev.hide.text(e.Value), maxTrace)})
	}
	return s
}

// evidence is the spam, made ready for being shown and enclosed.
type evidence struct {
	root     *part
	raw      []byte // the enclosed copy
	headers  string // its header block, for pasting
	attached string
	notes    []string
	hide     *redactor
}

// say prepares a short hostile text for a sentence or a list.
func (ev evidence) say(s string) string { return oneLine(ev.hide.text(s), maxQuoted) }

// sentence does the same for what the walk concluded.
func (ev evidence) sentence(s string) string { return oneLine(ev.hide.text(s), maxReason) }

// evidence makes the spam ready within the limits.
func (c *Composer) evidence(inc Incident) evidence {
	t := parseTree(inc.Message.Raw)
	if inc.Message.Truncated {
		t.note("The message was longer than what we keep; its end is missing.")
	}
	hide := c.redactor(inc, t)
	t.shorten(orDefault(c.EvidenceLimit, DefaultEvidenceLimit), orDefault(c.AttachmentLimit, DefaultAttachmentLimit), hide)
	hide.tree(t)
	ev := evidence{root: t.root, raw: t.render(), notes: t.notes, hide: hide}
	ev.headers = t.root.pasted()
	return ev
}

// pasted is the header block for the text. Fields of private meaning that are
// long (a filter's notes to itself) are cut there, and only there.
func (p *part) pasted() string {
	var out bytes.Buffer
	for _, f := range p.fields {
		start := out.Len()
		f.render(&out)
		if size := out.Len() - start; size > maxPrivate && strings.HasPrefix(lowerASCII(f.name), "x-") {
			out.Truncate(start)
			fmt.Fprintf(&out, "%s: [%d octets, see the attached copy]\r\n", f.name, size)
		}
		if out.Len() > maxHeaders {
			out.Truncate(start)
			out.WriteString("[The rest of the headers is in the attached copy.]\r\n")
			break
		}
	}
	return strings.TrimSuffix(strings.ReplaceAll(out.String(), "\r\n", "\n"), "\n")
}

func orDefault(n, fallback int) int {
	if n > 0 {
		return n
	}
	return fallback
}
