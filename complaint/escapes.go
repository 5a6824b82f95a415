package complaint

import (
	"bytes"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// startsEscape are the octets that escapeAt may make something of.
var startsEscape = func() (table [256]bool) {
	for c := range table {
		table[c] = c >= 0xC2 /* a character's first octet */ || strings.IndexByte("%=&\\\x00\x1b", byte(c)) >= 0
	}
	return table
}()

// escapeAt reads the escape at i: what it stands for, and its width; a width
// of 0 means that there is none.
func escapeAt(t []byte, i int) (string, int) {
	switch t[i] {
	case '%', '=':
		return hexEscape(t[i:])
	case '&':
		return entity(t[i:])
	case '\\':
		return backslash(t[i:])
	case 0:
		return "", 1 // UTF-16 of ASCII
	case 0x1b:
		return "", charsetSwitch(t[i:])
	}
	return likeness(t[i:])
}

// hexEscape reads %40, %u0040 and =40, and the soft line break of
// quoted-printable with the blanks that may have come behind it.
func hexEscape(t []byte) (string, int) {
	if len(t) > 2 {
		if c, ok := hexByte(t[1], t[2]); ok {
			return string([]byte{c}), 3
		}
	}
	if t[0] == '%' {
		return codePoint(t, "%u", 4)
	}
	line := bytes.TrimLeft(t[1:], " \t")
	end := len(t) - len(line)
	switch {
	case bytes.HasPrefix(line, []byte("\r\n")):
		return "", end + 2
	case bytes.HasPrefix(line, []byte("\n")):
		return "", end + 1
	}
	return "", 0
}

// codePoint reads so many hexadecimal digits behind a mark.
func codePoint(t []byte, mark string, digits int) (string, int) {
	width := len(mark) + digits
	if width > len(t) || string(t[:len(mark)]) != mark {
		return "", 0
	}
	n, err := strconv.ParseUint(string(t[len(mark):width]), 16, 32)
	if err != nil {
		return "", 0
	}
	return string(rune(n)), width // #nosec G115 -- what is no character becomes U+FFFD
}

// backslash reads \x40, \u0040 and \u{40} of JSON and JavaScript.
func backslash(t []byte) (string, int) {
	if s, width := codePoint(t, `\x`, 2); width > 0 {
		return s, width
	}
	if s, width := codePoint(t, `\u`, 4); width > 0 {
		return s, width
	}
	if end := bytes.IndexByte(t[:min(len(t), 12)], '}'); end > 3 {
		if s, width := codePoint(t, `\u{`, end-3); width > 0 {
			return s, width + 1
		}
	}
	return "", 0
}

// maxEntity is longer than any name of HTML.
const maxEntity = 34

// entity reads &#64;, &#x40; and &commat;.
func entity(t []byte) (string, int) {
	if len(t) > 1 && t[1] == '#' {
		return numberEntity(t)
	}
	for k := 2; k < min(len(t), maxEntity); k++ {
		if t[k] == ';' {
			name := string(t[:k+1])
			if s := html.UnescapeString(name); s != name {
				return s, k + 1
			}
			return "", 0
		}
		if !isAlnum(t[k]) {
			return "", 0
		}
	}
	return "", 0
}

// numberEntity reads a number as browsers do: with any zeros in front, and
// without the semicolon, too.
func numberEntity(t []byte) (string, int) {
	mark, isDigit := "&#", func(c byte) bool { return c >= '0' && c <= '9' }
	if len(t) > 2 && lower(t[2]) == 'x' {
		mark, isDigit = "&#x", func(c byte) bool { return hexadecimal.values[c] >= 0 }
	}
	end := len(mark)
	for end < len(t) && isDigit(t[end]) {
		end++
	}
	digits := strings.TrimLeft(string(t[len(mark):end]), "0")
	if digits == "" || len(digits) > 7 { // more than there are characters
		return "", 0
	}
	if end < len(t) && t[end] == ';' {
		end++
	}
	return html.UnescapeString(mark + digits + ";"), end
}

// charsetSwitch is the width of an escape sequence of ISO 2022 (ECMA-35 §13.2),
// of which readers of Japanese mail show nothing.
func charsetSwitch(t []byte) int {
	for i, c := range t[1:min(len(t), 5)] {
		if c < ' ' || c > '/' {
			if i > 0 && c >= '0' && c < 0x7f {
				return i + 2
			}
			break
		}
	}
	return 0
}

// likeness reads a character that is read as one of ASCII, or is not seen at
// all: forms of full width, of mathematics, in circles, ligatures; hyphens and
// joiners without a width.
func likeness(t []byte) (string, int) {
	r, n := utf8.DecodeRune(t)
	if n < 2 {
		return "", 0
	}
	if isUnseen(r) {
		return "", n
	}
	plain := string(norm.NFKC.Properties(t[:n]).Decomposition())
	if plain == "" || !isASCII(plain) {
		return "", 0
	}
	return plain, n
}

// isUnseen reports whether a character has no width, in the main the property
// Default_Ignorable_Code_Point of Unicode.
func isUnseen(r rune) bool {
	switch {
	case r == 0xAD, r == 0x34F, r == 0x61C, r == 0x180E, r == 0xFEFF:
		return true
	}
	return r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x206F || r >= 0xFE00 && r <= 0xFE0F
}
