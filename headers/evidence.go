package headers

import (
	"bytes"
	"strings"
)

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
			if found == nil {
				found = make([]Evidence, 0, 4)
			}
			found = append(found, Evidence{Name: name, Value: value})
		}
	}
	if s.source == nil {
		return nil
	}
	var line [maxNote]byte
	for k := range s.t.notes {
		n := &s.t.notes[k]
		switch {
		case n.name == "Authentication-Results" && n.above <= s.source.Hop:
			for _, d := range signedBy(n.value(line[:0])) {
				add("DKIM d=", d)
			}
		case s.provider != nil && n.above > s.source.Hop && contains(s.provider.evidence, n.name):
			add(n.name, s.t.value(n))
		case s.provider != nil && n.name == "DKIM-Signature":
			if d := dkimDomain(n.value(line[:0])); d != "" && s.provider.signs(d) {
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
func signedBy(results []byte) []string {
	var domains []string
	for len(results) > 0 {
		at := bytes.Index(results, []byte("dkim=pass"))
		if at < 0 {
			break
		}
		var part []byte
		part, results, _ = bytes.Cut(results[at:], []byte(";"))
		for _, mark := range [...]string{"header.d=", "header.i=@"} {
			if at := bytes.Index(part, []byte(mark)); at >= 0 {
				d, _, _ := bytes.Cut(part[at+len(mark):], []byte(" "))
				domains = append(domains, strings.ToLower(string(bytes.TrimSpace(d))))
				break
			}
		}
	}
	return domains
}

func dkimDomain(signature []byte) string {
	for len(signature) > 0 {
		var tag []byte
		tag, signature, _ = bytes.Cut(signature, []byte(";"))
		tag = bytes.TrimSpace(tag)
		if len(tag) >= 2 && equalFold(tag[:2], "d=") {
			return strings.ToLower(string(bytes.TrimSpace(tag[2:])))
		}
	}
	return ""
}
