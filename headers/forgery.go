package headers

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// markBelow gives every line below the source its trust and a sentence; those
// down to vouched are the provider's at the source. None of it changes the
// verdict.
func (s *search) markBelow(vouched int) {
	s.earliest = s.ceiling()
	for i := s.last + 1; i < len(s.t.hops); i++ {
		h := &s.t.hops[i]
		h.Trust = Untrusted
		if i <= vouched {
			h.Note = s.t.prose.say("Written by ", s.provider.name, ", whose server stands at the source.")
			continue
		}
		if fault := s.fault(i); fault != "" {
			h.Trust, h.Note = Forged, fault
			continue
		}
		h.Note = "Written before the message reached a believed server: a claim."
		if doubt := s.breach(i); doubt != "" {
			h.Note = doubt
		}
	}
}

// maxOwn bounds the number of organisations that the recipient's side has.
const maxOwn = 8

// ceiling is the earliest date in the believed lines: nothing below can be later.
func (s *search) ceiling() time.Time {
	var earliest time.Time
	for i := range s.t.hops[:s.last+1] {
		if t := s.t.hops[i].Time; !t.IsZero() && (earliest.IsZero() || t.Before(earliest)) {
			earliest = t
		}
	}
	return earliest
}

// ours are the organisations that sign the believed lines.
func (s *search) ours() []string {
	if s.own != nil {
		return s.own
	}
	s.own = make([]string, 0, maxOwn)
	for i := range s.t.hops[:s.last+1] {
		name := s.t.hops[i].By.Name
		if len(s.own) == maxOwn || slices.ContainsFunc(s.own, func(d string) bool { return underDomain(name, d) }) {
			continue
		}
		if d := organisation(name); d != "" {
			s.own = append(s.own, d)
		}
	}
	return s.own
}

// fault finds a contradiction that no honest server produces.
func (s *search) fault(i int) string {
	h, above := &s.t.hops[i], &s.t.hops[i-1]
	if wrong := dateFault(h.date); wrong != "" {
		return "Its date is impossible: " + wrong + "."
	}
	p := providerOf(h.By.Name)
	switch {
	case impossibleAddress(h):
		return "It names an address that cannot exist."
	case !h.Time.IsZero() && !s.earliest.IsZero() && h.Time.Sub(s.earliest) > 24*time.Hour:
		return "Its date is later than that of the servers that took the message afterwards."
	case p != nil && wrongShape(p, h):
		return fmt.Sprintf("It claims to be written by %s but does not have the form of its lines.", p.name)
	case p != nil && p.complete && above.Kind == Handoff && public(above.From.IP) && providerOf(above.By.Name) != p && !p.stands(above.From.IP):
		return fmt.Sprintf("It claims to be written by %s, but the line above took the message from %s, which is not %s's.", p.name, above.From.IP, p.name)
	case s.ownHost(h.By.Name) && !proven(h, above):
		return s.t.prose.say("It claims that the recipient's own ", clean(h.By.Name, maxName), " had the message before it came in from outside.")
	}
	return ""
}

// breach finds what is odd but happens to honest mail too.
func (s *search) breach(i int) string {
	h, above := &s.t.hops[i], &s.t.hops[i-1]
	switch {
	case !h.Time.IsZero() && !above.Time.IsZero() && h.Time.Sub(above.Time) > 10*time.Minute:
		return "A claim; its clock is ahead of the line above."
	case h.By.Name != "" && above.Kind == Handoff && !continuous(h, above) && !localName(h.By.Name):
		return s.t.prose.say("A claim; the line above took the message from ", hostOr(senderName(above), "a nameless host"), ", not from ", clean(h.By.Name, maxName), ".")
	}
	return ""
}

// ownHost reports whether a name belongs to the side of the recipient.
func (s *search) ownHost(name string) bool {
	if name == "" || localName(name) {
		return false
	}
	for _, d := range s.ours() {
		if underDomain(name, d) {
			return true
		}
	}
	return s.ruleCovers(name, netip.Addr{})
}

// proven reports whether the host that signs a line is for certain the one from
// which the line above took the message: by its address, its checked name, or
// the range of its provider.
func proven(h, above *Hop) bool {
	by := h.By.Name
	if ip, ok := parseIP(by); h.By.IP.IsValid() && h.By.IP == above.From.IP || ok && ip == above.From.IP {
		return true
	}
	if p := providerOf(by); p != nil && p.stands(above.From.IP) {
		return true
	}
	return !above.loose && above.From.RDNS != "" && sameOrganisation(by, above.From.RDNS)
}

// continuous reports whether it may be: the HELO counts too, unless there is a
// checked name that says otherwise.
func continuous(h, above *Hop) bool {
	by := h.By.Name
	if by == "" || senderName(above) == "" && !above.From.IP.IsValid() || proven(h, above) {
		return true
	}
	if above.From.RDNS != "" && !above.loose && above.program&nameCheckers != 0 {
		return strings.EqualFold(by, above.From.RDNS)
	}
	return strings.EqualFold(by, above.From.HELO) || sameOrganisation(by, above.From.HELO)
}

// wrongShape reports whether a line that a provider signs lacks what the
// provider always writes.
func wrongShape(p *provider, h *Hop) bool {
	if h.Kind != Handoff {
		return false
	}
	for i := range p.clients {
		f := &p.clients[i]
		if f.id != nil && glob(f.by, h.By.Name) {
			return !f.id(h)
		}
	}
	return false
}

// impossibleAddress reports whether a line names a client at an address that no
// host can have.
func impossibleAddress(h *Hop) bool {
	ip := h.From.IP
	if ip.IsValid() {
		return ip.IsMulticast() || ip.IsUnspecified() || ip.Is4() && (ip.As4()[0] >= 240 || ip.As4()[0] == 0)
	}
	from, _, _ := strings.Cut(h.Raw, " by ")
	for from != "" {
		var word string
		word, from, _ = strings.Cut(from, " ")
		if numbers(strings.Trim(word, "()[];,")) {
			return true // like an address, and did not read as one
		}
	}
	return false
}

// numbers reports whether a word is four numbers with dots between.
func numbers(word string) bool {
	if strings.Count(word, ".") != 3 {
		return false
	}
	for part := range strings.SplitSeq(word, ".") {
		if number(part) < 0 || len(part) > 3 {
			return false
		}
	}
	return true
}
