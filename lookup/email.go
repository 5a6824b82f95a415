package lookup

import (
	"strings"

	"golang.org/x/net/idna"
)

// Registries' answers are written by people for people: addresses stand in
// running text, in angle brackets, after "mailto:", several in one field, or
// disguised as "abuse [at] example.net" or "abuse at example dot net". emailsIn
// finds them all, in order, each once, normalised.
func emailsIn(text string) []string {
	text = undisguise(text)
	if !strings.Contains(text, "@") {
		return nil
	}
	var found []string
	for _, raw := range addressText().FindAllString(text, maxEmails) {
		email, ok := normalEmail(raw)
		if ok && !contains(found, email) {
			found = append(found, email)
		}
	}
	return found
}

// maxEmails bounds what one field may name; a real one names two or three.
const maxEmails = 32

var (
	// addressText is RFC 5321's Dot-string without "/", "=" and "?", which in
	// these texts belong to a URL around the address. What it lets stand at
	// the ends normalEmail trims. Letters beyond ASCII are for domains; a
	// local part with them is refused later.
	addressText = compiled(`[\pL\pN.!#$%&'*+^_{|}~-]{1,64}@[\pL\pN](?:[\pL\pN.-]{0,252}[\pL\pN])?`)
	// disguised is "[at]", "(at)", "(@)", with or without spaces.
	disguised    = compiled(`(?i)\s*[\[({<]\s*(?:at|@)\s*[\])}>]\s*`)
	disguisedDot = compiled(`(?i)\s*[\[({<]\s*(?:dot|\.)\s*[\])}>]\s*`)
)

// encoded are other spellings of the sign, by a keyboard, a page, or a link.
var encoded = strings.NewReplacer("＠", "@", "&#64;", "@", "&#x40;", "@", "%40", "@", "_DOT_", ".", "_dot_", ".")

// A bare " at " is English: it is taken for the sign only where the dots are
// written out as well ("abuse at isp dot example"), between underscores, or
// behind the name of a desk that something is to be sent to ("mail abuse at
// isp.example").
var (
	spelledOut = compiled(`(?i)([a-z0-9][a-z0-9.+-]{0,63})\s+at\s+([a-z0-9-]+(?:\s+dot\s+[a-z0-9-]+){1,5})`)
	spelledDot = compiled(`(?i)\s+dot\s+`)
	underlined = compiled(`(?i)\b([a-z0-9][a-z0-9.+-]{0,63})_at_([a-z0-9-]+(?:\.[a-z0-9-]+){1,5})\b`)
	deskAt     = compiled(`(?i)((?:\bto|:|\bmail|\bcontact)\s+)((?:[a-z0-9.-]{1,20}[.-])?(?:abuse|spam|security|noc|cert|csirt|postmaster)(?:[.-][a-z0-9.-]{1,20})?)\s+at\s+([a-z0-9-]+(?:\.[a-z0-9-]+){1,5})([\s,;)]|\.?$)`)
	// The name of a desk, and what nobody writes but for the sign.
	deskSign = compiled(`(?i)\b((?:[a-z0-9.-]{1,20}[.-])?(?:abuse|spam|security|noc|cert|csirt|postmaster)(?:[.-][a-z0-9.-]{1,20})?)(?:\s+@\s*|\s*@\s+|\s*\(a\)\s*|\s+-at-\s+|\s*[*'"]at[*'"]\s*|\s+(?-i:AT|ÄT)\s+|\s+arroba\s+)([a-z0-9-]+(?:\.[a-z0-9-]+){1,5})`)
)

func undisguise(text string) string {
	if strings.ContainsAny(text, "[({<") {
		text = disguisedDot().ReplaceAllString(disguised().ReplaceAllString(text, "@"), ".")
	}
	text = encoded.Replace(text)
	if containsAny(text, " @", "@ ", "(a)", "-at-", "*at*", "'at'", `"at"`, " AT ", " ÄT ", " arroba ") {
		text = deskSign().ReplaceAllString(text, "$1@$2")
	}
	if !containsAny(text, " at ", " AT ", " At ", "_at_", "_AT_") {
		return text
	}
	text = spelledOut().ReplaceAllStringFunc(text, func(s string) string {
		m := spelledOut().FindStringSubmatch(s)
		return m[1] + "@" + spelledDot().ReplaceAllString(m[2], ".")
	})
	text = underlined().ReplaceAllString(text, "$1@$2")
	return deskAt().ReplaceAllString(text, "$1$2@$3$4")
}

// containsAny spares most texts the patterns.
func containsAny(text string, signs ...string) bool {
	for _, sign := range signs {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

// normalEmail gives the one spelling of an address that the ledger, the limits
// and the tables compare: lower case (RFC 5321 §2.4 leaves the local part to
// the host, but no host of an abuse desk makes use of that) and the domain in
// A-labels. ok is false for what no mail server takes.
func normalEmail(raw string) (email string, ok bool) {
	s := strings.ToLower(strings.Trim(raw, " \t\r\n<>()[]{}\"'`,;:."))
	s = strings.TrimPrefix(s, "mailto:")
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 {
		return "", false
	}
	local, domain := strings.TrimLeft(s[:at], "'*"), strings.TrimSuffix(s[at+1:], ".")
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || !validLocal(local) || !validDomain(ascii) {
		return "", false
	}
	return local + "@" + ascii, true
}

// validLocal is RFC 5321's Dot-string in ASCII.
func validLocal(local string) bool {
	if local == "" || len(local) > 64 || local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") {
		return false
	}
	for i := range len(local) {
		if c := local[i]; !isAlnum(c) && !strings.ContainsRune(".!#$%&'*+/=?^_{|}~-", rune(c)) {
			return false
		}
	}
	return true
}

// validDomain wants a name of two labels or more whose last one is not a
// number: a mail domain that can exist in the public DNS.
func validDomain(domain string) bool {
	if len(domain) > 253 {
		return false
	}
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for i := range len(l) {
			if c := l[i]; !isAlnum(c) && c != '-' && c != '_' {
				return false
			}
		}
	}
	last := labels[len(labels)-1]
	return len(labels) >= 2 && len(last) >= 2 && strings.Trim(last, "0123456789") != ""
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}
