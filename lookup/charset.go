package lookup

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// charsets are the character sets of servers that do not, or not always,
// answer in UTF-8. WHOIS has no way to say which one it is (RFC 3912 §4).
var charsets = map[string]encoding.Encoding{
	"whois.nic.ad.jp":    japanese.ISO2022JP,
	"whois.jprs.jp":      japanese.ISO2022JP,
	"whois.krnic.net":    korean.EUCKR,
	"whois.kisa.or.kr":   korean.EUCKR,
	"whois.kr":           korean.EUCKR,
	"whois.twnic.net":    traditionalchinese.Big5,
	"whois.twnic.net.tw": traditionalchinese.Big5,
	"whois.cnnic.cn":     simplifiedchinese.GB18030,
}

// shift is how ISO-2022-JP leaves ASCII. All of it is seven bits, so it would
// pass for UTF-8.
const shift = "\x1b$"

// toUTF8 reads an answer in the character set of its server. From servers
// without a row, what is not UTF-8 is Latin-1, which LACNIC and others send.
// The keys and addresses are ASCII in each of them.
func toUTF8(host, raw string) string {
	if utf8.ValidString(raw) && !strings.Contains(raw, shift) {
		return raw
	}
	charset, known := charsets[host]
	switch {
	case strings.Contains(raw, shift):
		charset = japanese.ISO2022JP
	case !known:
		charset = charmap.ISO8859_1
	}
	decoded, err := charset.NewDecoder().String(raw)
	if err != nil {
		return strings.ToValidUTF8(raw, " ")
	}
	return decoded
}
