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
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"
)

// leak looks for secrets in a message, in every encoding that it can think
// of. It shares no code with the redactor: it takes the message apart with the
// standard library and decodes by brute force. It returns what it found and
// the way that led there.
func leak(raw []byte, secrets []string) string {
	l := leakSearch{secrets: map[string]bool{}, seen: map[string]bool{}}
	for _, s := range secrets {
		s = strings.ToLower(s)
		l.secrets[s] = true
		m, s1, s2 := md5.Sum([]byte(s)), sha1.Sum([]byte(s)), sha256.Sum256([]byte(s))
		for _, sum := range [][]byte{m[:], s1[:], s2[:]} {
			l.secrets[hex.EncodeToString(sum)] = true
			l.secrets[strings.ToLower(base64.RawStdEncoding.EncodeToString(sum))] = true
			l.secrets[strings.ToLower(base64.RawURLEncoding.EncodeToString(sum))] = true
		}
	}
	l.text(bytes.ReplaceAll(raw, []byte("=\r\n"), nil), "raw", maxLeakDepth)
	l.message(raw, "message")
	for len(l.queue) > 0 && l.found == "" {
		next := l.queue[0]
		l.queue = l.queue[1:]
		l.decode(next)
	}
	return l.found
}

// maxLeakDepth is how many layers of encodings are undone.
const maxLeakDepth = 4

// leakSearch goes through the texts breadth first, so that what can be reached
// in two ways is reached by the shorter one.
type leakSearch struct {
	secrets map[string]bool
	seen    map[string]bool
	queue   []leakText
	found   string
}

type leakText struct {
	text  []byte
	way   string
	depth int
}

// message takes a message apart.
func (l *leakSearch) message(raw []byte, way string) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return
	}
	body, _ := io.ReadAll(m.Body)
	l.part(map[string][]string(m.Header), body, way)
}

func (l *leakSearch) part(header map[string][]string, body []byte, way string) {
	for name, values := range header {
		l.text([]byte(name), way+" field name", 1)
		for _, v := range values {
			l.text([]byte(v), way+" "+name, 0)
			if decoded, err := new(mime.WordDecoder).DecodeHeader(v); err == nil {
				l.text([]byte(decoded), way+" "+name+" words", 0)
			}
			if _, params, err := mime.ParseMediaType(v); err == nil {
				for _, p := range params {
					l.text([]byte(p), way+" "+name+" parameter", 0)
				}
			}
		}
	}
	get := func(name string) string {
		if v := header[name]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	mediaType, params, _ := mime.ParseMediaType(get("Content-Type"))
	switch strings.ToLower(get("Content-Transfer-Encoding")) {
	case "base64":
		clean := bytes.ReplaceAll(bytes.ReplaceAll(body, []byte("\r"), nil), []byte("\n"), nil)
		body, _ = base64.StdEncoding.DecodeString(string(clean))
	case "quoted-printable":
		body, _ = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
	}
	switch {
	case strings.HasPrefix(mediaType, "multipart/"):
		delimiter := []byte("--" + params["boundary"])
		preamble, _, _ := bytes.Cut(body, delimiter)
		l.text(preamble, way+" preamble", 0)
		l.text(body[bytes.LastIndex(body, delimiter)+len(delimiter):], way+" epilogue", 0)
		mr := multipart.NewReader(bytes.NewReader(body), params["boundary"])
		for i := 0; ; i++ {
			p, err := mr.NextRawPart()
			if err != nil {
				return
			}
			b, _ := io.ReadAll(p)
			l.part(map[string][]string(p.Header), b, way+"/"+mediaType)
		}
	case mediaType == "message/rfc822":
		l.message(body, way+"/rfc822")
	default:
		l.text(body, way+"/"+mediaType, 0)
	}
}

var (
	percentPattern = regexp.MustCompile(`[%=][0-9A-Fa-f]{2}`)
	base64Pattern  = regexp.MustCompile(`[A-Za-z0-9+/_-]{5,}`)
	hexPattern     = regexp.MustCompile(`[0-9A-Fa-f]{8,}`)
	base32Pattern  = regexp.MustCompile(`[A-Za-z2-7]{8,}`)
	tagPattern     = regexp.MustCompile(`<[^>]{0,200}>`)
	jsonPattern    = regexp.MustCompile(`\\u00[0-9a-fA-F]{2}`)
)

// text searches one text and keeps it for decoding.
func (l *leakSearch) text(b []byte, way string, depth int) {
	if l.found != "" || len(b) < 3 || l.seen[string(b)] {
		return
	}
	l.seen[string(b)] = true
	low := strings.ToLower(string(b))
	for s := range l.secrets {
		if i := strings.Index(low, s); i >= 0 {
			l.found = s + " by way of " + way + ": …" + low[max(0, i-40):min(len(low), i+len(s)+40)]
			return
		}
	}
	if depth < maxLeakDepth {
		l.queue = append(l.queue, leakText{b, way, depth})
	}
}

// decode undoes one layer of everything.
func (l *leakSearch) decode(t leakText) {
	b, way, depth := t.text, t.way, t.depth
	s := string(b)
	l.text([]byte(percentPattern.ReplaceAllStringFunc(s, func(e string) string {
		c, _ := hex.DecodeString(e[1:])
		return string(c)
	})), way+" > percent", depth+1)
	l.text([]byte(jsonPattern.ReplaceAllStringFunc(s, func(e string) string {
		c, _ := hex.DecodeString(e[4:])
		return string(c)
	})), way+" > json", depth+1)
	l.text([]byte(html.UnescapeString(s)), way+" > html", depth+1)
	l.text([]byte(tagPattern.ReplaceAllString(s, "")), way+" > tags", depth+1)
	l.text(bytes.ReplaceAll(b, []byte{0}, nil), way+" > utf16", depth+1)
	l.text([]byte(strings.NewReplacer("\r", "", "\n", "", "\t", "", " ", "").Replace(s)), way+" > joined", depth+1)
	l.text([]byte(strings.NewReplacer("=\r\n", "", "=\n", "", "\r\n ", "", "\r\n\t", "").Replace(s)), way+" > unfolded", depth+1)
	for _, run := range base64Pattern.FindAllString(s, -1) {
		std := strings.NewReplacer("-", "+", "_", "/").Replace(run)
		for shift := range min(4, len(std)) {
			for cut := range 3 {
				if n := len(std) - shift - cut; n > 3 && n%4 != 1 {
					if plain, err := base64.RawStdEncoding.DecodeString(std[shift : shift+n]); err == nil {
						l.decoded(plain, way+" > base64", depth)
					}
				}
			}
		}
	}
	for _, run := range hexPattern.FindAllString(s, -1) {
		for shift := range 2 {
			n := (len(run) - shift) / 2 * 2
			if plain, err := hex.DecodeString(run[shift : shift+n]); err == nil {
				l.decoded(plain, way+" > hex", depth)
			}
		}
	}
	for _, run := range base32Pattern.FindAllString(s, -1) {
		run = strings.ToUpper(run)
		for n := len(run); n > len(run)-8 && n > 0; n-- {
			if plain, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(run[:n]); err == nil {
				l.decoded(plain, way+" > base32", depth)
			}
		}
	}
}

// decoded goes on only where a decoding made sense.
func (l *leakSearch) decoded(plain []byte, way string, depth int) {
	if i := bytes.Index(plain, []byte{0x1f, 0x8b, 8}); i >= 0 {
		if r, err := gzip.NewReader(bytes.NewReader(plain[i:])); err == nil {
			plain, _ = io.ReadAll(r)
		}
	}
	printable := 0
	for _, c := range plain {
		if c >= ' ' && c < 0x7f || c == 0 {
			printable++
		}
	}
	if printable*10 >= len(plain)*7 {
		l.text(plain, way, depth+1)
	}
}

func TestNoSecretIsToldInAnyEncoding(t *testing.T) {
	secrets := []string{"alice@example.org", "example.org", "alice", "Liddell", "customer 4711"}
	for place, write := range places() {
		if raceEnabled && place != "an HTML part" {
			continue
		}
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			c := testComposer(t)
			c.Secrets = []string{"customer 4711", "liddell"}
			for encoding, encode := range encodings() {
				for _, secret := range []string{"alice@example.org", "Alice Liddell", "customer 4711"} {
					if secret != "alice@example.org" && place != "text" && place != "a field" {
						continue // they go the same ways
					}
					got := compose(t, c, testIncident([]byte(write(encode(secret)))))
					checkMessage(t, got)
					if found := leak(got.Raw, secrets); found != "" {
						t.Errorf("%s as %s: %s", secret, encoding, found)
					}
				}
			}
		})
	}
}

// TestNoSecretIsToldInAnyFormat has one message with everything in it.
func TestNoSecretIsToldInAnyFormat(t *testing.T) {
	var body strings.Builder
	for _, encode := range encodings() {
		body.WriteString("see http://t.bulk.example.com/?u=" + encode("alice@example.org") + "\r\n")
	}
	c := testComposer(t)
	for format := range writers() {
		c.Format = format
		got := compose(t, c, testIncident([]byte(letterHead+body.String())))
		if found := leak(got.Raw, []string{"alice@example.org", "example.org", "alice", "Liddell"}); found != "" {
			t.Errorf("%s: %s", format, found)
		}
	}
}

// TestTheLeakSearchFinds makes sure that the test above can fail.
func TestTheLeakSearchFinds(t *testing.T) {
	if raceEnabled {
		t.Skip("nothing in it runs at the same time")
	}
	for place, write := range places() {
		for encoding, encode := range encodings() {
			// What cannot be told from the encoded form, or is taken apart by
			// characters that no reader skips.
			if place == "a subdomain" || place == "the boundary" || place == "a divided parameter" || place == "a large attachment" ||
				encoding == "soft hyphen inside" || encoding == "fullwidth at" || encoding == "VERP" {
				continue
			}
			c := testComposer(t)
			c.Redact = false
			raw := strings.NewReplacer("Delivered-To: alice@example.org\r\nTo: Alice Liddell <alice@example.org>\r\n", "").Replace(write(encode("alice@example.org")))
			inc := testIncident([]byte(raw))
			inc.Verdict.Hops[0].By.Name, inc.Verdict.Hops[1].By.Name = "", ""
			inc.Verdict.Source.Reason = ""
			if leak(compose(t, c, inc).Raw, []string{"alice@example.org"}) == "" {
				t.Errorf("%s in %s was not found", encoding, place)
			}
		}
	}
}
