package lookup

import "strings"

// NeverMail tells whether an address must never get a complaint, and why. It
// looks only at the address itself: whether it bounced before is known to the
// relay (Options.Suppressed).
func NeverMail(email string) (why string, never bool) {
	at := strings.LastIndexByte(email, '@')
	if at <= 0 || at == len(email)-1 {
		return "not an e-mail address", true
	}
	return "", false
}
