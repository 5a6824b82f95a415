package complaint

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
)

// Placeholder is the sender of a dry run without configuration. The domain is
// reserved never to exist (RFC 6761 §6.4), so that it cannot go out by accident.
const Placeholder = "reports@your-domain.invalid"

// ErrNoIdentity says that nobody is named who complains.
var ErrNoIdentity = errors.New("no identity: set name and email under [identity] in the configuration")

// Identity is who complains.
type Identity struct {
	Name         string // display name; may be empty
	Email        string
	Organisation string
	URL          string // page about the reporter; may be empty
}

// Validate reports whether complaints may be sent under the identity: it needs an
// address that answers can reach.
func (id Identity) Validate() error {
	if id.Email == "" {
		return ErrNoIdentity
	}
	if err := checkAddress(id.Email); err != nil {
		return fmt.Errorf("identity: email %q: %w", id.Email, err)
	}
	domain := strings.ToLower(domainOf(id.Email))
	for _, reserved := range unreachable {
		if domain == reserved || strings.HasSuffix(domain, "."+reserved) {
			return fmt.Errorf("identity: email %q: nobody can answer to %s", id.Email, reserved)
		}
	}
	return nil
}

// unreachable are domains that no mail can come back to (RFC 6761). The
// example domains of RFC 2606 are not among them: they are what tests send from.
var unreachable = []string{"invalid", "localhost", "local"}

// orPlaceholder makes an identity that a dry run can show.
func (id Identity) orPlaceholder() Identity {
	if checkAddress(id.Email) != nil {
		id.Email = Placeholder
		if id.Name == "" {
			id.Name = "Your Name"
		}
	}
	id.Name = oneLine(id.Name, 100)
	id.Organisation = oneLine(id.Organisation, 100)
	id.URL = oneLine(id.URL, 200)
	return id
}

// checkAddress accepts a bare addr-spec (RFC 5321 §4.1.2) in ASCII that needs
// no quoting. Quoted local parts are legal, rare, and a way to smuggle; the
// addresses checked here come from registries that anyone can write to.
func checkAddress(email string) error {
	if len(email) <= maxAddress && dotAtoms(email) {
		return nil // as nearly all are; the others are to learn why not
	}
	parsed, err := mail.ParseAddress(email)
	if err != nil {
		return err
	}
	switch {
	case parsed.Address != email:
		return errors.New("must be an address alone, without a name")
	case len(email) > maxAddress:
		return errors.New("too long for an address")
	}
	for _, c := range []byte(email) {
		if special(c) {
			return fmt.Errorf("character %q is not allowed", c)
		}
	}
	return nil
}

// maxAddress is RFC 5321 §4.5.3.1.3, less the angle brackets.
const maxAddress = 254

// special reports whether a character needs quoting in an address, or cannot be in one.
func special(c byte) bool {
	return c <= ' ' || c >= 0x7f || strings.IndexByte(`"\()<>[]:;,`, c) >= 0
}

// dotAtoms reports whether a text is two dot-atoms (RFC 5322 §3.2.3) around one @.
func dotAtoms(email string) bool {
	ats, before := 0, byte('.') // what stands before an atom
	for _, c := range []byte(email) {
		if special(c) || (c == '.' || c == '@') && (before == '.' || before == '@') {
			return false
		}
		if c == '@' {
			ats++
		}
		before = c
	}
	return ats == 1 && before != '.' && before != '@'
}

// domainOf returns what follows the last @, or nothing.
func domainOf(email string) string {
	_, domain, _ := cutLast(email, '@')
	return domain
}

// cutLast cuts s at the last sep.
func cutLast(s string, sep byte) (before, after string, found bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
