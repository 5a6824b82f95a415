package complaint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"strings"
)

// render writes the tree as a message that any 7-bit path carries: ASCII,
// lines of at most 998 octets, CRLF. Parts that are so already are left as
// they were.
func (t *tree) render() []byte { return t.root.render() }

func (p *part) render() []byte {
	body := p.renderBody() // may change fields, so before them
	var out bytes.Buffer
	out.Write(p.renderFields())
	out.WriteString("\r\n")
	out.Write(body)
	return out.Bytes()
}

// renderFields writes the header block without the empty line after it.
func (p *part) renderFields() []byte {
	var out bytes.Buffer
	for _, f := range p.fields {
		f.render(&out)
	}
	return out.Bytes()
}

func (p *part) renderBody() []byte {
	switch {
	case len(p.kids) == 0:
		return p.renderLeaf()
	case strings.HasPrefix(p.mediaType, "multipart/"):
		return p.renderMultipart()
	default: // an enclosed message
		p.dropEncoding()
		return p.kids[0].render()
	}
}

// dropEncoding removes the transfer encoding of a composite part: what is in
// it is 7-bit now, and nothing else is allowed (RFC 2045 §6.4).
func (p *part) dropEncoding() {
	if p.encoding != "" && p.encoding != "7bit" {
		p.set("Content-Transfer-Encoding", "7bit")
	}
}

func (p *part) renderMultipart() []byte {
	p.dropEncoding()
	kids := make([][]byte, len(p.kids))
	for i, kid := range p.kids {
		kids[i] = kid.render()
	}
	preamble, epilogue := printable(p.preamble), printable(p.epilogue)
	boundary := p.params["boundary"]
	if !isBoundary(boundary) || contains(boundary, append(kids, preamble, epilogue)) {
		boundary = freshBoundary(kids)
		p.params["boundary"] = boundary
		p.set("Content-Type", p.contentType())
	}
	var out bytes.Buffer
	if len(preamble) > 0 {
		out.Write(preamble)
	}
	for _, kid := range kids {
		fmt.Fprintf(&out, "--%s\r\n", boundary)
		out.Write(kid)
		out.WriteString("\r\n")
	}
	fmt.Fprintf(&out, "--%s--\r\n", boundary)
	out.Write(epilogue)
	return out.Bytes()
}

// contentType writes the type anew, with what parameters can be written.
func (p *part) contentType() string {
	if s := mime.FormatMediaType(p.mediaType, p.params); s != "" {
		return s
	}
	if b := p.params["boundary"]; len(p.kids) > 0 && b != "" {
		return fmt.Sprintf("multipart/mixed; boundary=%q", b)
	}
	return "text/plain; charset=utf-8"
}

// renderLeaf picks the transfer encoding.
func (p *part) renderLeaf() []byte {
	wasEncoded := p.encoding == "base64" || p.encoding == "quoted-printable"
	if p.content == nil && isPlain(p.body) {
		if !wasEncoded && p.encoding != "" && p.encoding != "7bit" {
			p.set("Content-Transfer-Encoding", "7bit")
		}
		return withBreak(toCRLF(p.body))
	}
	content := p.decoded()
	switch {
	case p.encoding == "base64" || isMostlyBinary(content):
		p.set("Content-Transfer-Encoding", "base64")
		return encodeBase64(content)
	case p.encoding != "quoted-printable" && isPlain(content):
		p.set("Content-Transfer-Encoding", "7bit")
		return withBreak(toCRLF(content))
	default:
		p.set("Content-Transfer-Encoding", "quoted-printable")
		return withBreak(encodeQuotedPrintable(content))
	}
}

// withBreak makes sure that the last line ends.
func withBreak(b []byte) []byte {
	if len(b) > 0 && b[len(b)-1] != '\n' {
		return append(b, '\r', '\n')
	}
	return b
}

// isMostlyBinary reports whether quoted-printable would triple the text.
func isMostlyBinary(b []byte) bool {
	odd := 0
	for _, c := range b {
		if c >= 0x7f || c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			odd++
		}
	}
	return odd*5 > len(b)
}

// printable is for preamble and epilogue, which cannot be encoded and matter
// to nobody: what is not printable ASCII becomes a question mark.
func printable(b []byte) []byte {
	if len(bytes.TrimSpace(b)) == 0 {
		return nil
	}
	var out bytes.Buffer
	width := 0
	for _, c := range toCRLF(b) {
		if c != '\r' && c != '\n' && c != '\t' && (c < ' ' || c >= 0x7f) {
			c = '?'
		}
		if width++; c == '\n' {
			width = 0
		}
		if width > maxLine-2 && c != '\r' {
			out.WriteString("\r\n")
			width = 1
		}
		out.WriteByte(c)
	}
	return withBreak(out.Bytes())
}

// isBoundary checks RFC 2046 §5.1.1.
func isBoundary(b string) bool {
	return b != "" && len(b) <= 70 && strings.Trim(b, validBoundary) == "" && !strings.HasSuffix(b, " ")
}

// contains reports whether the boundary occurs anywhere inside: then readers
// could disagree about where parts end.
func contains(boundary string, sections [][]byte) bool {
	for _, s := range sections {
		if bytes.Contains(s, []byte("--"+boundary)) {
			return true
		}
	}
	return false
}

// freshBoundary makes a boundary from the content: the same parts have the
// same one, and it cannot have been foreseen by who wrote them. "=_" can
// occur in neither base64 nor quoted-printable (RFC 2045 §6.7).
func freshBoundary(sections [][]byte) string {
	for salt := byte(0); ; salt++ {
		h := sha256.New()
		h.Write([]byte{salt})
		for _, s := range sections {
			h.Write(s)
		}
		b := "=_spamreport_" + hex.EncodeToString(h.Sum(nil)[:12])
		if !contains(b, sections) {
			return b
		}
	}
}
