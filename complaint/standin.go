package complaint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// removed stands where something could not be replaced piece by piece.
const removed = "[removed for privacy]"

// replace puts tokens in the place of the spans.
func (r *redactor) replace(s string, spans []match) string {
	var out strings.Builder
	last := 0
	for _, m := range spans {
		out.WriteString(s[last:m.start])
		out.WriteString(r.standIn(m, s[m.start:m.end]))
		last = m.end
	}
	out.WriteString(s[last:])
	return out.String()
}

// standIn is what is read in the place of a secret. An address stays an
// address and a host a host, so that fields keep their syntax.
func (r *redactor) standIn(m match, written string) string {
	s := r.secrets[m.secret]
	switch {
	case m.encoded:
	case s.kind == address && !strings.ContainsAny(written, `@%&\`):
		// VERP, where a second @ would break the address around it.
	case s.kind == address:
		_, domain, _ := cutLast(s.text, '@')
		if r.hides(domain) {
			domain = r.hostToken(domain)
		}
		return r.token(s.text) + "@" + domain
	case s.kind == host:
		return r.hostToken(written)
	}
	return r.token(s.text)
}

// hides reports whether a domain is itself a secret.
func (r *redactor) hides(domain string) bool {
	found := false
	r.needles.find([]byte(domain), func(match) bool {
		found = true
		return false
	})
	return found
}

// token is the keyed hash of RFC 6590 §3 over the secret, in the base64
// alphabet that URLs and addresses allow, cut to 96 bits. Without a key
// anybody could find the secret by trying, so there is nothing to tell apart.
func (r *redactor) token(s string) string {
	if len(r.key) == 0 {
		return "redacted"
	}
	return base64.RawURLEncoding.EncodeToString(r.mac(s)[:12])
}

// hostToken is a token that can stand where a host name does. It shows what
// it is, because it is often read in the middle of a sentence.
func (r *redactor) hostToken(name string) string {
	if len(r.key) == 0 {
		return "hidden.invalid"
	}
	return "hidden-" + hex.EncodeToString(r.mac(lowerASCII(name))[:5]) + ".invalid"
}

func (r *redactor) mac(s string) []byte {
	mac := hmac.New(sha256.New, r.key)
	mac.Write([]byte(s))
	return mac.Sum(nil)
}
