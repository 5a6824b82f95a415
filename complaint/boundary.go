package complaint

import (
	"bytes"
	"strings"
)

type sections struct {
	preamble, epilogue []byte
	parts              [][]byte
}

// splitAtBoundary cuts a multipart body. The line break before a boundary
// line belongs to the boundary.
func splitAtBoundary(body []byte, boundary string) sections {
	var s sections
	delimiter := []byte("--" + boundary)
	start, inParts := 0, false
	keep := func(end int) {
		section := trimBreak(body[start:end])
		if inParts {
			s.parts = append(s.parts, section)
		} else {
			s.preamble = section
		}
	}
	for at := 0; at < len(body) && len(s.parts) <= maxParts; {
		line, next := lineAt(body, at)
		if rest, ok := bytes.CutPrefix(line, delimiter); ok {
			rest = bytes.TrimRight(rest, " \t")
			last := bytes.Equal(rest, []byte("--"))
			if last || len(rest) == 0 {
				keep(at)
				start, inParts = next, true
				if last {
					s.epilogue = body[next:]
					return s
				}
			}
		}
		at = next
	}
	if inParts {
		keep(len(body)) // the closing line is missing: cut, or badly made
	}
	return s
}

// lineAt returns the line that starts at i, without its end, and where the
// next one starts.
func lineAt(b []byte, i int) (line []byte, next int) {
	end := bytes.IndexByte(b[i:], '\n')
	if end < 0 {
		return bytes.TrimSuffix(b[i:], []byte("\r")), len(b)
	}
	return bytes.TrimSuffix(b[i:i+end], []byte("\r")), i + end + 1
}

func trimBreak(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

// looseBoundary finds the boundary in a Content-Type that is not well formed.
func looseBoundary(ct string) string {
	i := strings.Index(lowerASCII(ct), "boundary=")
	if i < 0 {
		return ""
	}
	rest := ct[i+len("boundary="):]
	if quoted, ok := strings.CutPrefix(rest, `"`); ok {
		b, _, _ := strings.Cut(quoted, `"`)
		return b
	}
	return rest[:len(rest)-len(strings.TrimLeft(rest, validBoundary))]
}

// validBoundary are the characters of RFC 2046 §5.1.1, bchars.
const validBoundary = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'()+_,-./:=? "
