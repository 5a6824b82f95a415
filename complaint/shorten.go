package complaint

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
)

// Defaults of the bounds on evidence.
const (
	DefaultEvidenceLimit   = 256 << 10
	DefaultAttachmentLimit = 64 << 10
)

// shorten bounds the bodies: attachments over a limit become a note with their
// hash, texts are cut where the budget ends.
func (t *tree) shorten(evidenceLimit, attachmentLimit int, hide *redactor) {
	left := evidenceLimit
	t.root.walk(func(p *part) {
		if len(p.kids) > 0 {
			return
		}
		size := len(p.body)
		switch {
		case p.unread != "":
			t.leaveOut(p, p.unread, hide)
		case p.isText() && size > left:
			t.cut(p, max(left, 0))
			left = 0
		case !p.isText() && (size > attachmentLimit || size > left):
			t.leaveOut(p, "it is large", hide)
		default:
			left -= size
		}
	})
}

// isText reports whether a leaf is for reading.
func (p *part) isText() bool {
	return strings.HasPrefix(p.mediaType, "text/") && !strings.HasPrefix(strings.ToLower(p.get("Content-Disposition")), "attachment")
}

// leaveOut replaces a part by a note that names it beyond doubt. The hash of
// something that was made for one recipient would name the recipient.
func (t *tree) leaveOut(p *part, why string, hide *redactor) {
	content := p.decoded()
	var note strings.Builder
	fmt.Fprintf(&note, "[This part is left out of the report: %s.]\n\n", why)
	fmt.Fprintf(&note, "Type:    %s\n", hide.text(oneLine(p.mediaType, 100)))
	if name := hide.text(p.filename()); name != "" {
		fmt.Fprintf(&note, "Name:    %s\n", name)
	}
	fmt.Fprintf(&note, "Size:    %d octets\n", len(content))
	if !hide.findsOpenly(content) {
		fmt.Fprintf(&note, "SHA-256: %x\n", sha256.Sum256(content))
	}
	p.become(note.String())
	t.note("Some parts of the message are left out; their size and SHA-256 are given in their place.")
}

// become turns a part into a plain text of ours. Its old type stays readable.
func (p *part) become(text string) {
	kept := p.fields[:0]
	for _, f := range p.fields {
		switch strings.ToLower(f.name) {
		case "content-type":
			f.name = "X-Original-Content-Type"
		case "content-transfer-encoding", "content-disposition":
			continue
		}
		kept = append(kept, f)
	}
	p.fields = append(kept, field{"Content-Type", " text/plain; charset=utf-8"})
	p.mediaType, p.encoding = "text/plain", ""
	p.body, p.kids, p.content = nil, nil, []byte(text)
	p.unread = ""
}

// filename is what the part calls itself.
func (p *part) filename() string {
	for _, from := range []string{p.get("Content-Disposition"), p.get("Content-Type")} {
		for _, key := range []string{"filename", "name"} {
			if v := looseParam(from, key); v != "" {
				return oneLine(decodeWords(v), 120)
			}
		}
	}
	return ""
}

// cut keeps the first octets of a text, up to a line end if there is one near.
func (t *tree) cut(p *part, keep int) {
	content := p.decoded()
	if keep > len(content) {
		keep = len(content) // base64 shrinks
	}
	head := content[:keep]
	if i := bytes.LastIndexByte(head, '\n'); i > keep/2 {
		head = head[:i+1]
	}
	note := fmt.Sprintf("\n[Cut here for the report: %d of %d octets are shown.]\n", len(head), len(content))
	p.content = append(bytes.Clone(head), note...)
	t.note("The text of the message is long and is cut.")
}
