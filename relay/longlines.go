package relay

import (
	"bytes"
	"mime"
	"mime/quotedprintable"
	"strings"
	"unicode/utf8"
)

// maxLine is the longest line without its CRLF (RFC 5321 §4.5.3.1.6). Servers
// refuse longer ones or cut them, which breaks signatures and text alike.
const maxLine = 998

// shorten brings overlong lines within the limit: header fields are folded,
// a plain text is encoded as quoted-printable, which loses nothing. In what
// cannot be encoded as a whole (a multipart) a line is broken as Postfix does,
// with a line ending and a blank.
func shorten(h header, body []byte) (header, []byte) {
	for i, f := range h {
		if hasLongLine(f.lines) {
			h[i].lines = breakLines(f.lines)
		}
	}
	if !hasLongLine(body) {
		return h, body
	}
	if !isPlainText(h) {
		return h, breakLines(body)
	}
	return encodeText(h, body)
}

func hasLongLine(text []byte) bool {
	for line := range bytes.Lines(text) {
		if len(line) > maxLine+len("\r\n") {
			return true
		}
	}
	return false
}

// breakLines breaks overlong lines, at a blank where there is one, otherwise
// between characters.
func breakLines(text []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(text) {
		for len(line) > maxLine+len("\r\n") {
			at := breakPoint(line)
			out.Write(line[:at])
			out.WriteString("\r\n")
			line = line[at:]
			if line[0] != ' ' && line[0] != '\t' {
				line = append([]byte{' '}, line...)
			}
		}
		out.Write(line)
	}
	return out.Bytes()
}

// breakPoint returns where to break a line: before the last blank within the
// limit that does not leave an empty line behind.
func breakPoint(line []byte) int {
	if at := bytes.LastIndexAny(line[:maxLine], " \t"); at > maxLine/2 {
		return at
	}
	at := maxLine
	for at > maxLine-utf8.UTFMax && !utf8.RuneStart(line[at]) {
		at--
	}
	return at
}

// isPlainText reports whether the body is one text that is not encoded yet.
func isPlainText(h header) bool {
	switch strings.ToLower(h.get("Content-Transfer-Encoding")) {
	case "", "7bit", "8bit", "binary":
	default:
		return false
	}
	if !h.has("Content-Type") {
		return true
	}
	kind, _, err := mime.ParseMediaType(h.get("Content-Type"))
	return err == nil && strings.HasPrefix(kind, "text/")
}

// encodeText encodes a text body as quoted-printable (RFC 2045 §6.7).
func encodeText(h header, body []byte) (header, []byte) {
	var out bytes.Buffer
	w := quotedprintable.NewWriter(&out)
	_, _ = w.Write(body) // a bytes.Buffer takes everything
	_ = w.Close()
	h = h.without("Content-Transfer-Encoding").with("Content-Transfer-Encoding", "quoted-printable")
	if !h.has("MIME-Version") {
		h = h.with("MIME-Version", "1.0")
	}
	if !h.has("Content-Type") {
		charset := "us-ascii"
		switch {
		case isASCII(body):
		case utf8.Valid(body):
			charset = "utf-8"
		default:
			charset = "unknown-8bit" // RFC 1428 §3
		}
		h = h.with("Content-Type", "text/plain; charset="+charset)
	}
	return h, out.Bytes()
}
