package target

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/net/idna"

	"spamreport/complaint"
)

// brand is somebody whom phishing pretends to be.
type brand struct {
	name    string
	words   []string // of the name, plain
	domains map[string]bool
	inHosts bool // the name says something in the name of a host
}

func (b *brand) has(host string) bool {
	return under(host, func(name string) bool { return b.domains[name] })
}

var brands = sync.OnceValue(func() []*brand {
	var all []*brand
	for _, row := range rows("brands.txt") {
		name, domains, _ := strings.Cut(row, ":")
		b := &brand{domains: map[string]bool{}}
		b.name, b.inHosts = strings.CutPrefix(name, "~")
		b.inHosts = !b.inHosts
		b.words = wordsOf(b.name)
		for d := range strings.FieldsSeq(domains) {
			b.domains[d] = true
		}
		all = append(all, b)
	}
	return all
})

// owner is the brand that a host belongs to; nil: none.
func owner(host string) *brand {
	if host == "" {
		return nil
	}
	for _, b := range brands() {
		if b.has(host) {
			return b
		}
	}
	return nil
}

// namedIn is the brand that a host has in its name without belonging to it.
// International names are read as they are shown, and letters in disguise as
// what they pass for.
func namedIn(h *host) *brand {
	shown, err := idna.ToUnicode(h.Host)
	if err != nil {
		shown = h.Host
	}
	if h.service != nil {
		shown = strings.TrimSuffix(shown, h.service.suffix)
	} else if suffix := strings.IndexByte(h.Domain, '.'); suffix > 0 {
		shown = strings.TrimSuffix(shown, h.Domain[suffix:])
	}
	parts := wordsOf(digitsAsLetters.Replace(shown))
	joined := wordsOf(shown)
	for _, b := range brands() {
		if !b.inHosts || b.has(h.Host) {
			continue
		}
		name := strings.Join(b.words, "")
		if slices.Contains(parts, name) || slices.Contains(joined, name) {
			return b
		}
	}
	return nil
}

// digitsAsLetters undoes paypa1 and micr0soft.
var digitsAsLetters = strings.NewReplacer("0", "o", "1", "l", "5", "s")

// callsItself is the brand in the display name of From.
func callsItself(from string) *brand {
	name, _, found := strings.Cut(from, "<")
	if !found {
		return nil
	}
	words := wordsOf(name)
	for _, b := range brands() {
		if containsRun(words, b.words) {
			return b
		}
	}
	return nil
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(complaint.Plain(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func containsRun(words, run []string) bool {
	for i := 0; i+len(run) <= len(words); i++ {
		if slices.Equal(words[i:i+len(run)], run) {
			return true
		}
	}
	return false
}

// sharesAccounts reports whether anybody can have an account at a domain.
func sharesAccounts(domain string) bool { return accountsAt()[domain] != nil }
