package complaint

import (
	"cmp"
	"slices"
	"strings"
)

// Preference is what a contact gets instead of what all others get. A field
// that is empty leaves things as they are.
type Preference struct {
	// Match is an address, a domain, which includes all below it, or "*".
	Match string

	Format   string // text, arf or xarf
	Template string // name of the letter
}

// For is the composer for one contact: the preferences that match are applied
// from the widest to the most exact one, so that the exact one has the last
// word on what it speaks of, and only on that.
func (c *Composer) For(email string) *Composer {
	own := *c
	matching := slices.DeleteFunc(slices.Clone(c.Preferences), func(p Preference) bool {
		return exactness(p.Match, email) == 0
	})
	slices.SortStableFunc(matching, func(a, b Preference) int {
		return cmp.Compare(exactness(a.Match, email), exactness(b.Match, email))
	})
	for _, p := range matching {
		own.Format = stringOr(p.Format, own.Format)
		own.Template = stringOr(p.Template, own.Template)
	}
	return &own
}

// exactness says how closely a match describes an address; 0 is not at all.
func exactness(match, email string) int {
	match, email = strings.ToLower(match), strings.ToLower(email)
	domain := strings.TrimSuffix(strings.TrimPrefix(match, "@"), ".")
	theirs := domainOf(email)
	switch {
	case match == "":
		return 0
	case match == email:
		return 1000 // a domain has at most 253 characters
	case match == "*":
		return 1
	case theirs == domain, strings.HasSuffix(theirs, "."+domain):
		return 1 + len(domain)
	}
	return 0
}
