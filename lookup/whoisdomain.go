package lookup

import (
	"strings"
)

// domain reads a section of an answer about a domain.
func (r whoisReader) domain(s section) {
	n := &r.out.network
	for _, o := range s.objects {
		for _, a := range o.attrs {
			if n.Name == "" && (a.key == "registrar" || a.key == "registrar name" || a.key == "sponsoring registrar") {
				n.Name = oneLine(strings.TrimSpace(a.value), 120)
			}
			if a.key == "domain name" || a.key == "domain" {
				n.Domain = r.q.domain
			}
			if rule, ok := findRule(domainRules, a); ok {
				r.add(a.value, rule.role, rule.conf, rule.order)
				continue
			}
			if strings.Contains(a.key, "abuse") { // a wording that the table does not have
				r.add(a.value, "abuse", High, 1)
				continue
			}
			// AFNIC and others print the registrar as an object of its own, NASK
			// as lines without keys.
			if o.kind == "registrar" && (a.key == "e-mail" || a.key == "email" || a.key == "") {
				r.add(a.value, "registrar", Low, 1)
			}
		}
	}
}

// readPerson reads the answer to a query for a handle.
func readPerson(raw, role string) []candidate {
	r := whoisReader{out: &answer{}}
	for _, s := range splitWHOIS(raw) {
		for _, o := range s.objects {
			for _, a := range o.attrs {
				if a.key == "e-mail" || a.key == "email" {
					r.add(a.value, role, Low, 0)
				}
			}
		}
	}
	return r.out.candidates
}

var (
	referralURL  = compiled(`(?i)^(?:r?whois://|https?://)?([a-z0-9][a-z0-9.-]*\.[a-z]{2,})\.?(?::(\d{1,5}))?(?:/.*)?$`)
	schemeIsHTTP = compiled(`(?i)^https?://`)
)

// referral finds the server that an answer points to.
func (r whoisReader) referral(sections []section) {
	for _, s := range sections {
		for _, o := range s.objects {
			for _, a := range o.attrs {
				if r.out.referral != "" || !referralKeys[a.key] || schemeIsHTTP().MatchString(a.value) {
					continue
				}
				if m := referralURL().FindStringSubmatch(strings.TrimSpace(a.value)); m != nil {
					r.out.referral = strings.ToLower(m[1])
					if m[2] != "" {
						r.out.referral += ":" + m[2]
					}
				}
			}
		}
	}
}
