package headers

import (
	"fmt"
	"net/netip"
)

// judgement is what one line means to the walk.
type judgement struct {
	trust Trust
	note  string
	doubt string // why it is weaker than others; empty when it is not
}

// judge decides on one line, which is believed because of the lines above.
func (s *search) judge(h *Hop, i int) judgement {
	ip, by := h.From.IP, hostOr(h.By.Name, "the server")
	switch {
	case h.Kind == Queue:
		return judgement{trust: Internal, note: s.t.prose.say(by, " passed the message on to itself.")}
	case h.Kind == Filter:
		return judgement{trust: Internal, note: "A filter on the server looked at the message."}
	case h.Kind == List:
		return judgement{trust: Internal, note: "List software on the server sent the message out again."}
	case h.Kind == Fetch:
		return judgement{trust: Internal, note: s.t.prose.say("The recipient's own program fetched the message from ", hostOr(senderName(h), "a mailbox"), ".")}
	case h.Kind == Pickup:
		return judgement{
			trust: Internal, note: s.t.prose.say("A program on ", by, " handed the message in."),
			doubt: "a program on a believed server handed the message in again",
		}
	case h.Kind == Unread:
		return judgement{trust: TrustEdge, note: "The line cannot be made out, so it does not say who handed the message over."}
	case h.Kind == Store:
		return judgement{trust: Internal, note: s.t.prose.say(by, " put the message into the mailbox.")}
	case !ip.IsValid():
		return s.judgeNameless(h, i)
	case ip == h.By.IP:
		return judgement{trust: Internal, note: s.t.prose.say(by, " took the message from its own address.")}
	case !public(ip):
		return s.judgePrivate(h, i)
	}
	if st, ok := s.trusted(h, ip); ok {
		return st
	}
	if s.behindFilter(h, i) {
		return judgement{trust: Trusted, note: s.t.prose.say(s.t.prose.address(ip), " is a filter of the recipient: its provider looks past it.")}
	}
	if st, ok := s.sameHouse(h, i); ok {
		return st
	}
	if hasPrefixFold(h.With, "LMTP") && sameOrganisation(senderName(h), s.nextSigner(i)) { // RFC 2033 §5
		return judgement{trust: Internal, note: s.t.prose.say(by, " took the message over LMTP, which never crosses a border.")}
	}
	if st, ok := s.resolved(h, ip); ok {
		return st
	}
	claim := ""
	if name := senderName(h); s.coveredName(name) && !s.writer.isOutbound(name) {
		claim = fmt.Sprintf(" It called itself %s, a trusted name, but nobody checked the name; if the host is yours, trust its address.", clean(name, maxName))
	}
	return judgement{trust: TrustEdge, note: s.t.prose.say(by, " took the message from ", s.t.prose.address(ip), ", which is outside.", claim)}
}

// judgePrivate passes a hop on a private network. A proxy or a container in
// front of the server hides the client behind such an address: then the name
// is a stranger's, and the next line may be as well. It is believed only if
// somebody signed it who can be that hop.
func (s *search) judgePrivate(h *Hop, i int) judgement {
	ip := h.From.IP
	j := judgement{trust: Internal, note: s.t.prose.say(s.t.prose.address(ip), " is an address of a private network: a hop inside.")}
	name := senderName(h)
	if p := providerOf(name); p != nil && p == s.writer {
		return j
	}
	if localName(name) || localName(h.By.Name) || sameOrganisation(name, h.By.Name) || s.coveredName(name) {
		return j
	}
	if _, isAddress := parseIP(name); isAddress {
		return j
	}
	next := s.nextSigner(i)
	foreign := next != "" && !equalFold(next, name) && !sameOrganisation(next, name) && !sameOrganisation(next, h.By.Name) && !s.coveredName(next)
	if foreign || containerGateway(ip) {
		return judgement{trust: TrustEdge, note: s.t.prose.say(
			"The line has the private address ", s.t.prose.address(ip), " in place of that of ", clean(name, maxName), ", which is not a host inside.",
		)}
	}
	j.doubt = clean(name, maxName) + " came from the private address " + ip.String() + ", which may stand for another"
	return j
}

// trusted applies the rules of the user and the profile of the provider that
// wrote the line.
func (s *search) trusted(h *Hop, ip netip.Addr) (judgement, bool) {
	name := senderName(h)
	outbound := s.writer.isOutbound(name)
	for k, rules := range [2][]TrustRule{s.w.Trust, s.w.Learned} {
		how := [2]string{"trusted by the rule", "one of the hosts learned from ordinary mail,"}[k]
		for _, r := range rules {
			switch {
			case r.coversAddr(ip):
				return judgement{trust: Trusted, note: s.t.prose.say(s.t.prose.address(ip), " is ", how, " ", r.String(), ".")}, true
			case !r.coversName(name), outbound && !s.writer.isOutbound(r.Domain):
				// A provider's own domain does not cover the servers that
				// send for its customers: they are the border.
			case s.believesName(h, ip):
				return judgement{trust: Trusted, note: s.t.prose.say(clean(name, maxName), " is ", how, " ", r.String(), ".")}, true
			}
		}
	}
	if s.writer.isInner(name, ip) {
		return judgement{trust: Trusted, note: s.t.prose.say(clean(name, maxName), " at ", s.t.prose.address(ip), " is a host inside ", s.writer.name, ".")}, true
	}
	return judgement{}, false
}

// believesName reports whether the name of the sending side is more than what
// the client called itself.
func (s *search) believesName(h *Hop, ip netip.Addr) bool {
	if h.From.RDNS != "" {
		return !h.loose
	}
	// Exchange writes down the HELO alone. The name is good when the address
	// is in the published range of the same provider.
	p := providerOf(h.From.HELO)
	return p != nil && p.stands(ip)
}

// judgeNameless decides on a handoff whose line has no address.
func (s *search) judgeNameless(h *Hop, i int) judgement {
	name := senderName(h)
	by := hostOr(h.By.Name, "the server")
	if s.writer.named(name) || s.writer != nil && s.writer.signs(name) && !s.writer.isOutbound(name) {
		return judgement{trust: Trusted, note: s.t.prose.say(clean(name, maxName), " is a host inside ", s.writer.name, ".")}
	}
	for _, rules := range [2][]TrustRule{s.w.Trust, s.w.Learned} {
		for _, r := range rules {
			if r.coversName(name) {
				return judgement{
					trust: Trusted, note: fmt.Sprintf("%s is trusted by the rule %s; the line has no address to check it.", clean(name, maxName), r),
					doubt: fmt.Sprintf("%s took it from %s without writing down the address", by, clean(name, maxName)),
				}
			}
		}
	}
	if hasPrefixFold(h.With, "LMTP") { // RFC 2033 §5: not for wide area networks
		return judgement{trust: Internal, note: s.t.prose.say(by, " took the message from a server of its own over LMTP.")}
	}
	sameHost := i+1 < len(s.t.hops) && sameOrganisation(name, h.By.Name) && sameOrganisation(name, s.t.hops[i+1].By.Name)
	// MDaemon leaves out the address of a stranger too, who calls himself as he likes.
	if h.program&mdaemon == 0 && (sameHost || name == "" || localName(name)) {
		return judgement{
			trust: Internal, note: s.t.prose.say(by, " took the message from inside its own organisation."),
			doubt: fmt.Sprintf("%s took it from %s without writing down the address", by, hostOr(name, "a nameless host")),
		}
	}
	return judgement{trust: TrustEdge, note: fmt.Sprintf("%s took the message from a host that called itself %s and did not write down the address.", by, hostOr(name, "nothing"))}
}

// sameHouse passes through a relay of the organisation that wrote the line,
// such as a second MX, when nothing says otherwise. The name has to be
// checked by the writer, must not be the name of a customer's line, and the
// next line has to be signed by the same organisation.
func (s *search) sameHouse(h *Hop, i int) (judgement, bool) {
	name := h.From.RDNS
	if name == "" || h.loose || h.program&nameCheckers == 0 || s.writer != nil {
		return judgement{}, false
	}
	if !relayName(name) || dynamicName(name, h.From.IP) || !sameOrganisation(name, h.By.Name) || !sameOrganisation(name, s.nextSigner(i)) {
		return judgement{}, false
	}
	return judgement{
		trust: Trusted, note: s.t.prose.say(clean(name, maxName), " is a relay of the same organisation."),
		doubt: s.t.prose.say(clean(name, maxName), " is taken for a relay of the recipient because of its checked name"),
	}, true
}

// nextSigner is the name that signs the line below i, or below the few lines
// in which that host talks to itself.
func (s *search) nextSigner(i int) string {
	for j := i + 1; j < len(s.t.hops) && j < i+6; j++ {
		if name := s.t.hops[j].By.Name; !localName(name) {
			return name
		}
	}
	return ""
}

// senderName is the best name for the sending side: what the server found,
// or else what the client called itself.
func senderName(h *Hop) string {
	if h.From.RDNS != "" {
		return h.From.RDNS
	}
	return h.From.HELO
}
