package relay

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// ErrAddress says that something is not a mail address that can stand in an
// SMTP command.
var ErrAddress = errors.New("not a mail address")

// maxAddress is the longest address: a path has at most 256 octets with its
// angle brackets (RFC 5321 §4.5.3.1.3). The limit of 64 for the local part is
// not held against an address, since return paths that carry a tag exceed it.
const maxAddress = 254

// ParseAddress reads one address, with or without a display name and angle
// brackets, and returns it as SMTP wants it: the domain in ASCII (RFC 5891),
// the local part untouched. A name without a domain gets defaultDomain when
// there is one, as sendmail does for "root".
func ParseAddress(s, defaultDomain string) (string, error) {
	s = strings.TrimSpace(s)
	if defaultDomain != "" && s != "" && !strings.ContainsAny(s, "@<>\"(), \t") {
		s += "@" + defaultDomain
	}
	// net/mail accepts folded input; in an address of ours a line break can
	// only be an attempt to inject.
	if strings.ContainsAny(s, "\r\n\x00") {
		return "", fmt.Errorf("%w: %q has a control character", ErrAddress, s)
	}
	parsed, err := mail.ParseAddress(s)
	if err != nil {
		return "", fmt.Errorf("%w: %q", ErrAddress, s)
	}
	return CanonicalAddress(parsed.Address)
}

// CanonicalAddress takes a local part without its quotes, @ and a domain, as
// parsers return them, and returns the address as SMTP wants it: the local part
// quoted where it must be, the domain in ASCII.
func CanonicalAddress(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return "", fmt.Errorf("%w: %q has no @", ErrAddress, address)
	}
	local, domain := quoteLocal(address[:at]), address[at+1:]
	if !isASCII(domain) {
		ascii, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return "", fmt.Errorf("%w: %q: %w", ErrAddress, address, err)
		}
		domain = ascii
	}
	address = local + "@" + domain
	return address, CheckAddress(address)
}

// quoteLocal puts back the quotes that net/mail takes off: without them
// "a b"@example.org would be two arguments of RCPT, and ".a"@example.org no
// dot-string (RFC 5321 §4.1.2).
func quoteLocal(local string) string {
	if !strings.ContainsFunc(local, needsQuotes) && !strings.Contains("."+local+".", "..") {
		return local
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(local) + `"`
}

// needsQuotes reports whether a character is outside atext and the dot
// (RFC 5322 §3.2.3).
func needsQuotes(r rune) bool {
	return r <= ' ' || r == 0x7f || strings.ContainsRune(`()<>[]:;@\,"`, r)
}

// CheckAddress refuses an address that could not be put between the angle
// brackets of MAIL or RCPT without harm. Whether it exists is for the next
// server to say.
func CheckAddress(address string) error {
	at := strings.LastIndexByte(address, '@')
	switch {
	case at <= 0 || at == len(address)-1:
		return fmt.Errorf("%w: it needs a local part, @ and a domain", ErrAddress)
	case len(address) > maxAddress:
		return fmt.Errorf("%w: too long", ErrAddress)
	case !utf8.ValidString(address):
		return fmt.Errorf("%w: not UTF-8", ErrAddress)
	case strings.ContainsFunc(address, unicode.IsControl):
		return fmt.Errorf("%w: it has a control character", ErrAddress)
	case strings.ContainsAny(address[at:], " <>\"(),;\\"):
		return fmt.Errorf("%w: bad domain", ErrAddress)
	case strings.ContainsFunc(unquoted(address[:at]), needsQuotes):
		return fmt.Errorf("%w: special characters outside of quotes", ErrAddress)
	}
	return nil
}

// unquoted returns what of a local part stands outside of a quoted string that
// spans all of it: nothing, when the quotes are whole.
func unquoted(local string) string {
	if len(local) < 2 || local[0] != '"' || local[len(local)-1] != '"' {
		return local
	}
	inner := local[1 : len(local)-1]
	for i := 0; i < len(inner); i++ {
		switch inner[i] {
		case '\\':
			i++
			if i == len(inner) {
				return local // the closing quote is escaped
			}
		case '"':
			return local
		}
	}
	return ""
}

func isASCII[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
