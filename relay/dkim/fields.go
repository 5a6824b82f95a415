package dkim

import (
	"bytes"
	"strings"
)

// field is a header field that is signed.
type field struct {
	name string
	// sealed lists the field once more than it is there: nobody can add one
	// (RFC 6376 §5.4.2). It is for what a reader is shown.
	sealed bool
}

// signedFields are those that RFC 6376 §5.4.1 recommends, what the standards
// of later fields ask for, and what programs act on.
var signedFields = []field{
	{name: "From", sealed: true}, // RFC 6376 §5.4: must be signed
	{name: "Subject", sealed: true},
	{name: "Date", sealed: true},
	{name: "To", sealed: true},
	{name: "Cc", sealed: true},
	{name: "Reply-To", sealed: true},
	{name: "Content-Type", sealed: true}, // another boundary shows another text
	{name: "Sender"},
	{name: "Message-ID"},
	{name: "In-Reply-To"},
	{name: "References"},
	{name: "MIME-Version"},
	{name: "Content-Transfer-Encoding"},
	{name: "Auto-Submitted"}, // RFC 3834
	{name: "List-Id"},
	{name: "List-Help"},
	{name: "List-Post"},
	{name: "List-Owner"},
	{name: "List-Archive"},
	{name: "List-Subscribe"},
	{name: "List-Unsubscribe"},
	{name: "List-Unsubscribe-Post"}, // RFC 8058 §4: must be signed
	{name: "CFBL-Address"},          // RFC 9477 §3.1: must be signed
	{name: "CFBL-Feedback-ID"},
	{name: "Feedback-ID"},
}

// maxInstances is how many fields of one name are signed. RFC 5322 §3.6 allows
// none of these twice; the bound keeps the list within one line (RFC 5322
// §2.1.1), whatever somebody submits.
const maxInstances = 2

// headerKeys lists the names to sign, each as often as it is there.
func headerKeys(h header) []string {
	var keys []string
	for _, f := range signedFields {
		n := min(len(h[strings.ToLower(f.name)]), maxInstances)
		if f.sealed {
			n++
		}
		for range n {
			keys = append(keys, f.name)
		}
	}
	return keys
}

// header is the values of a message's fields, unfolded, by their names in
// lower case.
type header map[string][]string

// readHeader takes the header of a message with CRLF line endings. It ends at
// the first empty line.
func readHeader(message []byte) header {
	h := header{}
	last := ""
	for line := range bytes.Lines(message) {
		text := strings.TrimSuffix(string(line), "\r\n")
		if text == "" {
			break
		}
		if values := h[last]; (text[0] == ' ' || text[0] == '\t') && len(values) > 0 {
			values[len(values)-1] += text
			continue
		}
		name, value, _ := strings.Cut(text, ":")
		last = strings.ToLower(strings.TrimSpace(name))
		h[last] = append(h[last], value)
	}
	return h
}
