package complaint

import (
	"bytes"
	"encoding/base64"
	"mime/quotedprintable"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// maxLine is the longest line that mail may have, without CRLF (RFC 5322 §2.1.1).
const maxLine = 998

// decoded returns the body of a leaf without its transfer encoding.
func (p *part) decoded() []byte {
	switch {
	case p.content != nil:
		return p.content
	case p.encoding == "base64":
		return decodeBase64(p.body)
	case p.encoding == "quoted-printable":
		return decodeQuotedPrintable(p.body)
	}
	return p.body
}

// decodeBase64 ignores what is not in the alphabet, as RFC 2045 §6.8 wants,
// and takes padding in the middle as the end of one of several pieces.
func decodeBase64(b []byte) []byte {
	out := make([]byte, 0, len(b)/4*3)
	digits := make([]byte, 0, len(b))
	flush := func() {
		if len(digits)%4 == 1 {
			digits = digits[:len(digits)-1] // six bits are no octet
		}
		piece := make([]byte, base64.RawStdEncoding.DecodedLen(len(digits)))
		n, _ := base64.RawStdEncoding.Decode(piece, digits)
		out, digits = append(out, piece[:n]...), digits[:0]
	}
	for _, c := range b {
		switch {
		case isBase64Digit(c):
			digits = append(digits, c)
		case c == '=' && len(digits)%4 != 0:
			flush()
		}
	}
	flush()
	return out
}

func isBase64Digit(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

// decodeQuotedPrintable never fails: an "=" that starts no escape stays an "="
// (RFC 2045 §6.7, rule on robustness).
func decodeQuotedPrintable(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for at := 0; at < len(b); {
		line, next := lineAt(b, at)
		hasBreak := next > at+len(line)
		at = next
		line = bytes.TrimRight(line, " \t")
		soft := bytes.HasSuffix(line, []byte("="))
		if soft {
			line = line[:len(line)-1]
		}
		for i := 0; i < len(line); i++ {
			if line[i] == '=' && i+2 < len(line) {
				if c, ok := hexByte(line[i+1], line[i+2]); ok {
					out, i = append(out, c), i+2
					continue
				}
			}
			out = append(out, line[i])
		}
		if hasBreak && !soft {
			out = append(out, '\n')
		}
	}
	return out
}

func hexByte(hi, lo byte) (byte, bool) {
	h, ok1 := hexDigit(hi)
	l, ok2 := hexDigit(lo)
	return h<<4 | l, ok1 && ok2
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// isPlain reports whether text can travel as 7bit and be printed: ASCII without
// control characters, no overlong line. Escape characters are 7-bit, and
// ISO-2022-JP needs them, but they must not reach a terminal.
func isPlain(b []byte) bool {
	width := 0
	for i, c := range b {
		switch {
		case c == '\n':
			width = -1
		case c == '\r' && i+1 < len(b) && b[i+1] == '\n':
			width--
		case c == '\t' || c >= ' ' && c < 0x7f:
		default:
			return false
		}
		if width++; width > maxLine {
			return false
		}
	}
	return true
}

// toCRLF rewrites all line breaks. A carriage return alone is one, too: it
// must not survive into SMTP (RFC 5321 §2.3.8).
func toCRLF(b []byte) []byte {
	out := make([]byte, 0, len(b)+len(b)/32)
	for i, c := range b {
		switch {
		case c == '\n' && i > 0 && b[i-1] == '\r':
			out = append(out, '\n')
		case c == '\n':
			out = append(out, '\r', '\n')
		case c == '\r':
			out = append(out, '\r')
			if i+1 == len(b) || b[i+1] != '\n' {
				out = append(out, '\n')
			}
		default:
			out = append(out, c)
		}
	}
	return out
}

// encodeBase64 writes lines of 76 (RFC 2045 §6.8).
func encodeBase64(b []byte) []byte {
	text := base64.StdEncoding.EncodeToString(b)
	var out bytes.Buffer
	for len(text) > 76 {
		out.WriteString(text[:76])
		out.WriteString("\r\n")
		text = text[76:]
	}
	out.WriteString(text)
	if len(text) > 0 {
		out.WriteString("\r\n")
	}
	return out.Bytes()
}

// encodeQuotedPrintable writes text whose line breaks are CRLF.
func encodeQuotedPrintable(b []byte) []byte {
	var out bytes.Buffer
	w := quotedprintable.NewWriter(&out)
	w.Write(toCRLF(b)) // a bytes.Buffer does not fail
	w.Close()
	return out.Bytes()
}

// toUTF8 reads octets of unknown charset: UTF-8 if it is, else the charset
// that unlabelled western mail is written in.
func toUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	out, err := charmap.Windows1252.NewDecoder().String(s)
	if err != nil {
		return s
	}
	return out
}

// lowerASCII is strings.ToLower with the promise that no offset moves, which
// the other does not keep on invalid UTF-8.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
