package headers

import (
	"fmt"
	"slices"
	"strings"
)

// passedOn looks for evidence that the source did not send the message by
// itself but forwarded it: results that a known sealer wrote when it took the
// message from elsewhere, a rewritten sender, headers of forwarders and
// lists. All of it stands below the boundary, so it never changes the source;
// it lowers the confidence and is told.
func (s *search) passedOn() string {
	for _, w := range s.heard {
		if w.header != "ARC-Authentication-Results" || w.above <= s.source.Hop || w.ip == s.source.IP {
			continue
		}
		if p := s.sealer(w); p != nil && p == s.provider && !p.stands(w.ip) {
			return fmt.Sprintf("its provider %s recorded in an ARC header that it had taken it from %s", p.name, w.ip)
		}
	}
	for k := range s.t.notes {
		n := &s.t.notes[k]
		switch n.name {
		case "Return-Path":
			if how := rewrittenSender(s.t.value(n)); how != "" && !s.passedAlready(s.t.value(n)) {
				return how
			}
		case "X-Forwarded-To", "X-Forwarded-For":
			if n.above > s.source.Hop {
				return fmt.Sprintf("it carries %s", n.name)
			}
		case "List-Id":
			if n.above > s.source.Hop && s.listed() {
				return fmt.Sprintf("it came through the mailing list %s", clean(s.t.value(n), maxName))
			}
		}
	}
	return rewrittenSender(s.t.hops[s.source.Hop].EnvelopeFrom)
}

// passedAlready reports whether the forwarder that rewrote an address is one that
// the walk believed and went through.
func (s *search) passedAlready(address string) bool {
	_, domain, _ := strings.Cut(strings.Trim(address, "<> "), "@")
	if s.ownHost(domain) {
		return true
	}
	p := providerOf(domain)
	return p != nil && slices.ContainsFunc(s.t.hops[:s.source.Hop+1], func(h Hop) bool { return p.signs(h.By.Name) })
}

// sealer finds the provider that signed the results of a witness.
func (s *search) sealer(w witness) *provider {
	for k := range s.t.notes {
		n := &s.t.notes[k]
		if n.name != w.header || n.above != w.above {
			continue
		}
		// "i=1; mx.google.com; dkim=pass …" (RFC 8617 §4.1.1)
		_, rest, _ := strings.Cut(s.t.value(n), ";")
		authserv := strings.TrimSpace(rest)
		if end := strings.IndexAny(authserv, "; "); end >= 0 {
			authserv = authserv[:end]
		}
		if p := sealerOf(authserv); p != nil {
			return p
		}
	}
	return nil
}

// rewrittenSender recognises envelope senders that forwarders make: SRS
// (SRS0=hash=time=domain=user@forwarder) and Gmail's caf_ form.
func rewrittenSender(address string) string {
	address = strings.Trim(address, "<> ")
	switch {
	case hasPrefixFold(address, "SRS0") || hasPrefixFold(address, "SRS1"):
		return "the envelope sender was rewritten by a forwarder (SRS)"
	case strings.Contains(address, "+caf_="):
		return "the envelope sender was rewritten by Gmail's forwarding"
	}
	return ""
}

// listed reports whether a List-Id is that of a discussion list and not of a
// newsletter: the source took the message from somebody else.
func (s *search) listed() bool {
	for i := s.source.Hop + 1; i < len(s.t.hops); i++ {
		if s.t.hops[i].Kind == List {
			return true
		}
	}
	return false
}
