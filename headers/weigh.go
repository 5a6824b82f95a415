package headers

import (
	"fmt"
	"net/netip"
	"slices"
)

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
