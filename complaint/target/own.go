package target

import (
	"net/mail"
	"strings"

	"golang.org/x/net/publicsuffix"

	"spamreport/complaint"
)

// own are the recipient's domains and addresses, which no complaint is made
// about. Whoever the message says it is for counts, too: a spammer who names
// an address of their own there gains little, since the source is reported
// anyway.
type own struct{ domains, addresses map[string]bool }

// recipientFields name whom a message is for.
var recipientFields = []string{"Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc"}

func ownOf(inc complaint.Incident, r complaint.Reading, listed []string) own {
	o := own{domains: map[string]bool{}, addresses: map[string]bool{}}
	for _, l := range listed {
		o.add(l)
	}
	for _, hop := range inc.Verdict.Hops {
		o.addAll(hop.For)
	}
	for _, name := range recipientFields {
		for _, value := range r.Fields(name) {
			o.addAll(value)
		}
	}
	return o
}

func (o own) addAll(value string) {
	for _, a := range addresses(value) {
		o.add(a)
	}
}

// add takes an address or a domain.
func (o own) add(s string) {
	s = strings.ToLower(strings.Trim(s, " <>."))
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		if at > 0 {
			o.addresses[s] = true
		}
		s = s[at+1:]
	}
	if strings.Contains(s, ".") {
		o.domains[registered(s)] = true
	}
}

// registered is the part of a domain that somebody registered.
func registered(domain string) string {
	if d, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return d
	}
	return domain
}

func (o own) has(host string) bool {
	return under(host, func(name string) bool { return o.domains[name] })
}

// maxAddresses bounds what one field can cost.
const maxAddresses = 100

// addresses are those of a header field, in lower case. Where it is not well
// formed, what looks like one counts.
func addresses(value string) []string {
	var all []string
	if list, err := mail.ParseAddressList(value); err == nil {
		for _, a := range list[:min(len(list), maxAddresses)] {
			all = append(all, strings.ToLower(a.Address))
		}
		return all
	}
	for word := range strings.FieldsFuncSeq(value, func(r rune) bool { return strings.ContainsRune(" \t<>,;\"'()[]", r) }) {
		if at := strings.LastIndexByte(word, '@'); at > 0 && at < len(word)-1 && len(all) < maxAddresses {
			all = append(all, strings.ToLower(word))
		}
	}
	return all
}
