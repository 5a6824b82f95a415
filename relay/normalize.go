package relay

import (
	"bytes"
)

// normalize makes every line ending CRLF. A CR alone does not end a line: it
// becomes a blank, since taking it for an ending would let a form that filters
// only LF be used to add header fields. NUL is not allowed in mail
// (RFC 5321 §4.5.2 restricts the text to characters that servers agree on).
func normalize(raw []byte, dotEnds bool) []byte {
	// A line of an mbox before the header: "From alice Mon Jan …".
	if bytes.HasPrefix(raw, []byte("From ")) {
		raw = raw[len(firstLine(raw)):]
	}
	if !dotEnds && isNormal(raw) {
		return raw
	}
	out := make([]byte, 0, len(raw)+len(raw)/40+2)
	for len(raw) > 0 {
		line := firstLine(raw)
		raw = raw[len(line):]
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		if dotEnds && string(line) == "." {
			break
		}
		out = append(appendClean(out, line), '\r', '\n')
	}
	return out
}

// isNormal says that there is nothing to normalize, as in all that comes by SMTP.
func isNormal(raw []byte) bool {
	return bytes.HasSuffix(raw, []byte("\r\n")) && bytes.IndexByte(raw, 0) < 0 && !StrayLineEnding(raw)
}

// appendClean appends the text of a line, which rarely has a CR or a NUL.
func appendClean(out, line []byte) []byte {
	if bytes.IndexByte(line, '\r') < 0 && bytes.IndexByte(line, 0) < 0 {
		return append(out, line...)
	}
	for _, c := range line {
		switch c {
		case 0:
		case '\r':
			out = append(out, ' ')
		default:
			out = append(out, c)
		}
	}
	return out
}
