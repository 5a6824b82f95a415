package term

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/lookup"
)

// Printer writes results for people. The zero value of Color prints plainly.
type Printer struct {
	W       io.Writer
	Color   bool
	Width   int // columns of the terminal; 0: lines are as long as they are
	Verbose bool
}

// descriptor is an open file, or what stands before one.
type descriptor interface{ Fd() uintptr }

// IsTerminal reports whether a person sits at the other end of f.
func IsTerminal(f any) bool {
	file, ok := f.(descriptor)
	return ok && term.IsTerminal(int(file.Fd()))
}

// WantColor follows https://no-color.org: colour on a terminal, unless
// NO_COLOR is set to anything.
func WantColor(f any, getenv func(string) string) bool {
	return IsTerminal(f) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

var trustColor = map[headers.Trust]string{
	headers.Trusted:   "32", // green
	headers.Internal:  "2",  // dim
	headers.TrustEdge: "1;31",
	headers.Untrusted: "33",
	headers.Forged:    "31",
}

func (p Printer) paint(code, s string) string {
	if !p.Color || code == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p Printer) bold(s string) string { return p.paint("1", s) }

// Title prints a heading.
func (p Printer) Title(format string, args ...any) {
	fmt.Fprintln(p.W, p.bold(Safe(fmt.Sprintf(format, args...))))
}

// Line prints one line of text, made safe.
func (p Printer) Line(format string, args ...any) {
	fmt.Fprintln(p.W, Safe(fmt.Sprintf(format, args...)))
}

// Walk prints the trace hop by hop and the verdict.
func (p Printer) Walk(v headers.Verdict) {
	for _, h := range v.Hops {
		fmt.Fprintf(p.W, "  %2d  %s  %s\n", h.N, p.paint(trustColor[h.Trust], fmt.Sprintf("%-9s", h.Trust)), p.fold(17, p.handoff(h)))
		if h.Note != "" {
			fmt.Fprintf(p.W, "                 %s\n", p.paint("2", p.fold(17, Safe(h.Note))))
		}
	}
	if v.Source == nil {
		p.field("source", "none: "+cmp.Or(v.Reason, "no believed server wrote down a public address"))
		return
	}
	p.field("source", fmt.Sprintf("%s (%s confidence, hop %d)", v.Source.IP, v.Source.Confidence, v.Source.Hop))
	p.field("", v.Source.Reason)
	if o := v.Origin; o != nil {
		p.field("origin", fmt.Sprintf("%s, vouched for by %s", o.IP, o.By))
		p.field("", o.Reason)
	}
	if p.Verbose {
		for _, e := range v.Evidence {
			p.field("evidence", e.Name+": "+e.Value)
		}
	}
}

func (p Printer) handoff(h headers.Hop) string {
	from := cmp.Or(h.From.RDNS, h.From.HELO, "?")
	if h.From.IP.IsValid() {
		from += " [" + h.From.IP.String() + "]"
	}
	line := from + " → " + cmp.Or(h.By.Name, addrText(h.By.IP), "?")
	if h.With != "" {
		line += " with " + h.With
	}
	if !h.Time.IsZero() {
		line += ", " + h.Time.UTC().Format(time.DateTime+"Z")
	}
	return Safe(line)
}

// Lookup prints the network and its contacts; with Verbose also the trail.
func (p Printer) Lookup(r lookup.Result) {
	p.field("network", networkText(r.Network))
	for i, c := range r.Contacts {
		label := ""
		if i == 0 {
			label = "contact"
		}
		p.field(label, fmt.Sprintf("%s (%s, by %s from %s, %s confidence)", c.Email, c.Role, c.Via, c.Server, c.Confidence))
	}
	if r.Stale {
		p.field("note", "an answer of before, which has expired: no registry can be reached now")
	}
	for _, c := range r.Rejected {
		p.field("not mailed", c.Email+": "+c.Why)
	}
	if !p.Verbose {
		return
	}
	for _, s := range r.Trail {
		p.field("query", fmt.Sprintf("%s %s: %s (%d ms)", s.Via, s.Server, s.Outcome, s.Took.Milliseconds()))
	}
}

// Complaint prints the message as a person would read it: the addressing and
// the text; the evidence is only named.
func (p Printer) Complaint(c *complaint.Complaint) {
	p.field("to", strings.Join(c.To, ", "))
	if len(c.Cc) > 0 {
		p.field("cc", strings.Join(c.Cc, ", "))
	}
	p.field("subject", c.Subject)
	p.field("format", fmt.Sprintf("%s, %d octets with the evidence", c.Format, len(c.Raw)))
	fmt.Fprintln(p.W)
	p.Text(c.Text)
}

// LeftOut prints why nobody is told of something that a message names.
func (p Printer) LeftOut(what, why string) { p.field("left out", what+": "+why) }

// Text prints untrusted text of several lines, indented.
func (p Printer) Text(s string) {
	for line := range strings.SplitSeq(strings.TrimRight(SafeText(s), "\n"), "\n") {
		fmt.Fprintln(p.W, strings.TrimRight("    "+line, " "))
	}
	fmt.Fprintln(p.W)
}

// Outcome prints what became of one message.
func (p Printer) Outcome(action complaint.Action, why string) {
	color := map[complaint.Action]string{complaint.Sent: "32", complaint.WouldSend: "32", complaint.Deferred: "33"}[action]
	fmt.Fprintf(p.W, "  %s %s\n", p.paint("1", fmt.Sprintf("%-10s", "result")), p.paint(color, p.fold(13, Safe(string(action)+": "+why))))
}

func (p Printer) field(label, value string) {
	fmt.Fprintf(p.W, "  %s %s\n", p.bold(fmt.Sprintf("%-10s", label)), p.fold(13, Safe(value)))
}

// Table prints rows under a heading, in columns.
func (p Printer) Table(heading []string, rows [][]string) error {
	tw := tabwriter.NewWriter(p.W, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, strings.Join(heading, "\t"))
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = Safe(cell)
		}
		fmt.Fprintln(tw, strings.Join(safe, "\t"))
	}
	return tw.Flush()
}

func networkText(n lookup.Network) string {
	var parts []string
	for _, s := range []string{n.Name, n.Handle, n.Country} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if n.ASN != 0 {
		parts = append(parts, fmt.Sprintf("AS%d", n.ASN))
	}
	for _, c := range n.CIDR {
		parts = append(parts, c.String())
	}
	return cmp.Or(strings.Join(parts, " "), "unknown")
}

func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
