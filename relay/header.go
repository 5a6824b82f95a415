package relay

import (
	"bytes"
	"strings"
)

// headerField is one field of a message header, as it stood: several lines
// when it is folded, each with its CRLF.
type headerField struct {
	name  string // as written, without the colon
	lines []byte
}

// is compares the name, which is not case-sensitive (RFC 5322 §1.2.2).
func (f headerField) is(name string) bool { return strings.EqualFold(f.name, name) }

// value returns the unfolded value.
func (f headerField) value() string {
	_, value, _ := strings.Cut(string(f.lines), ":")
	return strings.TrimSpace(strings.ReplaceAll(value, "\r\n", ""))
}

// header is a message header in its original order.
type header []headerField

func (h header) has(name string) bool {
	for _, f := range h {
		if f.is(name) {
			return true
		}
	}
	return false
}

// get returns the value of the first field with a name.
func (h header) get(name string) string {
	for _, f := range h {
		if f.is(name) {
			return f.value()
		}
	}
	return ""
}

// without returns the header without the named fields.
func (h header) without(names ...string) header {
	kept := make(header, 0, len(h))
next:
	for _, f := range h {
		for _, name := range names {
			if f.is(name) {
				continue next
			}
		}
		kept = append(kept, f)
	}
	return kept
}

// with returns the header with one more field at the end.
func (h header) with(name, value string) header {
	return append(h, headerField{name: name, lines: []byte(name + ": " + value + "\r\n")})
}

// splitHeader takes a message with CRLF line endings apart. A first line that
// is no header field is text already, as when a script pipes a sentence into
// sendmail.
func splitHeader(message []byte) (header, []byte) {
	var h header
	for len(message) > 0 {
		line := firstLine(message)
		switch {
		case string(line) == "\r\n":
			return h, message[len(line):]
		case len(h) > 0 && (line[0] == ' ' || line[0] == '\t'):
			last := &h[len(h)-1]
			last.lines = append(last.lines, line...)
		default:
			name := fieldName(line)
			if name == "" {
				return h, message
			}
			h = append(h, headerField{name: name, lines: bytes.Clone(line)})
		}
		message = message[len(line):]
	}
	return h, nil
}

// firstLine returns the first line with its line ending.
func firstLine(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i+1]
	}
	return b
}

// fieldName returns the name of the field that a line starts, or "" when it
// starts none. RFC 5322 §2.2: printable ASCII but for the colon; §4.5.1 lets
// old mail have blanks before the colon.
func fieldName(line []byte) string {
	name, _, found := bytes.Cut(line, []byte(":"))
	if !found {
		return ""
	}
	name = bytes.TrimRight(name, " \t")
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return ""
		}
	}
	return string(name)
}

// maxID is the longest Message-ID that is kept: one line (RFC 5322 §2.1.1).
const maxID = 998

// MessageID returns the Message-ID of a message with CRLF line endings, with
// its angle brackets; "" when there is none.
func MessageID(message []byte) string {
	for len(message) > 0 {
		line := firstLine(message)
		message = message[len(line):]
		if string(line) == "\r\n" {
			return ""
		}
		if name := fieldName(line); !strings.EqualFold(name, "Message-ID") {
			continue
		}
		_, value, _ := bytes.Cut(line, []byte(":"))
		if next := firstLine(message); len(bytes.TrimSpace(value)) == 0 && len(next) > 0 && (next[0] == ' ' || next[0] == '\t') {
			value = next
		}
		id := printable(string(bytes.TrimSpace(value)))
		return id[:min(len(id), maxID)]
	}
	return ""
}
