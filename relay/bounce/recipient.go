package bounce

import (
	"regexp"
	"strings"
)

// servants are local parts of those who send or explain bounces; abuse is
// none here, for desks are whom this program writes to.
var servants = []string{"postmaster", "mailer-daemon", "support", "help", "helpdesk", "hostmaster", "noreply", "no-reply", "admin", "info-mail", "root"}

var (
	// The address has the line to itself, or what follows is about it.
	leadingAddress = compiled(`^[\s*>-]{0,12}(?:[45]\d\d )?[<"'(\[]{0,2}(` + addressPattern + `)[>"')\]]{0,2}(?:\.?\s*$|\s*[:;,(\[<]|\.\.\.|\s+(?:-|failed|delivery|is|was|on|has)\b|\s+-)`)
	// Something before it says that it is a recipient.
	markedAddress = compiled(`(?i)(?:rcpt to|recipients?|delivered? to|deliver(?:y|ing)?|address(?:es)?|message to|mail to|sent to|send to|\bto|user|mailbox|account|受信者|宛先|получател\pL*|destinat\pL*|empfänger|an)\b?[^@\n]{0,40}?[\s:<("'](` + addressPattern + `)`)
	// And something that it is a sender: "not accepting mail from joe@…".
	fromAddress = compiled(`(?i)\b(?:mails? from|messages? from|sender|sent by):?\s+[<"'(]{0,2}` + addressPattern)
)

// failedRecipient finds in the words of a server whom it could not reach.
func (m *mail) failedRecipient() string {
	if a := firstAddress(m.field("X-Failed-Recipients")); a != "" {
		return a
	}
	ours := m.otherAddresses()
	var second string // what is left when all are ours or servants
	for i, pattern := range []*regexp.Regexp{leadingAddress(), markedAddress(), anAddress()} {
		for line := range strings.Lines(m.text) {
			if len(line) > maxField {
				continue
			}
			if i > 0 {
				line = fromAddress().ReplaceAllString(line, " ")
			}
			found := pattern.FindStringSubmatch(line)
			if found == nil {
				continue
			}
			a := firstAddress(found[len(found)-1])
			switch {
			case a == "":
			case ours[a] || i > 0 && isServant(a):
				if second == "" && !ours[a] {
					second = a
				}
			default:
				return a
			}
		}
	}
	if found := originalTo().FindStringSubmatch(m.origin); found != nil {
		return firstAddress(found[1])
	}
	return second
}

// otherAddresses are those in the bounce's own header: the daemon's and that
// of whom it is sent to.
func (m *mail) otherAddresses() map[string]bool {
	ours := map[string]bool{}
	for _, name := range []string{"From", "To", "Return-Path", "Reply-To", "Delivered-To", "Envelope-To"} {
		if a := firstAddress(m.field(name)); a != "" {
			ours[a] = true
		}
	}
	return ours
}

func isServant(address string) bool {
	local, _, _ := strings.Cut(address, "@")
	for _, s := range servants {
		if local == s {
			return true
		}
	}
	return false
}
