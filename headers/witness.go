package headers

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
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
	"Received-SPF":               {"client-ip=", "designates ", "not designate ", "domain of transitioning "},
	"Authentication-Results":     {"sender IP is ", "sender ip is ", "designates ", "not designate ", "smtp.remote-ip=", "policy.iprev=", "smtp.client-ip="},
	"ARC-Authentication-Results": {"sender ip is ", "sender IP is ", "designates ", "smtp.remote-ip=", "policy.iprev="},
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
		for _, mark := range marks {
			if ip, ok := t.addressAfter(value, mark); ok {
				found = append(found, witness{n.name, ip, n.above})
				break
			}
		}
	}
	return found
}

// addressAfter reads the address that follows a mark.
func (t *trace) addressAfter(text []byte, mark string) (netip.Addr, bool) {
	if mark != "" {
		at := bytes.Index(text, []byte(mark))
		if at < 0 {
			return netip.Addr{}, false
		}
		text = text[at+len(mark):]
	}
	text = bytes.TrimLeft(text, " \"")
	if end := bytes.IndexAny(text, " ;,)\""); end >= 0 {
		text = text[:end]
	}
	if len(text) > 80 {
		return netip.Addr{}, false // no address is so long
	}
	ip, ok := parseIP(t.prose.keep(text))
	ip = embedded(ip)
	return ip, ok && public(ip)
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

// weigh decides how sure the verdict is and writes the reason.
func (s *search) weigh() {
	src, h := s.source, &s.t.hops[s.source.Hop]
	level := 1
	if s.known {
		level = 2
	}
	agree, against := s.hear()
	if agree != "" && level < 2 && len(s.doubts) == 0 {
		level++
	}
	if len(s.doubts) > 0 {
		level = min(level, 1)
	}
	src.Forwarded = s.passedOn()
	if src.Forwarded != "" {
		level--
	}
	if against != "" {
		level--
	}
	if len(s.doubts) > 2 {
		level--
	}
	src.Confidence = [...]Confidence{Low, Medium, High}[max(0, min(level, 2))]
	src.Reason = s.reason(h, agree, against)
}

// hear compares the source with what believed headers say of it: those above
// its line, which the recipient's side wrote.
func (s *search) hear() (agree, against string) {
	inside := func(ip netip.Addr) bool {
		return slices.ContainsFunc(s.t.hops[:s.source.Hop], func(h Hop) bool { return h.From.IP == ip })
	}
	for _, w := range s.heard {
		switch {
		case w.above > s.source.Hop:
			return agree, against
		case w.ip == s.source.IP:
			if agree == "" {
				agree = w.header
			}
		case w.above == s.source.Hop && against == "" && !inside(w.ip):
			against = fmt.Sprintf("%s names %s", w.header, w.ip)
		}
	}
	return agree, against
}

func (s *search) reason(h *Hop, agree, against string) string {
	var room [32]string
	parts := append(room[:0], hostOr(h.By.Name, "The recipient's server"), " took the message from ", s.t.prose.address(s.source.IP))
	switch name := senderName(h); {
	case name == "":
	case h.From.RDNS != "" && !h.From.Unverified:
		parts = append(parts, " (", clean(name, maxName), ")")
	default:
		parts = append(parts, ", which called itself ", clean(h.From.HELO, maxName), ",")
	}
	if !h.Time.IsZero() {
		var stamp [64]byte
		parts = append(parts, s.t.prose.keep(h.Time.UTC().AppendFormat(stamp[:0], " on 2 January 2006 at 15:04:05 UTC")))
	}
	if s.source.Hop == 0 {
		parts = append(parts, "; that line is the topmost, so the recipient's own server wrote it.")
	} else {
		parts = append(parts, "; every server above that line is the recipient's or its provider's.")
	}
	if s.provider != nil {
		parts = append(parts, " The address belongs to ", s.provider.name, ", which can find the account behind it.")
	}
	if agree != "" {
		parts = append(parts, " The recipient's ", agree, " header names the same address.")
	}
	if against != "" {
		parts = append(parts, " But the recipient's ", against, ".")
	}
	if s.source.Forwarded != "" {
		parts = append(parts, " That host seems only to have passed the message on: ", s.source.Forwarded, ".")
	}
	for _, d := range s.doubts[:min(len(s.doubts), 3)] {
		parts = append(parts, " Less sure because ", d, ".")
	}
	return s.t.prose.say(parts...)
}
