package complaint

import (
	"mime"
	"strings"
)

// Bounds of the reader. Real mail nests three or four deep; the rest is an
// attack on whoever parses it.
const (
	maxDepth       = 12
	maxParts       = 100
	maxHeaderBytes = 64 << 10 // of one header block
	maxFieldBytes  = 16 << 10 // of one field
)

// part is one entity of the spam (RFC 2045 §2.4): a leaf with a body, or a
// multipart or an enclosed message with kids.
type part struct {
	fields    []field
	mediaType string // lower case; text/plain when absent or unreadable
	params    map[string]string
	encoding  string // Content-Transfer-Encoding in lower case

	body []byte // leaf: as transferred

	kids     []*part
	preamble []byte
	epilogue []byte

	// content, when not nil, stands in for the decoded body: something in it
	// was cut or replaced.
	content []byte

	// unread says why a composite part was not taken apart.
	unread string
}

// field is one header field. Its value has \n before every continuation line.
type field struct {
	name  string
	value string
}

// tree is the spam, taken apart.
type tree struct {
	root  *part
	notes []string // what could not be kept, in plain sentences
}

// parseTree reads anything at all. It never fails: what is no message is a
// message without a header.
func parseTree(raw []byte) *tree {
	t := &tree{}
	r := treeReader{tree: t}
	t.root = r.part(trimEnvelope(raw), 0)
	if r.deep {
		t.note("Parts that were nested too deeply were left out.")
	}
	if r.cutHeader {
		t.note("The header of the message was too long and is cut.")
	}
	return t
}

// parseHeader reads only the fields of some names, for those who look at nothing
// else: of most messages that is all that is ever read.
func parseHeader(raw []byte, names ...string) *part {
	raw = trimEnvelope(raw)
	if !beginsHeader(raw) {
		return &part{}
	}
	r := treeReader{only: names} // stops where the header ends
	return &part{fields: r.readFields(raw)}
}

// note adds a sentence, once.
func (t *tree) note(s string) {
	for _, have := range t.notes {
		if have == s {
			return
		}
	}
	t.notes = append(t.notes, s)
}

// walk visits every part, outermost first.
func (p *part) walk(visit func(*part)) {
	visit(p)
	for _, kid := range p.kids {
		kid.walk(visit)
	}
}

// get returns the first field of the name, unfolded.
func (p *part) get(name string) string {
	for _, f := range p.fields {
		if strings.EqualFold(f.name, name) {
			return f.unfolded()
		}
	}
	return ""
}

// set replaces the fields of the name by one, in the place of the first.
func (p *part) set(name, value string) {
	kept := p.fields[:0]
	done := false
	for _, f := range p.fields {
		if strings.EqualFold(f.name, name) {
			if done {
				continue
			}
			f.value, done = " "+value, true
		}
		kept = append(kept, f)
	}
	p.fields = kept
	if !done {
		p.fields = append(p.fields, field{name, " " + value})
	}
}

// unfolded returns the value as one line (RFC 5322 §2.2.3).
func (f field) unfolded() string {
	return strings.TrimSpace(strings.ReplaceAll(f.value, "\n", ""))
}

// treeReader carries the bounds through the recursion.
type treeReader struct {
	tree      *tree
	parts     int
	deep      bool
	cutHeader bool
	only      []string // names of fields; nil: all are read
}

func (r *treeReader) part(raw []byte, depth int) *part {
	r.parts++
	head, body := splitHeader(raw)
	p := &part{body: body}
	p.fields = r.readFields(head)
	p.readType()
	switch {
	case strings.HasPrefix(p.mediaType, "multipart/") && p.params["boundary"] != "":
		if r.refuse(p, depth) {
			return p
		}
		r.multipart(p, depth)
	case p.mediaType == "message/rfc822" || p.mediaType == "message/global":
		if r.refuse(p, depth) {
			return p
		}
		// RFC 2046 §5.2.1 forbids encoding an enclosed message; some do it.
		p.kids = []*part{r.part(p.decoded(), depth+1)}
		p.body = nil
	}
	return p
}

// refuse leaves a composite part unread when a bound is reached.
func (r *treeReader) refuse(p *part, depth int) bool {
	if depth < maxDepth && r.parts < maxParts {
		return false
	}
	p.unread = "it is nested too deeply"
	r.deep = true
	return true
}

// multipart splits the body at its boundary lines (RFC 2046 §5.1.1).
func (r *treeReader) multipart(p *part, depth int) {
	sections := splitAtBoundary(p.body, p.params["boundary"])
	if len(sections.parts) == 0 {
		return // no boundary line at all: a leaf with a curious type
	}
	p.preamble, p.epilogue, p.body = sections.preamble, sections.epilogue, nil
	for _, s := range sections.parts {
		if r.parts >= maxParts {
			r.deep = true
			break
		}
		p.kids = append(p.kids, r.part(s, depth+1))
	}
}

// readType takes the MIME fields apart, forgivingly.
func (p *part) readType() {
	p.demoteRepeated("Content-Type", "Content-Transfer-Encoding")
	p.mediaType, p.params = "text/plain", map[string]string{}
	if ct := p.get("Content-Type"); ct != "" {
		mediaType, params, err := mime.ParseMediaType(ct)
		switch {
		case err == nil:
			p.mediaType, p.params = mediaType, params
		case mediaType != "": // ErrInvalidMediaParameter: the type is good
			p.mediaType = mediaType
			p.params["boundary"] = looseBoundary(ct)
		default:
			if strings.Contains(strings.ToLower(ct), "multipart/") {
				p.mediaType = "multipart/mixed"
				p.params["boundary"] = looseBoundary(ct)
			}
		}
	}
	p.encoding = strings.ToLower(strings.TrimSpace(p.get("Content-Transfer-Encoding")))
}

// demoteRepeated renames all but the first field of each name: readers differ
// about which one counts, and that is how filters are fooled.
func (p *part) demoteRepeated(names ...string) {
	for _, name := range names {
		seen := false
		for i := range p.fields {
			if !strings.EqualFold(p.fields[i].name, name) {
				continue
			}
			if seen {
				p.fields[i].name = "X-Repeated-" + name
			}
			seen = true
		}
	}
}
