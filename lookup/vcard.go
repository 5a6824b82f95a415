package lookup

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// RDAP carries contacts as jCards (RFC 7095): ["vcard", [[name, parameters,
// type, value…], …]]. The readers of libraries reject a card for one bad
// property; registries' cards have null parameters, numbers for strings,
// missing wrappers and several addresses in a value, so this one takes what is
// there and skips the rest.

// cardEmail is an e-mail property of a card.
type cardEmail struct {
	email string
	pref  int  // RFC 6350 §5.3: 1 is best; noPref without the parameter
	abuse bool // type=abuse: RIPE's way to write abuse-mailbox
}

const (
	noPref = 101
	// maxCardDepth bounds the nesting that is looked through for properties.
	maxCardDepth = 6
)

// cardEmails reads the addresses of a card, best first.
func cardEmails(card any) []cardEmail {
	var found []cardEmail
	collectCard(card, 0, &found)
	slices.SortStableFunc(found, func(a, b cardEmail) int {
		if a.abuse != b.abuse {
			if a.abuse {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.pref, b.pref)
	})
	return found
}

func collectCard(node any, depth int, found *[]cardEmail) {
	list, ok := node.([]any)
	if !ok || depth > maxCardDepth || len(*found) >= maxEmails {
		return
	}
	if name, ok := first(list).(string); ok && isMailProperty(name) {
		*found = append(*found, emailProperty(list)...)
		return
	}
	for _, child := range list {
		collectCard(child, depth+1, found)
	}
}

// isMailProperty: some give the desk as a CONTACT-URI (RFC 8605), which may be
// a mailto.
func isMailProperty(name string) bool {
	return strings.EqualFold(name, "email") || strings.EqualFold(name, "contact-uri")
}

func emailProperty(property []any) []cardEmail {
	e := cardEmail{pref: noPref}
	for _, part := range property[1:] {
		if parameters, ok := part.(map[string]any); ok {
			e.pref, e.abuse = prefOf(parameters["pref"]), hasText(parameters["type"], "abuse")
		}
	}
	var out []cardEmail
	for _, value := range property[1:] {
		for _, text := range texts(value, 0) {
			for _, email := range emailsIn(text) {
				e.email = email
				out = append(out, e)
			}
		}
	}
	return out
}

func prefOf(v any) int {
	switch v := v.(type) {
	case float64:
		if v >= 1 && v < noPref {
			return int(v)
		}
	case string:
		if n, err := strconv.Atoi(v); err == nil && n >= 1 && n < noPref {
			return n
		}
	}
	return noPref
}

// jsCardEmails reads the addresses of a JSContact card (RFC 9553), which newer
// servers offer next to the jCard or instead of it.
func jsCardEmails(card any) []cardEmail {
	object, _ := card.(map[string]any)
	emails, _ := object["emails"].(map[string]any)
	var found []cardEmail
	for _, id := range sortedKeys(emails) {
		entry, _ := emails[id].(map[string]any)
		address := cmp.Or(text(entry, "address"), text(entry, "email")) // drafts of RFC 9553 call it so
		for _, email := range emailsIn(address) {
			found = append(found, cardEmail{email: email, pref: prefOf(entry["pref"])})
		}
	}
	slices.SortStableFunc(found, func(a, b cardEmail) int { return cmp.Compare(a.pref, b.pref) })
	return found
}

// The helpers below read loose JSON.

func first(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// texts yields the strings in a value, which may be one or a (nested) list.
func texts(v any, depth int) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		if depth > maxCardDepth {
			return nil
		}
		var out []string
		for _, e := range v {
			out = append(out, texts(e, depth+1)...)
		}
		return out
	}
	return nil
}

func hasText(v any, want string) bool {
	return slices.ContainsFunc(texts(v, 0), func(s string) bool { return strings.EqualFold(s, want) })
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
