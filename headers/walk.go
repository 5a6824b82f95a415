package headers

import (
	"fmt"
	"strings"
)

// Walker decides who handed a message over. The zero value is ready to use:
// it believes the topmost line, private hops and the bundled provider
// profiles. A Walker keeps no state between messages and may be shared.
type Walker struct {
	// Trust names the recipient's own relays, forwarders and lists.
	Trust []TrustRule
}

// Walk reads a header block (a whole message will do: it stops at the blank
// line) and walks its trace from the top down to the first address outside.
// It takes anything and never fails; what went wrong is in Verdict.Reason.
func (w *Walker) Walk(block []byte) Verdict {
	v := read(block)
	w.walk(&v)
	return v
}

// Hops lists the Received fields of a header block without judging them.
func Hops(block []byte) []Hop {
	return read(block).Hops
}

// read collects what the walk needs from a header block.
func read(block []byte) Verdict {
	var v Verdict
	var c clauses
	buf := make([]byte, 0, 512)
	fields := newFieldScanner(block)
	for {
		name, body, ok := fields.next()
		if !ok {
			return v
		}
		switch {
		case strings.EqualFold(string(name), "Received"):
			buf = appendUnfolded(buf[:0], body)
			v.Hops = append(v.Hops, Hop{})
			h := &v.Hops[len(v.Hops)-1]
			c.read(h, string(buf))
			h.N = len(v.Hops) - 1
		case v.MessageID == "" && strings.EqualFold(string(name), "Message-ID"):
			v.MessageID = string(appendUnfolded(buf[:0], body))
		}
	}
}

func (w *Walker) walk(v *Verdict) {
	if len(v.Hops) == 0 {
		v.Reason = "The message has no Received field, so no server says where it came from."
		return
	}
	var p *provider
	for i := range v.Hops {
		h := &v.Hops[i]
		if at := providerOf(h.By.Name); at != nil || !passedOnInside(h) {
			p = at
		}
		h.Trust, h.Note = w.judge(h, p)
		if h.Trust == TrustEdge {
			w.settle(v, i)
			return
		}
	}
	v.Reason = "Every hop is inside: no believed server wrote down a public address."
}

// passedOnInside says whether a line shows no sender: the server passes the
// message on to itself.
func passedOnInside(h *Hop) bool {
	return h.From.HELO == "" && h.From.RDNS == "" && !h.From.IP.IsValid()
}

func (w *Walker) judge(h *Hop, p *provider) (Trust, string) {
	ip := h.From.IP
	name := h.From.RDNS
	if name == "" {
		name = h.From.HELO
	}
	switch {
	case passedOnInside(h):
		return Internal, "The server passed the message on to itself."
	case !ip.IsValid():
		return Internal, "The line names no address."
	case !public(ip):
		return Internal, "The address is private: a hop inside."
	}
	for _, t := range w.Trust {
		if t.coversAddr(ip) {
			return Trusted, fmt.Sprintf("%s is trusted by the rule %s.", ip, t)
		}
	}
	if p != nil && p.isOutbound(name, ip) {
		return TrustEdge, fmt.Sprintf("%s received it from %s, which sends for customers.", quote(h.By.Name), ip)
	}
	if p.isInner(name, ip) {
		return Trusted, fmt.Sprintf("%s is inside %s.", quote(name), p.name)
	}
	if h.From.RDNS != "" && !h.From.Unverified {
		for _, t := range w.Trust {
			if t.coversName(h.From.RDNS) {
				return Trusted, fmt.Sprintf("%s is trusted by the rule %s.", quote(h.From.RDNS), t)
			}
		}
	}
	return TrustEdge, fmt.Sprintf("%s received it from %s, which is outside.", quote(h.By.Name), ip)
}

func (w *Walker) settle(v *Verdict, i int) {
	h := &v.Hops[i]
	v.Source = &Source{IP: h.From.IP, Hop: i, Confidence: Medium, Reason: h.Note}
	if p := providerAt(h.From.IP); p != nil {
		v.Source.Provider = p.name
	}
	for j := i + 1; j < len(v.Hops); j++ {
		v.Hops[j].Trust = Untrusted
		v.Hops[j].Note = "Written before the message reached a believed server: a claim."
	}
}

// quote makes a name from a message fit for a sentence: printable ASCII of
// bounded length.
func quote(s string) string {
	if s == "" {
		return "The server"
	}
	out := make([]byte, 0, min(len(s), 80))
	for i := 0; i < len(s) && len(out) < 80; i++ {
		if s[i] > ' ' && s[i] < 0x7f {
			out = append(out, s[i])
		}
	}
	return string(out)
}
