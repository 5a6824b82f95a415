package complaint

import (
	"slices"
	"strings"
	"unicode"
)

// Reword is WithText for a text that a person wrote: what the evidence hides is
// hidden there, too, and so is whatever the user listed. Of the spam only the
// redacted copy is left by then, but its tokens are enough: a word that has the
// token of something hidden is that (RFC 6590 §3). Lines of the letter that
// stay as they were stay as they are.
func (c *Composer) Reword(old Complaint, text string) (Complaint, error) {
	if c.Redact {
		text = c.rehidden(old, text)
	}
	return old.WithText(text)
}

func (c *Composer) rehidden(old Complaint, text string) string {
	before := strings.Split(old.Text, "\n")
	r := newRedactor(c.RedactKey, c.hiddenIn(old, text))
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		if !slices.Contains(before, line) {
			lines[i] = r.text(line)
		}
	}
	return strings.Join(lines, "\n")
}

// hiddenIn are the secrets among the words of a text: those that the user
// listed, and those whose tokens stand in the complaint. The reporter's own
// address and name are no secret there: the complaint bears them.
func (c *Composer) hiddenIn(old Complaint, text string) []secret {
	s := secretList{shown: strings.ToLower(domainOf(c.Identity.Email))}
	s.add(other, c.Secrets...)
	if len(c.RedactKey) == 0 {
		return s.all // all tokens are the same
	}
	r := &redactor{key: c.RedactKey}
	known := old.Text + "\n" + string(old.Evidence())
	shown := strings.ToLower(c.Identity.Email + " " + c.Identity.Name + " " + c.Identity.Organisation)
	hidden := func(word, token string) bool { return !strings.Contains(shown, word) && strings.Contains(known, token) }
	for _, a := range findAddresses(text) {
		if hidden(a, r.token(a)+"@") {
			s.addAddress(a)
		}
	}
	last := ""
	for _, word := range tokensOf(text) {
		for name := word; strings.Contains(name, "."); _, name, _ = strings.Cut(name, ".") {
			if hidden(name, r.hostToken(name)) {
				s.add(host, name)
			}
		}
		for _, name := range [...]string{word, last + " " + word} {
			if hidden(name, r.token(name)) {
				s.add(user, name)
			}
		}
		last = word
	}
	return s.all
}

// tokensOf are the words of a text in lower case, with what holds names of
// accounts and hosts together.
func tokensOf(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-+", r)
	})
	for i, w := range words {
		words[i] = strings.Trim(w, "._-+")
	}
	return words
}
