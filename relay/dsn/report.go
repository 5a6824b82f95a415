package dsn

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// report is the part for programs (RFC 3464 §2).
func (n Notice) report() string {
	var b strings.Builder
	field(&b, "Reporting-MTA", "dns; "+n.Host)
	if n.EnvelopeID != "" {
		field(&b, "Original-Envelope-Id", n.EnvelopeID)
	}
	field(&b, "Arrival-Date", n.Queued.Format(time.RFC1123Z))
	for _, r := range n.Recipients {
		b.WriteString("\r\n")
		// RFC 3464 §2.3.1: only what the sender gave.
		if kind, address, ok := strings.Cut(r.Original, ";"); ok {
			field(&b, "Original-Recipient", kind+"; "+escape(address))
		}
		field(&b, "Final-Recipient", typed(r.Address))
		field(&b, "Action", string(r.Action))
		field(&b, "Status", r.status())
		if reply := r.reply(); reply != "" {
			field(&b, "Diagnostic-Code", r.replyType()+"; "+reply)
		}
		field(&b, "Last-Attempt-Date", n.Now.Format(time.RFC1123Z))
		if r.Action == Delayed && !r.Until.IsZero() {
			field(&b, "Will-Retry-Until", r.Until.Format(time.RFC1123Z))
		}
	}
	return b.String()
}

// typed is an address with its type. One beyond ASCII has a form in ASCII
// (RFC 6533 §3).
func typed(address string) string {
	if isASCII(address) {
		return "rfc822; " + address
	}
	return "utf-8; " + escape(address)
}

// escape writes what is beyond ASCII as utf-8-addr-xtext does (RFC 6533 §3).
func escape(address string) string {
	var b strings.Builder
	for _, r := range address {
		if r < ' ' || r > '~' {
			fmt.Fprintf(&b, `\x{%X}`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// reply is what the server said, as it said it.
func (r Recipient) reply() string {
	var words []string
	if r.Code != 0 {
		words = append(words, strconv.Itoa(r.Code))
	}
	if r.Status != "" {
		words = append(words, r.Status)
	}
	return strings.Join(append(words, strings.Fields(printable(r.Text))...), " ")
}

// replyType says whose words the reply is in (RFC 3464 §2.3.6).
func (r Recipient) replyType() string {
	if r.Code == 0 {
		return "x-unix" // no server spoke; what the system says
	}
	return "smtp"
}

// lineLength is where fields are folded (RFC 5322 §2.1.1).
const lineLength = 76

// field writes one, folded at its blanks.
func field(b *strings.Builder, name, value string) {
	line := name + ":"
	for word := range strings.FieldsSeq(printable(value)) {
		if len(line)+1+len(word) > lineLength && line != name+":" {
			b.WriteString(line + "\r\n")
			line = ""
		}
		line += " " + word
	}
	b.WriteString(line + "\r\n")
}
