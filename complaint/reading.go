package complaint

import "strings"

// Reading is a message taken apart for whoever wants to know what it says: the
// same bounded reader that prepares evidence, without the right to change
// anything.
type Reading struct{ root *part }

// Text is one text of a message in UTF-8, as its reader sees it or as a page.
type Text struct {
	HTML bool
	Body string
}

// Read takes a message apart. It never fails: see the bounds in tree.go.
func Read(raw []byte) Reading { return Reading{parseTree(raw).root} }

// Field returns the first header field of the name on one line, with its
// encoded words decoded; empty when there is none.
func (r Reading) Field(name string) string { return decodeWords(r.root.get(name)) }

// Fields returns all header fields of the name on one line each, as written.
func (r Reading) Fields(name string) []string {
	var all []string
	for _, f := range r.root.fields {
		if strings.EqualFold(f.name, name) {
			all = append(all, f.unfolded())
		}
	}
	return all
}

// Texts are the texts that a mail program shows, attached pages included. Of
// alternatives it is the one that is shown; a message that is enclosed in this
// one is somebody else's and left alone.
func (r Reading) Texts() []Text {
	var all []Text
	left := maxHTML
	var read func(*part)
	read = func(p *part) {
		switch {
		case left <= 0:
		case p.mediaType == "multipart/alternative" && len(p.kids) > 0:
			read(shownOf(p.kids))
		case strings.HasPrefix(p.mediaType, "multipart/"):
			for _, kid := range p.kids {
				read(kid)
			}
		case p.mediaType == "text/html", p.mediaType == "text/plain":
			body := readable(p, left)
			left -= len(body)
			all = append(all, Text{HTML: p.mediaType == "text/html", Body: body})
		}
	}
	read(r.root)
	return all
}

// Shown is what a reader sees of all texts, without markup.
func (r Reading) Shown() string {
	texts := &bodyText{}
	texts.add(r.root)
	return texts.String()
}

// Plain writes text in small letters and without disguise: 𝗣ауPal, partly in
// Cyrillic, is paypal.
func Plain(s string) string { return strings.ToLower(plainRunes(s)) }
