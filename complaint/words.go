package complaint

import (
	"mime"
	"strings"

	"github.com/emersion/go-message/charset"
)

// decodeWords reads the encoded words of RFC 2047 in any charset; what cannot
// be read stays as it is.
func decodeWords(s string) string {
	decoder := mime.WordDecoder{CharsetReader: charset.Reader}
	out, err := decoder.DecodeHeader(s)
	if err != nil {
		return toUTF8(s)
	}
	return toUTF8(out)
}

// looseParam finds a parameter in a field that may not be well formed.
func looseParam(value, key string) string {
	if _, params, err := mime.ParseMediaType(value); err == nil {
		return params[key]
	}
	i := strings.Index(lowerASCII(value), key+"=")
	if i < 0 {
		return ""
	}
	v, _, _ := strings.Cut(value[i+len(key)+1:], ";")
	return strings.Trim(v, "\" \t")
}
