package config

import (
	"fmt"
	"net/netip"
	"reflect"
	"strconv"
	"strings"

	"spamreport/lookup"
)

// ASN is the number of an autonomous system. People write "AS64500" as often
// as 64500, so both are read. Zero means none (RFC 7607).
type ASN uint32

// OneOrMore is a list that may also be written as its only entry, which is
// the usual case: contact = "abuse@example.net".
type OneOrMore []string

// assignOnly stores the only entry of a list. An empty text is an empty list.
func assignOnly(field reflect.Value, text, rule string, wrong report) {
	if text == "" {
		field.SetZero()
		return
	}
	field.Set(reflect.ValueOf(OneOrMore{text}))
	if err := obeyText(rule, text); err != nil {
		wrong("", err)
	}
}

func assignASN(field reflect.Value, raw any) error {
	digits := ""
	switch raw := raw.(type) {
	case int64:
		digits = strconv.FormatInt(raw, 10)
	case string:
		digits = raw
		if len(raw) > 2 && strings.EqualFold(raw[:2], "AS") {
			digits = raw[2:]
		}
	default:
		return fmt.Errorf(`must be the number of an AS, like "AS64500" or 64500, not %s`, nameOf(raw))
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || n == 0 {
		return fmt.Errorf(`%s is not the number of an AS: write it like "AS64500" or 64500`, quote(digits))
	}
	field.SetUint(n)
	return nil
}

func checkDomain(s string) error {
	if _, err := netip.ParseAddr(s); err != nil && isDomain(s) {
		return nil
	}
	return fmt.Errorf("%s is not a domain: write it like example.org", quote(s))
}

// checkDesk refuses at the line where it is written what the lookup would
// refuse to hand out later.
func checkDesk(s string) error {
	if err := checkEmail(s); err != nil {
		return err
	}
	if why, never := lookup.NeverMail(s); never {
		return fmt.Errorf("%s must not be mailed: %s", quote(s), why)
	}
	return nil
}

func (l *loader) checkLookup(c *Lookup) {
	if len(c.Order) == 0 && !l.wrong["lookup.order"] {
		l.mistake("lookup.order", "empty: name at least one source, like rdap or whois")
	}
	l.checkFile(&c.CAFile, "lookup.ca_file")
	seen := map[string]int{}
	for i, o := range c.Overrides {
		l.checkOverride(o, fmt.Sprintf("lookup.override[%d]", i+1), seen, i+1)
	}
}

// checkOverride wants an override to be for one thing, for which there is no
// other, and to name a desk.
func (l *loader) checkOverride(o Override, path string, seen map[string]int, number int) {
	subject, keys := o.subject()
	bad := l.wrong[path+".cidr"] || l.wrong[path+".asn"] || l.wrong[path+".domain"]
	switch {
	case bad: // nothing more can be said about what it is for
	case len(keys) == 0:
		l.mistake(path, "is for nothing: add exactly one of cidr, asn, domain")
	case len(keys) > 1:
		l.mistake(path+"."+keys[1], "%s is set too: keep one of cidr, asn, domain, and write a block for each", keys[0])
	case seen[subject] > 0:
		l.mistake(path+"."+keys[0], "override %d is for %s too: keep one, with all its contacts", seen[subject], subject)
	default:
		seen[subject] = number
	}
	if len(o.Contact) == 0 && !l.wrong[path+".contact"] {
		l.mistake(path+".contact", "empty: write the address of the desk, like abuse@example.net")
	}
}

// subject is what the override is for, and the keys that say so.
func (o Override) subject() (subject string, keys []string) {
	if o.CIDR.IsValid() {
		subject, keys = o.CIDR.String(), append(keys, "cidr")
	}
	if o.ASN != 0 {
		subject, keys = fmt.Sprintf("AS%d", o.ASN), append(keys, "asn")
	}
	if o.Domain != "" {
		subject, keys = strings.ToLower(strings.TrimSuffix(o.Domain, ".")), append(keys, "domain")
	}
	return subject, keys
}
