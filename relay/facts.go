package relay

import "strings"

// Facts are what the header of a message says that decides on its way.
type Facts struct {
	Authors   int      // From fields; a message has one (RFC 5322 §3.6)
	From      []string // the addresses in them; "" for one that cannot be read
	Bulk      bool     // nobody waits for it: a mailing list, a newsletter
	Forwarded string   // the sign that a program forwards it by itself; "" when there is none
}

// sign is a field whose presence, or one of whose values, means something.
type sign struct {
	field  string
	values []string // in lower case; nil: any value
}

// bulkSigns are those of mail that nobody waits for.
var bulkSigns = []sign{
	{"Precedence", []string{"bulk", "list", "junk"}},
	{"List-Id", nil},                     // RFC 2919
	{"List-Unsubscribe", nil},            // RFC 2369
	{"Priority", []string{"non-urgent"}}, // RFC 2156 §5.3.6
}

// forwardSigns are those of mail that a program forwards without anybody's
// doing. Mail that a person forwards has none of them: there the person is the
// author.
var forwardSigns = []sign{
	{"Auto-Submitted", []string{"auto-forwarded"}}, // RFC 3834 §5.4, RFC 5436
	{"X-Forwarded-To", nil},                        // Gmail's filters
	{"X-Google-Group-Id", nil},                     // Google Groups
	{"X-MS-Exchange-Inbox-Rules-Loop", nil},        // Exchange's rules
	{"X-MS-Exchange-ForwardingLoop", nil},          // Exchange's mailbox forwarding
	{"X-Sieve-Redirected-From", nil},               // Dovecot Pigeonhole
	{"Delivered-To", nil},                          // it lay in a mailbox already
	{"X-Original-To", nil},                         // Postfix, at delivery
	{"Resent-From", nil},                           // RFC 5322 §3.6.6
}

// FactsOf reads the header of a message with CRLF line endings.
func FactsOf(message []byte) Facts {
	h, _ := splitHeader(message)
	return h.facts()
}

func (h header) facts() Facts {
	var f Facts
	for _, field := range h {
		if field.is("From") {
			f.Authors++
			for _, a := range splitAddresses(field.value()) {
				address, err := ParseAddress(a, "")
				if err != nil {
					address = ""
				}
				f.From = append(f.From, address)
			}
		}
	}
	f.Bulk = h.sign(bulkSigns) != ""
	f.Forwarded = h.sign(forwardSigns)
	return f
}

// sign returns the first field of the header that is one of the signs.
func (h header) sign(signs []sign) string {
	for _, s := range signs {
		for _, f := range h {
			if f.is(s.field) && s.means(f.value()) {
				return s.field
			}
		}
	}
	return ""
}

func (s sign) means(value string) bool {
	if s.values == nil {
		return true
	}
	value, _, _ = strings.Cut(value, ";") // Auto-Submitted has parameters
	value = strings.ToLower(strings.TrimSpace(value))
	for _, v := range s.values {
		if v == value {
			return true
		}
	}
	return false
}
