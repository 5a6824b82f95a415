package complaint

import (
	"crypto/md5"  // #nosec G501 -- see hashes
	"crypto/sha1" // #nosec G505 -- see hashes
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"
)

// separators stand in the place of the @ where an address is written into
// something else: VERP (alice=example.org), the percent hack, plain words.
var separators = []string{
	"@", "=", "%", "/", "-", ".", "_", "+", ":", "~", "#", "*", "|", "--", "__", "==",
	"_at_", "-at-", ".at.", "(at)", "[at]", " at ", " (at) ", " [at] ", " @ ",
}

// bangs stand between the host and the user where the host comes first: UUCP's
// example.org!alice, and the names that SRS and some lists make of addresses.
var bangs = []string{"!", "=", "/", "+", "-", "_", ":", "%"}

// joiners stand between the words of a name: Alice Liddell, alice_liddell. A
// full stop is none of them, or a name could be made to match a host.
var joiners = []string{"_", "+", ""}

// spell adds every spelling of a secret that contains no encoding.
func (n *needles) spell(s secret, index int) {
	texts := []string{s.text, strings.ToUpper(s.text), titled(s.text)} // find folds only ASCII
	switch {
	case s.kind == address:
		local, domain, _ := cutLast(s.text, '@')
		for _, sep := range separators {
			if s.strict && sep != "@" && sep != "=" {
				continue
			}
			texts = append(texts, local+sep+domain)
		}
		for _, bang := range bangs {
			if !s.strict {
				texts = append(texts, domain+bang+local)
			}
		}
	case s.kind == user && strings.Contains(s.text, " "):
		for _, j := range joiners {
			texts = append(texts, strings.ReplaceAll(s.text, " ", j))
		}
	}
	if s.kind == address || s.kind == other {
		texts = append(texts, reversed(s.text), rot13(s.text))
		n.hash(s.text, index)
		n.hash(strings.ToUpper(s.text), index)
	}
	for _, text := range texts {
		for _, spelled := range []string{text, latin1(text)} {
			n.add(needle{
				text: lowerASCII(spelled), secret: index,
				word: s.kind == user, label: s.kind == host,
			})
		}
	}
}

// hash adds the digests that trackers put into links.
func (n *needles) hash(text string, index int) {
	b := []byte(text)
	m, s1, s224, s256 := md5.Sum(b), sha1.Sum(b), sha256.Sum224(b), sha256.Sum256(b) // #nosec G401 -- what is searched for, as spammers hash it
	s384, s512 := sha512.Sum384(b), sha512.Sum512(b)
	for _, sum := range [][]byte{m[:], s1[:], s224[:], s256[:], s384[:], s512[:]} {
		n.add(needle{text: hex.EncodeToString(sum), secret: index, hash: true})
		n.add(needle{text: base64.RawStdEncoding.EncodeToString(sum), secret: index, exact: true, hash: true})
		n.add(needle{text: base64.RawURLEncoding.EncodeToString(sum), secret: index, exact: true, hash: true})
	}
}

// latin1 is how text is written where it is not UTF-8.
func latin1(s string) string {
	if isASCII(s) {
		return s
	}
	out, err := charmap.Windows1252.NewEncoder().String(s)
	if err != nil {
		return s
	}
	return out
}

// titled is how a name is written.
func titled(s string) string {
	inWord := false
	return strings.Map(func(r rune) rune {
		first := !inWord
		if inWord = unicode.IsLetter(r); first {
			return unicode.ToTitle(r)
		}
		return r
	}, s)
}

func reversed(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

func rot13(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return 'a' + (r-'a'+13)%26
		case r >= 'A' && r <= 'Z':
			return 'A' + (r-'A'+13)%26
		}
		return r
	}, s)
}
