package complaint

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-message/charset"
	"golang.org/x/net/html"
)

// maxBody bounds how many octets of the texts are read, and maxHTML those of
// one page, most of which is markup.
const (
	maxBody = 64 << 10
	maxHTML = 512 << 10
)

// bodyText gathers what a reader sees of a message, and the types of what is
// attached.
type bodyText struct {
	strings.Builder
	attached []string
}

func (b *bodyText) add(p *part) {
	switch {
	case b.Len() >= maxBody:
	case p.mediaType == "multipart/alternative" && len(p.kids) > 0:
		b.add(shownOf(p.kids))
	case len(p.kids) > 0:
		for _, kid := range p.kids {
			b.add(kid)
		}
	case p.mediaType == "text/html":
		b.put(visible(readable(p, maxHTML)))
	case strings.HasPrefix(p.mediaType, "text/"):
		b.put(readable(p, maxBody))
	default:
		b.attached = append(b.attached, p.mediaType)
	}
}

func (b *bodyText) put(text string) {
	b.WriteString(text[:min(len(text), maxBody-b.Len())])
	b.WriteByte('\n')
}

// shownOf is the alternative that mail programs show: the last that they can
// (RFC 2046 §5.1.4). The others are where filters are fed other words.
func shownOf(kids []*part) *part {
	for _, kid := range slices.Backward(kids) {
		if strings.HasPrefix(kid.mediaType, "text/") || len(kid.kids) > 0 {
			return kid
		}
	}
	return kids[len(kids)-1]
}

// readable is the text of a leaf in UTF-8.
func readable(p *part, limit int) string {
	raw := p.decoded()
	raw = raw[:min(len(raw), limit)]
	if name := p.params["charset"]; name != "" {
		if r, err := charset.Reader(name, bytes.NewReader(raw)); err == nil {
			if text, err := io.ReadAll(r); err == nil {
				return string(text)
			}
		}
	}
	return toUTF8(string(raw))
}

// inline are the elements that do not separate words: via<b></b>gra is one.
var inline = []string{
	"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "em", "font", "i", "ins", "label", "mark", "q",
	"s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "wbr",
}

// unseen are elements whose text is not shown.
var unseen = []string{"style", "script", "title", "head", "noscript", "template"}

// visible is the text of a page without its markup.
func visible(page string) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	hidden := ""
	for out.Len() < maxBody {
		kind := z.Next()
		if kind == html.ErrorToken {
			break // the end; a page is never too broken to be read
		}
		switch kind {
		case html.TextToken:
			if hidden == "" {
				out.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			tag, _ := z.TagName()
			name := string(tag)
			switch {
			case kind == html.StartTagToken && hidden == "" && slices.Contains(unseen, name):
				hidden = name
			case kind == html.EndTagToken && name == hidden, name == "body":
				hidden = "" // also of a head that is never closed
			}
			if !slices.Contains(inline, name) {
				out.WriteByte(' ')
			}
		}
	}
	return out.String()
}
