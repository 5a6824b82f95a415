package complaint

import (
	"net/mail"
	"regexp"
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
	kind kind
	text string // lower case
}

// maxSecrets bounds what a message with ten thousand recipients can cost.
const maxSecrets = 200

// recipientFields are where receiving servers and mail programs write whom a
// message was for.
var recipientFields = []string{
	"Delivered-To", "X-Delivered-To", "Envelope-To", "X-Envelope-To", "X-Original-To",
	"X-Original-Recipient", "X-Rcpt-To", "X-Apparently-To", "Apparently-To", "X-Forwarded-To",
	"X-Forwarded-For", "X-MS-Exchange-Organization-OriginalEnvelopeRecipients", "X-Recipient",
	"To", "Cc", "Bcc", "Resent-To", "Resent-Cc",
}

// senderFields name the other side. A spammer who writes to himself, with the
// victims in Bcc, must not be hidden.
var senderFields = []string{"From", "Reply-To", "Return-Path", "Sender"}

// secretsOf gathers what to hide: every address that the message was for, what
// can be read off it, and what the user listed.
func (c *Composer) secretsOf(inc Incident, t *tree) []secret {
	s := secretList{shown: strings.ToLower(domainOf(c.Identity.Email))}
	s.add(other, c.Secrets...)
	// The walk's own evidence first: it cannot be forged by the sender.
	for _, hop := range inc.Verdict.Hops {
		if !isBelieved(hop) {
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
	s.addAddresses(c.Identity.Email)
	senders := sendersOf(t.root)
	for _, f := range t.root.fields {
		if isOneOf(f.name, recipientFields) {
			s.addRecipients(f.unfolded(), senders)
		}
	}
	return s.all
}

func isBelieved(hop headers.Hop) bool {
	return hop.Trust == headers.Trusted || hop.Trust == headers.TrustEdge || hop.Trust == headers.Internal
}

func isOneOf(name string, list []string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

func sendersOf(p *part) []string {
	var all []string
	for _, f := range p.fields {
		if isOneOf(f.name, senderFields) {
			all = append(all, findAddresses(f.unfolded())...)
		}
	}
	return all
}

// secretList grows without repeating itself.
type secretList struct {
	all   []secret
	shown string // domain that the complaint's own From shows anyway
}

func (s *secretList) add(k kind, texts ...string) {
	for _, text := range texts {
		one := secret{k, strings.ToLower(strings.TrimSpace(text))}
		if len(one.text) < 3 || len(s.all) >= maxSecrets || slices.Contains(s.all, one) {
			continue // a shorter one would match everywhere
		}
		s.all = append(s.all, one)
	}
}

// addAddresses takes all addresses out of a text.
func (s *secretList) addAddresses(text string) {
	for _, a := range findAddresses(text) {
		s.addAddress(a)
	}
}

// addRecipients does the same for a header field that the sender may have
// written, and learns the names that stand with the addresses.
func (s *secretList) addRecipients(value string, senders []string) {
	for _, a := range findAddresses(decodeWords(value)) {
		if !slices.Contains(senders, a) {
			s.addAddress(a)
		}
	}
	list, err := mail.ParseAddressList(value)
	if err != nil {
		return
	}
	for _, a := range list {
		// One word may be anything ("Customer"); two are somebody's name.
		name := strings.Join(strings.Fields(decodeWords(a.Name)), " ")
		if strings.Contains(name, " ") && !slices.Contains(senders, strings.ToLower(a.Address)) {
			s.add(user, name)
		}
	}
}

// addAddress hides an address with the user name and the host in it.
func (s *secretList) addAddress(a string) {
	local, domain, ok := cutLast(a, '@')
	if !ok {
		return
	}
	s.add(address, a)
	base, _, _ := strings.Cut(local, "+") // RFC 5233 subaddress
	for _, name := range []string{local, base} {
		if !isRole(name) {
			s.add(user, name)
		}
	}
	if base != local {
		s.add(address, base+"@"+domain)
	}
	s.addDomain(domain)
}

// addDomain hides a domain unless thousands share it or the complaint shows it.
func (s *secretList) addDomain(domain string) {
	if registered, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		domain = registered
	}
	if isShared(domain) || !strings.Contains(domain, ".") || s.shown == domain || strings.HasSuffix(s.shown, "."+domain) {
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

// addressPattern finds addresses in any text; it is generous, since hiding
// something that is none does little harm.
var addressPattern = regexp.MustCompile(`[\pL\pN.!#$%&'*+/=?^_{|}~-]{1,64}@[\pL\pN](?:[\pL\pN.-]{0,250}[\pL\pN])?`)

// findAddresses returns the addresses in a text, in lower case.
func findAddresses(text string) []string {
	found := addressPattern.FindAllString(text, maxSecrets)
	for i, a := range found {
		found[i] = strings.ToLower(strings.Trim(a, "'."))
	}
	return found
}

// isPrivateName says whether a host name means something in one house only:
// alices-laptop, nas.fritz.box, host.lan.
func isPrivateName(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "" || name == "localhost" || strings.HasPrefix(name, "[") || strings.Contains(name, ":") || isRole(name) {
		return false
	}
	_, last, dotted := cutLast(name, '.')
	if !dotted {
		return len(name) > 3
	}
	return slices.Contains(privateZones, last)
}
