package lookup

import (
	"net/netip"
	"slices"
	"strings"
)

// verdict is the kind of a WHOIS answer.
type verdict int

const (
	answered verdict = iota
	unknown          // the server does not know the query
	denied           // the server refuses, for now
	garbled          // nothing that a registry would say
)

// readWHOIS reads the answer of the server host.
func readWHOIS(host, raw string, q query) (answer, verdict) {
	raw = toUTF8(host, raw)
	sections := splitWHOIS(raw)
	r := whoisReader{q: q, out: &answer{}}
	r.referral(sections)
	if q.kind == domainQuery {
		for _, s := range sections {
			r.domain(s)
		}
	} else {
		for order, s := range nearestFirst(sections, q) {
			r.network(s, order)
		}
	}
	r.out.foreign = anyPhrase(foreign, raw) || onlyASBlock(sections)
	head := raw[:min(len(raw), maxPhraseHead)]
	switch {
	case len(r.out.candidates) > 0 || r.out.referral != "":
		return *r.out, answered
	case anyPhrase(refused, head): // also where it names the network and leaves out whom to write to
		return *r.out, denied
	case len(r.out.network.CIDR) > 0:
		return *r.out, answered
	case strings.TrimSpace(raw) == "" || anyPhrase(noMatch, head):
		return *r.out, unknown
	case hasAttributes(sections):
		return *r.out, answered
	case anyPhrase(complaining, head):
		return *r.out, denied
	}
	return *r.out, garbled
}

// onlyASBlock: a block of AS numbers without the number in it is how RPSL
// servers say that another registry assigns it.
func onlyASBlock(sections []section) bool {
	block := false
	for _, s := range sections {
		for _, o := range s.objects {
			if o.kind == "aut-num" {
				return false
			}
			block = block || o.kind == "as-block"
		}
	}
	return block
}

// hasAttributes tells an answer that names no contact from a web page or
// noise.
func hasAttributes(sections []section) bool {
	keyed := 0
	for _, s := range sections {
		for _, o := range s.objects {
			for _, a := range o.attrs {
				if a.key != "" {
					keyed++
				}
			}
		}
	}
	return keyed >= 2
}

// maxPhraseHead is how far into an answer "no match" and the like are looked
// for: such answers are short.
const maxPhraseHead = 8 << 10

func anyPhrase(list []phrase, raw string) bool {
	return slices.ContainsFunc(list, func(p phrase) bool { return p.text().MatchString(raw) })
}

type whoisReader struct {
	q   query
	out *answer
}

// ordersPerSection separates the orders of candidates of one section from
// those of the next.
const ordersPerSection = 10

// network reads a section of an answer about a network or an AS.
func (r whoisReader) network(s section, order int) {
	base := order * ordersPerSection
	for _, c := range s.comments {
		if m := abuseComment().FindStringSubmatch(c); m != nil {
			r.add(m[1], "abuse", High, base)
		}
	}
	refs := s.references()
	for _, o := range s.objects {
		r.describe(o, order == 0)
		handle := o.handle()
		for _, a := range o.attrs {
			r.attribute(a, o, refs[handle], base)
		}
		r.remarks(o, base)
	}
}

// references maps the handles that a section's objects name to their role for
// the network: the best one, where a handle has several.
func (s section) references() map[string]string {
	refs := make(map[string]string)
	for _, o := range s.objects {
		for _, a := range o.attrs {
			role, ok := contactRefs[a.key]
			if !ok {
				continue
			}
			handle := strings.ToUpper(strings.TrimSpace(a.value))
			if have, again := refs[handle]; !again || roleRank(role) < roleRank(have) {
				refs[handle] = role
			}
		}
	}
	return refs
}

func (o object) handle() string {
	for _, key := range handleKeys {
		if h := o.first(key); h != "" {
			return strings.ToUpper(strings.TrimSpace(h))
		}
	}
	return ""
}

func (r whoisReader) attribute(a attribute, o object, refRole string, base int) {
	if role, ok := handleRoles[a.key]; ok && handleValue().MatchString(a.value) {
		r.out.handles = append(r.out.handles, handle{a.value, role})
		return
	}
	if ignoredKeys[a.key] || !strings.ContainsAny(a.value, "@(") {
		return
	}
	if rule, ok := findRule(contactRules, a); ok {
		r.add(a.value, rule.role, rule.conf, base+1+rule.order)
		return
	}
	switch {
	case a.key == "e-mail" || a.key == "email":
		r.personal(a, o, refRole, base)
	case !remarkKeys[a.key]:
		// An unknown attribute: only an address that names itself abuse@.
		for _, email := range emailsIn(a.value) {
			if deskOf(email) == "abuse" {
				r.add(email, "contact", Low, base+ordersPerSection-1)
			}
		}
	}
}

// personal is the e-mail line of a person, role, team or organisation: worth
// what the network says that the object is for.
func (r whoisReader) personal(a attribute, o object, refRole string, base int) {
	switch {
	case refRole == "abuse":
		r.add(a.value, "abuse", High, base+2)
	case refRole != "":
		r.add(a.value, refRole, Low, base)
	case o.kind == "irt":
		r.add(a.value, "security", Low, base)
	default:
		r.add(a.value, "contact", Low, base+1)
	}
}

func findRule(rules []contactRule, a attribute) (contactRule, bool) {
	for _, rule := range rules {
		if rule.key == a.key && (rule.head == "" || strings.Contains(a.heading, rule.head)) {
			return rule, true
		}
	}
	return contactRule{}, false
}

func (r whoisReader) add(value, role string, conf Confidence, order int) {
	for _, email := range emailsIn(value) {
		if len(r.out.candidates) < 4*maxEmails {
			r.out.candidates = append(r.out.candidates, candidate{email: email, role: role, conf: conf, order: order})
		}
	}
}

func (r whoisReader) remarks(o object, base int) {
	var lines []string
	for _, a := range o.attrs {
		if remarkKeys[a.key] {
			lines = append(lines, strings.Split(a.value, "\n")...)
		}
	}
	abuse, dead := abuseInRemarks(lines)
	for _, email := range abuse {
		r.add(email, "remarks", Medium, base)
	}
	r.out.dead = append(r.out.dead, dead...)
}

// describe fills in what the nearest section says about the network. The
// others add only the AS, which stands with the route.
func (r whoisReader) describe(o object, nearest bool) {
	n := &r.out.network
	for _, a := range o.attrs {
		value := oneLine(a.value, 120)
		switch {
		case networkKeys[a.key] && nearest:
			r.addNetwork(a.value)
			if n.Handle == "" && a.key != "cidr" {
				n.Handle = value
			}
		case handleOfNetwork[a.key] && nearest && n.Name != "":
			n.Handle = value
		case nameKeys[a.key] && nearest && n.Name == "":
			n.Name = value
		case countryKeys[a.key] && nearest && n.Country == "":
			n.Country = country(value)
		case originKeys[a.key] && n.ASN == 0:
			n.ASN = number(firstField(value))
		}
	}
}

// addNetwork remembers the first network around the query, in the form that
// comes first.
func (r whoisReader) addNetwork(value string) {
	if len(r.out.network.CIDR) > 0 || r.q.kind != netQuery {
		return
	}
	prefixes := networkValue(value)
	single := netip.PrefixFrom(r.q.prefix.Addr(), r.q.prefix.Addr().BitLen())
	if _, ok := covering(prefixes, single); ok {
		r.out.network.CIDR = prefixes
	}
}

func firstField(s string) string {
	for f := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || r == ',' }) {
		return f
	}
	return ""
}
