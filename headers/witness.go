package headers

import (
	"bytes"
	"net/netip"
)

// A witness is a header other than Received in which a server says which
// address it talked to: the results of SPF, and headers of a provider's own.
type witness struct {
	header string
	ip     netip.Addr
	above  int
}

// witnessMarks are the words behind which such headers put the address, in
// the case in which servers write them.
var witnessMarks = map[string][]string{
	"Received-SPF":               {"client-ip=", "designates ", "not designate ", "domain of transitioning ", "google.com: "},
	"Authentication-Results":     {"sender IP is ", "sender ip is ", "designates ", "not designate ", "google.com: ", "smtp.remote-ip=", "policy.iprev=", "smtp.client-ip="},
	"ARC-Authentication-Results": {"sender ip is ", "sender IP is ", "designates ", "not designate ", "google.com: ", "smtp.remote-ip=", "policy.iprev="},
	"X-Sender-IP":                {""},
}

// witnesses collects what the notes say down to the line of hop last, and
// below it what ARC has kept if that is wanted.
func (t *trace) witnesses(last int, arc bool) []witness {
	var found []witness
	var line [maxNote]byte
	for k := range t.notes {
		n := &t.notes[k]
		if n.above > last && (!arc || n.name != "ARC-Authentication-Results") {
			continue
		}
		marks := witnessMarks[n.name]
		if marks == nil {
			continue
		}
		if found == nil {
			found = make([]witness, 0, 4)
		}
		value := n.value(line[:0])
		if ip, ok := t.addressIn(value, marks); ok {
			found = append(found, witness{n.name, ip, n.above})
		}
	}
	return found
}

// addressIn reads the address that follows a mark. A sender can be called
// "designates 198.51.100.9 as"@example.com: what is quoted does not count, and
// a text that names two addresses proves nothing.
func (t *trace) addressIn(text []byte, marks []string) (found netip.Addr, ok bool) {
	for _, mark := range marks {
		for rest := text; ; {
			at := bytes.Index(rest, []byte(mark))
			if at < 0 {
				break
			}
			rest = rest[at+len(mark):]
			if inQuotes(text[:len(text)-len(rest)]) {
				continue
			}
			if ip, is := t.leadingAddress(rest); is {
				if found.IsValid() && found != ip {
					return netip.Addr{}, false
				}
				found = ip
			}
			if mark == "" {
				break
			}
		}
	}
	return found, found.IsValid() && public(found)
}

// inQuotes reports whether a text ends inside of a quoted string (RFC 5322 §3.2.4).
func inQuotes(text []byte) (open bool) {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			open = !open
		}
	}
	return open
}

// leadingAddress reads the address at the beginning of a text.
func (t *trace) leadingAddress(text []byte) (netip.Addr, bool) {
	text = bytes.TrimLeft(text, " \"")
	if end := bytes.IndexAny(text, " ;,)\""); end >= 0 {
		text = text[:end]
	}
	if len(text) > 80 {
		return netip.Addr{}, false // no address is so long
	}
	ip, ok := parseIP(t.prose.keep(text))
	return embedded(ip), ok
}

// cross notes the handoff from outside that the walk has come to.
func (s *search) cross(h *Hop, i int) {
	if public(h.From.IP) {
		s.source = &Source{IP: h.From.IP, Hop: i}
	} else if s.heard = s.t.witnesses(i, true); s.witnessOf(i) != nil {
		w := s.witnessOf(i)
		s.source = &Source{IP: w.ip, Hop: i}
		s.doubt("the line has no public address; it is taken from " + w.header)
	} else {
		h.Trust = Trusted
		s.failure = h.Note
		s.markBelow(i)
		return
	}
	checked := ""
	if h.program&nameCheckers != 0 && !h.loose {
		checked = h.From.RDNS
	}
	s.provider = providerAt(s.source.IP, checked)
	s.heard = s.t.witnesses(i, s.provider != nil)
	if s.provider != nil {
		s.source.Provider = s.provider.name
	}
	s.known = s.writer != nil || s.ruleCovers(h.By.Name, h.By.IP) || i > 0 && s.t.hops[i-1].Trust == Trusted && len(s.doubts) == 0
}

// witnessOf finds a believed header that names the address of hop i: it
// stands above the line, and below the line of the hop before.
func (s *search) witnessOf(i int) *witness {
	for k := range s.heard {
		if w := &s.heard[k]; w.above == i {
			return w
		}
	}
	return nil
}

// behindFilter reports whether line i names a filter of the recipient. Its
// provider knows which hosts those are: then the results that stand on top of
// the line are about another address, the one that a line below names.
func (s *search) behindFilter(h *Hop, i int) bool {
	if s.writer == nil || !s.writer.looksPast || s.filters > 0 {
		return i < s.filters
	}
	for _, w := range s.t.witnesses(i, false) {
		if w.above != i || w.ip == h.From.IP {
			continue
		}
		for j := i + 1; j < len(s.t.hops) && s.filters == 0; j++ {
			if s.t.hops[j].From.IP == w.ip && s.t.hops[j].Kind == Handoff {
				s.filters = j
			}
		}
	}
	return i < s.filters
}

// address settles which address hop i came from. One that carries an IPv4
// address stands for it, except between two 6to4 addresses: Windows gives one
// to every host with a public address, and Exchange uses it inside.
func (s *search) address(h *Hop, i int) {
	switch {
	case h.From.IP.Is6() && !sixTo4.Contains(h.By.IP):
		h.From.IP = embedded(h.From.IP)
	case h.program&mdaemon != 0 && h.Kind == Handoff && !h.From.IP.IsValid():
		if h.From.IP = s.remote(i); h.From.IP.IsValid() {
			s.doubt("the line has no address; it is taken from X-MDRemoteIP")
		}
	}
}

// remote finds the address that MDaemon leaves out of its Received lines and
// puts into X-MDRemoteIP, below its line and above the next. The sender can
// write one as well: two that differ prove nothing.
func (s *search) remote(i int) netip.Addr {
	var found netip.Addr
	for k := range s.t.notes {
		n := &s.t.notes[k]
		if n.name != "X-MDRemoteIP" || n.above != i+1 {
			continue
		}
		ip, ok := parseIP(s.t.value(n))
		if !ok || found.IsValid() && found != ip {
			return netip.Addr{}
		}
		found = ip
	}
	return found
}

func (s *search) ruleCovers(name string, ip netip.Addr) bool {
	for _, rules := range [2][]TrustRule{s.w.Trust, s.w.Learned} {
		for _, r := range rules {
			if r.coversName(name) || r.coversAddr(ip) {
				return true
			}
		}
	}
	return false
}
