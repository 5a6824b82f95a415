package contract

import (
	"encoding/json"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"spamreport/internal/term"
)

// Write prints one document on a line of its own. What a terminal would obey
// is escaped (\u009b), so that a person may look at it: JSON itself escapes only
// the control characters of ASCII.
func Write(w io.Writer, doc any) error {
	enc := json.NewEncoder(escaper{w})
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}

// escaper escapes in finished JSON what a terminal would obey. Outside of
// strings JSON has nothing of that kind but the line feed at its end.
type escaper struct{ w io.Writer }

func (e escaper) Write(line []byte) (int, error) {
	safe := line
	for i := 0; i < len(line); {
		if line[i] < 0x7f { // most documents have nothing else
			i++
			continue
		}
		r, size := utf8.DecodeRune(line[i:])
		if term.Acts(r) {
			safe = escape(line, i)
			break
		}
		i += size
	}
	_, err := e.w.Write(safe)
	return len(line), err
}

// escape returns line with everything escaped that needs it, from octet i on.
func escape(line []byte, i int) []byte {
	const hex = "0123456789abcdef"
	safe := append(make([]byte, 0, len(line)+64), line[:i]...)
	for i < len(line) {
		r, size := utf8.DecodeRune(line[i:])
		if line[i] < 0x7f || !term.Acts(r) {
			safe = append(safe, line[i:i+size]...)
			i += size
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) { // RFC 8259 §7
			safe = append(safe, '\\', 'u', hex[unit>>12], hex[unit>>8&15], hex[unit>>4&15], hex[unit&15])
		}
		i += size
	}
	return safe
}
