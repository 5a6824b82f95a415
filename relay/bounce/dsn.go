package bounce

import (
	"strings"
)

// delivery is what a report says about one recipient (RFC 3464 §2.3).
type delivery struct {
	final, original, actual string // addresses
	action                  string // failed, delayed, delivered, relayed, expanded
	status                  string
	diagnostic              string
}

// address is the one that was mailed: the final one may lie behind a
// forwarding that the sender never heard of.
func (d delivery) address() string {
	for _, a := range []string{d.original, d.final, d.actual} {
		if a != "" {
			return a
		}
	}
	return ""
}

var reportField = compiled(`(?i)^\s{0,4}(Final-Recipient|Original-Recipient|X-Actual-Recipient|Action|Status|Diagnostic-Code|X-Failed-Recipients?)\s*:\s*(.*)$`)

// readReport reads the groups of a delivery-status part. It takes them from
// plain text too, where a program put them there, and in any order: a group
// ends where one of its fields comes again.
func readReport(s string) []delivery {
	var out []delivery
	var d delivery
	fields, last := 0, (*string)(nil)
	flush := func() {
		if d != (delivery{}) && (d.address() != "" || d.action != "") {
			out = append(out, d)
		}
		d, fields, last = delivery{}, 0, nil
	}
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, "\r\n")
		found := reportField().FindStringSubmatch(line)
		if found == nil {
			switch {
			case strings.TrimSpace(line) == "":
				last = nil
			case last != nil && (line[0] == ' ' || line[0] == '\t') && len(*last) < maxField:
				*last += " " + strings.TrimSpace(line)
			default:
				last = nil
			}
			continue
		}
		if len(out) > 100 {
			break
		}
		to, value := d.slot(found[1]), strings.TrimSpace(found[2])
		if *to != "" {
			flush()
			to = d.slot(found[1])
		}
		*to, last = value, to
		fields++
	}
	flush()
	for i := range out {
		out[i].tidy()
	}
	return out
}

// slot gives the place of a field.
func (d *delivery) slot(name string) *string {
	switch strings.ToLower(name) {
	case "original-recipient":
		return &d.original
	case "x-actual-recipient":
		return &d.actual
	case "action":
		return &d.action
	case "status":
		return &d.status
	case "diagnostic-code":
		return &d.diagnostic
	}
	return &d.final
}

var (
	statusCode     = compiled(`\b[245]\.\d\.\d{1,3}\b`) // no subject of RFC 3463 §4 has two digits; versions of programs have
	diagnosticType = compiled(`(?i)^\s*(?:smtp|x-[a-z0-9-]+|unix|dns|lmtp|uucp|notes)\s*;\s*`)
)

// actions are the words of RFC 3464 §2.3.3, and those that programs write in
// their place, by how they begin. What is none of them says nothing.
var actions = []struct{ word, action string }{
	{"fail", "failed"},
	{"error", "failed"},
	{"undeliver", "failed"},
	{"reject", "failed"},
	{"bounce", "failed"},
	{"permanent", "failed"},
	{"delay", "delayed"},
	{"defer", "delayed"},
	{"warning", "delayed"},
	{"transient", "delayed"},
	{"postpone", "delayed"},
	{"deliver", "delivered"},
	{"success", "delivered"},
	{"relay", "relayed"},
	{"expand", "expanded"},
}

func actionOf(field string) string {
	field = strings.ToLower(strings.TrimSpace(field))
	for _, a := range actions {
		if strings.HasPrefix(field, a.word) {
			return a.action
		}
	}
	return ""
}

func (d *delivery) tidy() {
	d.final, d.original, d.actual = typedAddress(d.final), typedAddress(d.original), typedAddress(d.actual)
	d.action = actionOf(d.action)
	if comment := strings.TrimSpace(statusCode().ReplaceAllString(d.status, "")); len(comment) > 3 && d.diagnostic == "" {
		d.diagnostic = strings.Trim(comment, "()") // some explain the code there
	}
	d.status = statusIn(d.status)
	if d.action == "" && strings.HasPrefix(d.status, "2") {
		d.action = "delivered"
	}
	d.diagnostic = diagnosticType().ReplaceAllString(d.diagnostic, "")
}

// statusIn finds the first enhanced code in s; what looks like one within an IP
// address is none.
func statusIn(s string) string {
	for _, at := range statusCode().FindAllStringIndex(s, 20) {
		before, after := s[:at[0]], s[at[1]:]
		if !strings.HasSuffix(before, ".") && (len(after) < 2 || after[0] != '.' || after[1] < '0' || after[1] > '9') {
			return s[at[0]:at[1]]
		}
	}
	return ""
}

// typedAddress takes the address out of "rfc822; <joe@example.net>", or gives
// none where it is a file or a program.
func typedAddress(s string) string {
	if kind, rest, ok := strings.Cut(s, ";"); ok && !strings.Contains(kind, "@") {
		s = rest
	}
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "|") || strings.HasPrefix(s, "/") {
		return ""
	}
	return firstAddress(s)
}
