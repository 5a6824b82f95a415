package complaint

import (
	"net/mail"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"spamreport/headers"
)

// kind says what a secret is, which decides how it is found and replaced.
type kind int

const (
	address kind = iota // alice@example.org
	user                // alice, as a word
	host                // example.org and everything under it
	other               // what the user listed, anywhere
)

// secret is one string that must not reach the desk.
type secret struct {
	kind   kind
	text   string // lower case
	strict bool   // an address that only an @ holds together, see secretList.claimed
}

// maxSecrets bounds what a message with ten thousand recipients can cost.
const maxSecrets = 200

// secretList gathers secrets without repeating itself. Hiding is a weapon in
// the wrong hands: a spammer who writes "To: received@x.example" would like to
// see that word gone from the evidence. Therefore an address counts in full
// only if a believed server wrote it down, or if it is the only one there is.
type secretList struct {
	all   []secret
	shown string       // domain that the complaint's own From shows anyway
	inc   Incident     // its source must stay readable
	ours  []string     // domains of believed recipients
	names []namedEntry // display names, judged at the end
}

type namedEntry struct{ name, address string }

// secretsOf gathers what to hide.
func (c *Composer) secretsOf(inc Incident, t *tree) []secret {
	s := secretList{shown: strings.ToLower(domainOf(c.Identity.Email)), inc: inc}
	s.add(other, c.Secrets...)
	s.addHops(inc.Verdict.Hops)
	believed, written := recipientsOf(inc, t.root)
	for _, f := range believed {
		s.addAddresses(f.unfolded())
	}
	sure := len(s.ours) > 0
	s.addAddresses(c.Identity.Email)
	s.addAddresses(inc.Reporter)
	var claims []string
	for _, f := range append(believed, written...) {
		claims = append(claims, findAddresses(decodeWords(f.unfolded()))...)
		s.learnNames(f.unfolded())
	}
	senders := sendersOf(t.root)
	claims = slices.DeleteFunc(claims, func(a string) bool { return slices.Contains(senders, a) })
	slices.Sort(claims)
	claims = slices.Compact(claims)
	for _, a := range claims {
		if len(claims) == 1 && !sure || slices.Contains(s.ours, domainOf(a)) {
			s.addAddress(a)
		} else {
			s.claimed(a)
		}
	}
	s.addNames()
	return s.all
}

// addHops learns from the walk, which cannot be forged: whom the believed
// servers took the message for, and what the house calls its machines.
func (s *secretList) addHops(hops []headers.Hop) {
	for _, hop := range hops {
		if hop.Trust != headers.Trusted && hop.Trust != headers.TrustEdge && hop.Trust != headers.Internal {
			continue
		}
		s.addAddresses(hop.For)
		names := []string{hop.By.Name}
		if hop.Trust != headers.TrustEdge { // there, the client is the spammer
			names = append(names, hop.From.HELO, hop.From.RDNS)
		}
		for _, name := range names {
			if isPrivateName(name) {
				s.add(host, name)
			}
		}
	}
}

func (s *secretList) add(k kind, texts ...string) { s.put(k, false, texts...) }

func (s *secretList) put(k kind, strict bool, texts ...string) {
	for _, text := range texts {
		one := secret{k, strings.ToLower(strings.TrimSpace(text)), strict}
		if len(one.text) < 3 || len(s.all) >= maxSecrets || slices.Contains(s.all, one) {
			continue // a shorter one would match everywhere
		}
		s.all = append(s.all, one)
	}
}

// addAddresses takes all addresses out of a text that can be believed.
func (s *secretList) addAddresses(text string) {
	for _, a := range findAddresses(text) {
		s.addAddress(a)
	}
}

// addAddress hides an address with the user name and the host in it.
func (s *secretList) addAddress(a string) {
	local, domain, ok := cutLast(a, '@')
	if !ok {
		return
	}
	s.ours = append(s.ours, domain)
	s.add(address, a)
	base, _, _ := strings.Cut(local, "+") // RFC 5233 subaddress
	if base != local {
		s.add(address, base+"@"+domain)
	}
	for _, name := range []string{local, base} {
		if s.isTelling(name) {
			s.add(user, name)
		}
	}
	s.addDomain(domain)
}

// claimed hides an address that the sender may have made up: only as it is
// written, so that 192@0.2.7 does not take 192.0.2.7 along.
func (s *secretList) claimed(a string) { s.put(address, true, a) }

// isTelling reports whether a user name points at a person, and can be taken out
// of the evidence without harm.
func (s *secretList) isTelling(name string) bool {
	if isRole(name) || isTraceWord(name) {
		return false
	}
	if strings.Trim(name, "0123456789.") == "" && len(name) < 7 {
		return false // part of an address, a date, a port
	}
	if src := s.inc.Verdict.Source; src != nil && strings.Contains(src.IP.StringExpanded()+" "+src.IP.String(), name) {
		return false
	}
	return true
}

// addDomain hides a domain unless thousands share it, the complaint shows it
// anyway, or the source lies in it.
func (s *secretList) addDomain(domain string) {
	domain = registered(domain)
	if isShared(domain) || !strings.Contains(domain, ".") || s.shown == domain || strings.HasSuffix(s.shown, "."+domain) {
		return
	}
	if hop := s.inc.sourceHop(); hop != nil && !hop.From.Unverified && registered(strings.ToLower(hop.From.RDNS)) == domain {
		return
	}
	s.add(host, domain)
	if ascii, err := idna.ToASCII(domain); err == nil {
		s.add(host, ascii)
	}
	if unicode, err := idna.ToUnicode(domain); err == nil {
		s.add(host, unicode)
	}
}

// registered is the part of a domain that somebody registered.
func registered(domain string) string {
	if d, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return d
	}
	return domain
}

// learnNames remembers the names that stand with addresses.
func (s *secretList) learnNames(value string) {
	list, err := mail.ParseAddressList(value)
	if err != nil {
		return
	}
	for _, a := range list[:min(len(list), maxSecrets)] {
		name := strings.Join(strings.Fields(decodeWords(a.Name)), " ")
		s.names = append(s.names, namedEntry{name, strings.ToLower(a.Address)})
	}
}

// addNames hides the names of addresses that are hidden in full. One word may
// be anything ("Customer"); two are somebody's name.
func (s *secretList) addNames() {
	for _, n := range s.names {
		words := strings.Fields(strings.ToLower(n.name))
		if len(words) < 2 || slices.ContainsFunc(words, isTraceWord) || strings.ContainsAny(n.name, "0123456789.:@[]()<>/") {
			continue
		}
		if slices.Contains(s.all, secret{kind: address, text: n.address}) {
			s.add(user, n.name)
		}
	}
}
