package complaint

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/netip"
	"strings"
)

// fingerprintVersion changes with the rules below: the same spam gets another
// fingerprint then, and opens a new incident.
const fingerprintVersion = "1"

// fewWords is how short subject and text are together when they do not tell a
// campaign by themselves: then the sender has to be the same, too.
const fewWords = 6

// Fingerprint recognises the copies of one campaign from one network, so that
// 500 of them are one complaint. It is taken of what stays the same from copy
// to copy: the network, the shape of the subject and of the text, and the
// sender where it means something. It is empty without a source. For a
// complaint about a page, a domain or an account it is taken of that alone.
//
// Senders are forged freely, so before a text of some length they do not
// count, with one exception: a mail provider's desk closes accounts, one by
// one, so there each sender is an incident of its own.
func (inc Incident) Fingerprint() string {
	src := inc.Verdict.Source
	if src == nil {
		return ""
	}
	if inc.About.once() {
		sum := sha256.Sum256([]byte(fingerprintVersion + inc.About.key()))
		return hex.EncodeToString(sum[:16])
	}
	seen := inc.look()
	switch {
	case seen.subject.words+seen.body.words == 0:
		// Nothing to recognise a copy by: it stands for itself.
		sum := inc.digestSum()
		return hex.EncodeToString(sum[:16])
	case src.Provider == "" && seen.subject.words+seen.body.words >= fewWords:
		seen.sender = ""
	}
	h := sha256.New()
	for _, s := range [...]string{
		fingerprintVersion + string(inc.About.Kind), inc.SourceNetwork().String(), seen.sender, seen.subject.text, seen.body.text, seen.attached,
	} {
		_, _ = io.WriteString(h, s+"\x00") // a hash does not fail
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// SourceNetwork is the registered network that the source lies in, the
// narrowest one, or what customers usually get (RFC 6177) when no registry said.
// For a complaint about something else it is the network of that, and not valid
// when that is only a name.
func (inc Incident) SourceNetwork() netip.Prefix {
	ip := inc.subject().Unmap().WithZone("")
	if !ip.IsValid() {
		return netip.Prefix{}
	}
	best := netip.Prefix{}
	for _, p := range inc.Lookup.Network.CIDR {
		if p.Contains(ip) && (!best.IsValid() || p.Bits() > best.Bits()) {
			best = p.Masked()
		}
	}
	if best.IsValid() {
		return best
	}
	bits := 24
	if ip.Is6() {
		bits = 64
	}
	best, _ = ip.Prefix(bits) // fails for bits that no address has
	return best
}

// look is a message as its recipient sees it, without what differs from copy
// to copy.
type look struct {
	sender   string
	subject  shape
	body     shape
	attached string // types of what is enclosed
}

func (inc Incident) look() look {
	t := parseTree(inc.Message.Raw)
	mine := namesOf(inc, t.root)
	texts := &bodyText{}
	texts.add(t.root)
	return look{
		sender:   senderOf(t.root, inc.Verdict.Source != nil && inc.Verdict.Source.Provider != ""),
		subject:  shapeOf(withoutReply(decodeWords(t.root.get("Subject"))), mine),
		body:     shapeOf(texts.String(), mine),
		attached: strings.Join(texts.attached, " "),
	}
}

// senderOf is the account at a provider, and the registered domain elsewhere:
// the rest of a forged sender is made up for each copy.
func senderOf(root *part, account bool) string {
	found := findAddresses(decodeWords(root.get("From")))
	if len(found) == 0 {
		return ""
	}
	if account {
		return found[0]
	}
	return digits.ReplaceAllString(registered(domainOf(found[0])), "#")
}

// namesOf are the words that a sender puts in to address the recipient.
func namesOf(inc Incident, root *part) map[string]bool {
	mine := map[string]bool{}
	add := func(text string) {
		for _, word := range words(text) {
			if len(word) > 2 && !isRole(word) && !isTraceWord(word) && len(mine) < maxSecrets {
				mine[word] = true
			}
		}
	}
	believed, written := recipientsOf(inc, root)
	for _, f := range append(believed, written...) {
		value := decodeWords(f.unfolded())
		for _, a := range findAddresses(value) {
			local, _, _ := cutLast(a, '@')
			add(local)
			value = strings.ReplaceAll(strings.ToLower(value), a, " ")
		}
		add(value) // what is left is the display name
	}
	for _, hop := range inc.Verdict.Hops {
		local, _, _ := cutLast(strings.Trim(hop.For, "<>"), '@')
		add(local)
	}
	return mine
}
