package complaint

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"
	"unicode/utf16"
)

// encodings are how a mailer can write a recipient into a message.
func encodings() map[string]func(string) string {
	return map[string]func(string) string{
		"as it is":    func(s string) string { return s },
		"upper case":  strings.ToUpper,
		"VERP":        func(s string) string { return "bounce-" + strings.ReplaceAll(s, "@", "=") + "-77" },
		"percent":     func(s string) string { return strings.ReplaceAll(s, "@", "%40") },
		"percent all": func(s string) string { return "%" + hexWith(s, "%") },
		"percent twice": func(s string) string {
			return strings.ReplaceAll(s, "@", "%2540")
		},
		"quoted-printable":   func(s string) string { return "=" + hexWith(s, "=") },
		"entities":           func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "@", "&#64;"), ".", "&#x2e;") },
		"json":               func(s string) string { return strings.ReplaceAll(s, "@", `\u0040`) },
		"base64":             func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"base64url":          func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
		"base64 in base64":   func(s string) string { return b64(b64(s)) },
		"base64 of a record": func(s string) string { return b64(`{"id":7,"to":"` + s + `","c":"x"}`) },
		"base64 off by one":  func(s string) string { return "u" + b64(s) },
		"base64 off by two":  func(s string) string { return "ab" + b64(s) },
		"hex":                func(s string) string { return hex.EncodeToString([]byte(s)) },
		"hex upper case":     func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
		"base32":             func(s string) string { return base32.StdEncoding.EncodeToString([]byte(s)) },
		"md5":                func(s string) string { m := md5.Sum([]byte(s)); return hex.EncodeToString(m[:]) },
		"sha1":               func(s string) string { m := sha1.Sum([]byte(s)); return hex.EncodeToString(m[:]) },
		"sha256":             func(s string) string { m := sha256.Sum256([]byte(s)); return hex.EncodeToString(m[:]) },
		"sha256 base64":      func(s string) string { m := sha256.Sum256([]byte(s)); return b64(string(m[:])) },
		"UTF-16 in base64":   func(s string) string { return b64(string(utf16le(s))) },
		"gzip in base64":     func(s string) string { return b64(gzipped(s)) },
		"tags inside":        func(s string) string { return s[:3] + "<b></b>" + s[3:] },
		"soft hyphen inside": func(s string) string { return s[:3] + "\u00ad" + s[3:] },
		"fullwidth at":       func(s string) string { return strings.ReplaceAll(s, "@", "＠") },
	}
}

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.String()
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func hexWith(s, between string) string {
	var all []string
	for _, c := range []byte(s) {
		all = append(all, strings.ToUpper(hex.EncodeToString([]byte{c})))
	}
	return strings.Join(all, between)
}

func utf16le(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// places are where it can write it.
func places() map[string]func(string) string {
	head := "From: News <news@bulk.example.com>\r\nDelivered-To: alice@example.org\r\nTo: Alice Liddell <alice@example.org>\r\nSubject: News\r\n"
	alternative := "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	return map[string]func(string) string{
		"a field":         func(s string) string { return head + "X-Track: id=" + s + "; v=1\r\n\r\nx" },
		"a field, folded": func(s string) string { return head + "X-Track: " + s[:len(s)/2] + "\r\n " + s[len(s)/2:] + "\r\n\r\nx" },
		"a field, Q words": func(s string) string {
			return head + "X-T: " + mime.QEncoding.Encode("iso-8859-1", "é"+s) + "\r\n\r\nx"
		},
		"a field, B words":  func(s string) string { return head + "X-T: " + mime.BEncoding.Encode("utf-8", "é "+s) + "\r\n\r\nx" },
		"a field of no use": func(s string) string { return head + "no field at all " + s + "\r\n\r\nx" },
		"a parameter": func(s string) string {
			return head + "Content-Type: text/plain; name=\"" + s + ".txt\"\r\n\r\nx"
		},
		"a divided parameter": func(s string) string {
			return head + "Content-Type: text/plain\r\nContent-Disposition: inline; filename*0=\"" + s[:len(s)/2] + "\"; filename*1=\"" + s[len(s)/2:] + "\"\r\n\r\nx"
		},
		"a path":  func(s string) string { return head + "\r\nhttp://t.bulk.example.com/c/" + s + "/x.gif\r\n" },
		"a query": func(s string) string { return head + "\r\nhttp://t.bulk.example.com/c?a=1&u=" + s + "&b=2\r\n" },
		"a subdomain": func(s string) string {
			return head + "\r\n<img src=\"http://" + strings.NewReplacer("@", ".", "=", "-").Replace(s) + ".t.bulk.example.com/\">\r\n"
		},
		"text":             func(s string) string { return head + "\r\nDear " + s + ",\r\nbye\r\n" },
		"quoted-printable": func(s string) string { return head + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + qp(s) },
		"base64 text": func(s string) string {
			return head + "Content-Transfer-Encoding: base64\r\n\r\n" + wrap76(b64("Dear "+s+"!"))
		},
		"base64 wrapped": func(s string) string {
			return head + "\r\n" + wrap76(b64(strings.Repeat("filler ", 9)+s+strings.Repeat(" filler", 9)))
		},
		"UTF-16 text": func(s string) string {
			return head + "Content-Type: text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64\r\n\r\n" + wrap76(b64(string(utf16le("Dear "+s))))
		},
		"an HTML part": func(s string) string {
			return head + alternative + "--b\r\nContent-Type: text/html\r\n\r\n<p>" + s + "</p>\r\n--b--\r\n"
		},
		"an attachment": func(s string) string {
			return head + alternative + "--b\r\nContent-Type: application/pdf; name=\"" + s + ".pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + wrap76(b64("%PDF "+s)) + "\r\n--b--\r\n"
		},
		"a picture": func(s string) string {
			return head + alternative + "--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + wrap76(b64("\x89PNG tEXt "+s)) + "\r\n--b--\r\n"
		},
		"a large attachment": func(s string) string {
			return head + alternative + "--b\r\nContent-Type: application/zip; name=\"" + s + ".zip\"\r\n\r\n" + strings.Repeat("PK\x03\x04", 30000) + s + "\r\n--b--\r\n"
		},
		"an enclosed message": func(s string) string {
			return head + "Content-Type: message/rfc822\r\n\r\nTo: " + s + "\r\n\r\nDear " + s + "\r\n"
		},
		"the preamble": func(s string) string {
			return head + alternative + "Hello " + s + "\r\n--b\r\n\r\nx\r\n--b--\r\nbye " + s + "\r\n"
		},
		"the boundary": func(s string) string {
			return head + "Content-Type: multipart/mixed; boundary=\"" + s + "\"\r\n\r\n--" + s + "\r\n\r\nx\r\n--" + s + "--\r\n"
		},
	}
}

func qp(s string) string {
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	io.WriteString(w, strings.Repeat("x", 70)+" "+s)
	w.Close()
	return b.String()
}

func wrap76(s string) string {
	var b strings.Builder
	for len(s) > 76 {
		b.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	return b.String() + s + "\r\n"
}
