package config

import (
	"fmt"
	"strings"
)

// checkContact accepts whom a [[complaint.contact]] can be for.
func checkContact(s string) error {
	if s == "*" || checkTarget(s) == nil {
		return nil
	}
	return fmt.Errorf(`%s is not an e-mail address, a domain or "*"`, quote(s))
}

// checkContacts wants each block to be for somebody, to say something, and to
// be the only one for that somebody.
func (l *loader) checkContacts(contacts []Contact) {
	seen := map[string]int{}
	for i, c := range contacts {
		path := fmt.Sprintf("complaint.contact[%d]", i+1)
		match := strings.ToLower(strings.TrimPrefix(strings.TrimSuffix(c.Match, "."), "@"))
		switch {
		case l.wrong[path+".match"]: // nothing more can be said about whom it is for
		case match == "":
			l.mistake(path, `is for nobody: add match, an address, a domain or "*"`)
		case seen[match] > 0:
			l.mistake(path+".match", "contact %d is for %s too: keep one, with all its keys", seen[match], match)
		default:
			seen[match] = i + 1
		}
		if c.Format == "" && c.Template == "" && !l.wrong[path+".format"] && !l.wrong[path+".template"] {
			l.mistake(path, "says nothing: add format or template")
		}
	}
}
