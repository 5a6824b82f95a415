package complaint

import (
	"bytes"
	"slices"
	"strings"
)

// resultsField is what says who vouches for the sender (RFC 8601).
const resultsField = "Authentication-Results"

// listFields are what the software of mailing lists writes (RFC 2369, RFC
// 2919), and who vouches for it. List-Post and the like alone are on answers,
// too.
var listFields = []string{"List-Unsubscribe", "List-Id", resultsField}

// authorFields are what says whose message it is.
var authorFields = []string{"From", "Received", resultsField}

// fromList says whose list a message comes from, when a server that can be
// believed found the address in From to be genuine: DMARC passed, or a DKIM
// signature of its domain. Whoever signs and offers to unsubscribe can
// be told to stop; whoever forges that gets no pass.
func (inc Incident) fromList() (domain string, yes bool) {
	if !namesList(trimEnvelope(inc.Message.Raw)) {
		return "", false
	}
	listed, vouched := false, false
	for _, f := range parseHeader(inc.Message.Raw, listFields...).fields {
		if strings.EqualFold(f.name, resultsField) {
			vouched = vouched || len(vouchedFor(f.unfolded())) > 0
		} else {
			listed = listed || f.unfolded() != ""
		}
	}
	if !listed || !vouched {
		return "", false // nobody vouches for anybody, as with most spam
	}
	domain, vouched, _ = inc.Author()
	return domain, vouched
}

// namesList reports whether a line of a header may be one of listFields. It is quick
// to say no: every message of a sweep is asked.
func namesList(raw []byte) bool {
	for line := range bytes.Lines(raw) {
		switch {
		case line[0]|0x20 == 'l' && len(line) > len("List-") && bytes.EqualFold(line[:len("List-")], []byte("List-")):
			return true
		case line[0] <= '\r' && len(bytes.TrimRight(line, "\r\n")) == 0:
			return false // the header ends
		}
	}
	return false
}

// Author is the registered domain of the address in From. It is vouched for
// when a server that can be believed found that it is really theirs (DMARC, or
// DKIM of that domain), and refuted when it found that it is not. Mostly
// neither is known.
func (inc Incident) Author() (domain string, vouched, refuted bool) {
	root := parseHeader(inc.Message.Raw, authorFields...)
	found := findAddresses(decodeWords(root.get("From")))
	if len(found) == 0 {
		return "", false, false
	}
	domain = registered(domainOf(found[len(found)-1])) // a name before it may look like one
	for _, results := range inc.believedResults(root) {
		vouched = vouched || vouches(results, domain)
		refuted = refuted || strings.Contains(withoutComments(strings.ToLower(results)), "dmarc=fail")
	}
	return domain, vouched, refuted && !vouched
}

// believedResults are the Authentication-Results above the line of the
// handoff. Those below it came with the message: RFC 8601 §5 wants a border
// server to remove the forged ones, and not all do.
func (inc Incident) believedResults(root *part) []string {
	src := inc.Verdict.Source
	if src == nil {
		return nil
	}
	var all []string
	received := 0
	for _, f := range root.fields {
		switch {
		case strings.EqualFold(f.name, "Received"):
			received++
		case strings.EqualFold(f.name, resultsField) && received <= src.Hop:
			all = append(all, f.unfolded())
		}
	}
	return all
}

// vouches reports whether the results of a server vouch for a registered domain.
func vouches(results, domain string) bool {
	return slices.ContainsFunc(vouchedFor(results), func(of string) bool { return registered(of) == domain })
}

// vouchedFor reads the results of one server (RFC 8601 §2.2), and returns the
// domains that passed:
//
//	mx.example.org; dkim=pass (2048-bit key) header.d=example.com; dmarc=pass header.from=example.com
func vouchedFor(results string) (domains []string) {
	// The first part names the server, the others are one method each.
	_, methods, _ := strings.Cut(withoutComments(strings.ToLower(results)), ";")
	for method := range strings.SplitSeq(methods, ";") {
		dmarc, dkim, of := false, false, ""
		for word := range strings.FieldsSeq(method) {
			name, value, _ := strings.Cut(word, "=")
			switch name {
			case "dmarc":
				dmarc = value == "pass"
			case "dkim":
				dkim = value == "pass"
			case "header.d", "header.from":
				of = strings.Trim(value, `"`)
			case "header.i":
				if of == "" {
					of = domainOf(strings.Trim(value, `"`))
				}
			}
		}
		if dmarc || dkim {
			domains = append(domains, of)
		}
	}
	return domains
}

// withoutComments leaves out what stands in parentheses (RFC 5322 §3.2.2).
func withoutComments(s string) string {
	if strings.IndexByte(s, '(') < 0 {
		return s
	}
	var out strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case depth == 0:
			out.WriteRune(r)
		}
	}
	return out.String()
}
