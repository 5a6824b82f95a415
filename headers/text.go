package headers

// maxName bounds what is quoted from a message in a sentence.
const maxName = 80

// clean makes text from a message fit for a sentence or a complaint:
// printable ASCII of bounded length.
func clean(s string, limit int) string {
	fine := len(s) <= limit
	for i := 0; i < len(s) && fine; i++ {
		fine = s[i] >= ' ' && s[i] < 0x7f
	}
	if fine {
		return s
	}
	out := make([]byte, 0, min(len(s), limit)+3)
	for i := 0; i < len(s); i++ {
		if len(out) == limit {
			return string(append(out, "..."...))
		}
		c := s[i]
		if c < ' ' || c >= 0x7f {
			c = '?'
		}
		out = append(out, c)
	}
	return string(out)
}

// hostOr gives a name for a sentence, or words for a server without one.
func hostOr(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return clean(name, maxName)
}
