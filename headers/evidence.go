package headers

import "strings"

// maxEvidence bounds what is collected for a desk.
const maxEvidence = 16

// evidence collects the headers by which an abuse desk finds the account:
// those that the provider at the source writes of itself, and the domains of
// signatures that the recipient's own server verified.
func (s *search) evidence(o *Origin) []Evidence {
	var found []Evidence
	add := func(name, value string) {
		value = clean(value, 400)
		for _, e := range found {
			if e.Name == name && e.Value == value {
				return
			}
		}
		if value != "" && len(found) < maxEvidence {
			found = append(found, Evidence{Name: name, Value: value})
		}
	}
	if s.source == nil {
		return nil
	}
	for k := range s.t.notes {
		n := &s.t.notes[k]
		switch {
		case n.name == "Authentication-Results" && n.above <= s.source.Hop:
			for _, d := range signedBy(s.t.value(n)) {
				add("DKIM d=", d)
			}
		case s.provider != nil && n.above > s.source.Hop && contains(s.provider.evidence, n.name):
			add(n.name, s.t.value(n))
		case s.provider != nil && n.name == "DKIM-Signature":
			if d := dkimDomain(s.t.value(n)); d != "" && s.provider.signs(d) {
				add("DKIM d=", d)
			}
		}
	}
	if o != nil && o.Hop >= 0 {
		if auth := s.t.hops[o.Hop].From.Auth; auth != "" && !loggedIn(auth) && auth != "HTTP" {
			add("Authenticated sender", auth)
		}
	}
	return found
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// signedBy reads the domains of good signatures out of Authentication-Results:
// "dkim=pass (…) header.d=example.com" (RFC 8601 §2.7.1).
func signedBy(results string) []string {
	var domains []string
	for results != "" {
		at := strings.Index(results, "dkim=pass")
		if at < 0 {
			break
		}
		var part string
		part, results, _ = strings.Cut(results[at:], ";")
		for _, mark := range [...]string{"header.d=", "header.i=@"} {
			if at := strings.Index(part, mark); at >= 0 {
				d, _, _ := strings.Cut(part[at+len(mark):], " ")
				domains = append(domains, strings.ToLower(strings.TrimSpace(d)))
				break
			}
		}
	}
	return domains
}

func dkimDomain(signature string) string {
	for signature != "" {
		var tag string
		tag, signature, _ = strings.Cut(signature, ";")
		tag = strings.TrimSpace(tag)
		if hasPrefixFold(tag, "d=") {
			return strings.ToLower(strings.TrimSpace(tag[2:]))
		}
	}
	return ""
}
