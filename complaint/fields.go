package complaint

import (
	"bytes"
	"strings"
)

// malformedName is what a line is called that stands in a header block and is
// no header field.
const malformedName = "X-Malformed-Line"

// trimEnvelope drops what mbox writers put before a message: "From " and
// ">From " lines, which are not part of it (RFC 4155).
func trimEnvelope(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	for bytes.HasPrefix(raw, []byte("From ")) || bytes.HasPrefix(raw, []byte(">From ")) {
		_, next := lineAt(raw, 0)
		raw = raw[next:]
	}
	return raw
}

// splitHeader separates the header block from the body at the first empty
// line. If the first line is no header field at all, there is no header.
func splitHeader(raw []byte) (head, body []byte) {
	if !beginsHeader(raw) {
		return nil, raw
	}
	for at := 0; at < len(raw); {
		line, next := lineAt(raw, at)
		if len(line) == 0 {
			return raw[:at], raw[next:]
		}
		at = next
	}
	return raw, nil
}

// beginsHeader reports whether the first line is a header field, or ends the header.
func beginsHeader(raw []byte) bool {
	first, _ := lineAt(raw, 0)
	if len(first) == 0 {
		return true
	}
	_, _, ok := cutField(string(first[:min(len(first), 256)]))
	return ok
}

// readFields reads a header block, however malformed, within the bounds.
func (r *treeReader) readFields(head []byte) []field {
	if len(head) > maxHeaderBytes {
		head, r.cutHeader = head[:maxHeaderBytes], true
	}
	fields := make([]field, 0, len(r.only))
	passing := false // over a field that nobody wants
	var room [512]byte
	value := room[:0] // of the last field, from its second line on
	end := func() {
		if len(value) > 0 {
			fields[len(fields)-1].value, value = string(value), value[:0]
		}
	}
	for at := 0; at < len(head); {
		line, next := lineAt(head, at)
		at = next
		if len(line) == 0 && r.only != nil {
			break
		}
		isContinuation := len(line) > 0 && (line[0] == ' ' || line[0] == '\t')
		switch {
		case isContinuation && passing:
		case blank(line):
			// A line of blanks inside a header is not allowed (RFC 5322
			// §3.2.2) and would end it for some readers.
		case r.only != nil && !isContinuation && !r.wants(line):
			passing = true
		case isContinuation && len(fields) > 0:
			if len(value) == 0 {
				value = append(value, fields[len(fields)-1].value...)
			}
			if len(value)+len(line) > maxFieldBytes {
				r.cutHeader = true
				continue
			}
			value = append(append(value, '\n'), line...)
		default:
			passing = false
			end()
			fields = append(fields, r.newField(string(line)))
		}
	}
	end()
	return fields
}

// blank reports whether there is nothing to be seen in a line.
func blank(line []byte) bool {
	if len(line) > 0 && line[0] > ' ' && line[0] < 0x80 {
		return false // nearly every line
	}
	return len(bytes.TrimSpace(line)) == 0
}

// wants reports whether a line begins a field that is to be read.
func (r *treeReader) wants(line []byte) bool {
	for _, name := range r.only {
		if len(line) > len(name) && line[0]|0x20 == name[0]|0x20 && strings.EqualFold(string(line[:len(name)]), name) {
			rest := bytes.TrimLeft(line[len(name):], " \t")
			return len(rest) > 0 && rest[0] == ':'
		}
	}
	return false
}

func (r *treeReader) newField(line string) field {
	if len(line) > maxFieldBytes {
		line, r.cutHeader = line[:maxFieldBytes], true
	}
	if name, value, ok := cutField(line); ok {
		return field{name, value}
	}
	return field{malformedName, " " + line}
}

// cutField splits a line at the colon. Blanks before it are obsolete syntax
// (RFC 5322 §4.5) and still seen.
func cutField(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, ":")
	name = strings.TrimRight(name, " \t")
	if !ok || name == "" || len(name) > 76 {
		return "", "", false
	}
	for _, c := range []byte(name) {
		if c <= ' ' || c >= 0x7f {
			return "", "", false
		}
	}
	return name, value, true
}
