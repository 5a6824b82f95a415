package complaint

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-message/charset"
)

// tree takes the secrets out of a whole message, headers and bodies.
func (r *redactor) tree(t *tree) {
	if r == nil {
		return
	}
	changed := false
	t.root.walk(func(p *part) {
		changed = r.fields(p) || changed
		p.preamble, p.epilogue = r.margin(p.preamble), r.margin(p.epilogue)
		if len(p.kids) == 0 {
			changed = r.leaf(t, p) || changed
		}
	})
	if changed {
		t.note("The recipient's addresses and hosts are replaced by codes (RFC 6590); the same code always stands for the same address.")
	}
}

// fields clears the header of one part.
func (r *redactor) fields(p *part) (changed bool) {
	for i := range p.fields {
		changed = r.field(&p.fields[i]) || changed
	}
	retyped := false
	for key, value := range p.params {
		if clean := r.text(value); clean != value {
			p.params[key], retyped = clean, true
		}
	}
	if retyped && p.get("Content-Type") != "" {
		p.set("Content-Type", p.contentType())
	}
	return changed || retyped
}

// field clears one field, keeping its folding and its encoding if that is
// enough, and giving them up if not.
func (r *redactor) field(f *field) bool {
	was := *f
	if r.inName(f.name) {
		f.name = "X-Removed"
	}
	if !r.inField(*f) {
		return *f != was
	}
	if decoded := decodeWords(f.unfolded()); decoded != f.unfolded() {
		f.value = " " + r.text(decoded) // the writer encodes it again
	} else {
		f.value = r.text(f.value)
	}
	if r.inField(*f) {
		f.value = " " + removed
	}
	return true
}

// inName reports whether a field name tells a secret. A user name alone counts
// only in names that somebody made up.
func (r *redactor) inName(name string) bool {
	madeUp := strings.HasPrefix(lowerASCII(name), "x-")
	return r.search([]byte(name), 0, func(m match) bool {
		return !madeUp && r.secrets[m.secret].kind == user
	})
}

// inField reports whether a field tells a secret, read raw or decoded.
func (r *redactor) inField(f field) bool {
	line := f.unfolded()
	folded := strings.Contains(f.value, "\n") // else the line is in the value
	if r.finds([]byte(f.value)) || folded && r.finds([]byte(line)) {
		return true
	}
	if decoded := decodeWords(line); decoded != line && r.finds([]byte(decoded)) {
		return true
	}
	// RFC 2231 splits parameters: filename*0=ali; filename*1=ce.
	for _, key := range []string{"filename", "name", "boundary"} {
		if strings.Contains(line, "*") && r.finds([]byte(looseParam(line, key))) {
			return true
		}
	}
	return false
}

// margin clears a preamble or an epilogue, which nobody needs.
func (r *redactor) margin(b []byte) []byte {
	if r.finds(b) {
		return nil
	}
	return b
}

// leaf clears a body. Texts are cleared piece by piece; pictures stay if no
// secret stands in them openly; what else there may be (archives, documents,
// programs) is compressed, cannot be looked into safely, and is left out.
func (r *redactor) leaf(t *tree, p *part) (changed bool) {
	content := p.decoded()
	switch {
	case !p.isReadableType():
		if strings.HasPrefix(p.mediaType, "image/") && p.mediaType != "image/svg+xml" && !r.finds(content) {
			return false
		}
		t.leaveOut(p, "its type is not enclosed", r)
		return true
	case p.isWide():
		text, err := p.inUTF8(content)
		if err != nil {
			t.leaveOut(p, "its character set cannot be read", r)
			return true
		}
		content = p.rewrite(text)
	}
	if !r.finds(content) {
		// KOI8-R, Shift_JIS: words that are not of ASCII are read only so.
		text, err := p.inUTF8(content)
		if err != nil || bytes.Equal(text, content) || !r.finds(text) {
			return false
		}
		content = p.rewrite(text)
	}
	p.content = []byte(r.text(string(content)))
	return true
}

// readableTypes are texts that do not call themselves text.
var readableTypes = []string{
	"application/json", "application/ld+json", "application/xml", "application/xhtml+xml",
	"application/pgp-signature", "application/pgp-encrypted", "application/ics", "image/svg+xml",
	"message/delivery-status", "message/disposition-notification", "message/feedback-report",
}

func (p *part) isReadableType() bool {
	return strings.HasPrefix(p.mediaType, "text/") || slices.Contains(readableTypes, p.mediaType)
}

// isWide reports whether ASCII is not written as ASCII in the part's charset.
func (p *part) isWide() bool {
	name := strings.ToLower(p.params["charset"])
	for _, wide := range []string{"utf-16", "utf16", "utf-32", "utf32", "utf-7", "utf7", "ucs-", "ucs2", "ucs4", "iso-10646", "unicode", "ebcdic", "cp037", "ibm037", "hz-gb"} {
		if strings.Contains(name, wide) {
			return true
		}
	}
	return false
}

// inUTF8 reads the content of a part as its charset says.
func (p *part) inUTF8(content []byte) ([]byte, error) {
	name := strings.ToLower(p.params["charset"])
	if name == "" || name == "utf-8" || name == "us-ascii" {
		return content, nil
	}
	r, err := charset.Reader(name, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// rewrite gives the part a text in UTF-8.
func (p *part) rewrite(text []byte) []byte {
	p.params["charset"] = "utf-8"
	p.set("Content-Type", p.contentType())
	p.content = text
	return text
}
