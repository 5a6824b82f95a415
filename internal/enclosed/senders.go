package enclosed

import (
	"bytes"
	"strings"

	"github.com/emersion/go-message/mail"
)

// Senders are those whose enclosed messages are taken: addresses, or @domain
// for every address of a domain (not of those below it).
type Senders []string

// Allow reports whether the author of a message is one of them, and who it is. A
// message without exactly one address in exactly one From field has none (RFC
// 5322 §3.6): programs do not agree on whom to believe then.
func (s Senders) Allow(raw []byte) (from string, allowed bool) {
	e := read(bytes.NewReader(raw))
	if e == nil || e.Header.Len() == 0 {
		return "", false
	}
	h := mail.Header{Header: e.Header}
	if fields := h.FieldsByKey("From"); !fields.Next() || fields.Next() {
		return "", false
	}
	addresses, err := h.AddressList("From")
	if err != nil || len(addresses) != 1 {
		return "", false
	}
	from = addresses[0].Address
	at := strings.LastIndexByte(from, '@')
	if at < 1 {
		return "", false
	}
	for _, sender := range s {
		if strings.EqualFold(from, sender) || strings.EqualFold(from[at:], sender) {
			return from, true
		}
	}
	return from, false
}
