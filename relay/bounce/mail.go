package bounce

import (
	"bytes"
	"errors"
	"html"
	"io"
	"strings"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // texts come in every charset
)

// mail is a message taken apart.
type mail struct {
	header message.Header
	media  string // of the whole, lower case

	reportType string // of a multipart/report (RFC 6522)

	text   string // the parts that are meant for reading
	report string // message/delivery-status and its like
	notice string // message/disposition-notification: a receipt
	origin string // the message that is returned, or its header
	parts  int

	own, ownLower string // text without what it quotes
}

// readMail takes raw apart as far as it can be.
func readMail(raw []byte) *mail {
	m := takeApart(raw)
	if m.report == "" && m.origin != "" {
		m.unwrap()
	}
	m.text, m.origin = cutOriginal(m.text, m.origin)
	m.own = unquoted(m.text)
	m.ownLower = strings.ToLower(m.own)
	return m
}

// unwrap reads a report that a gateway passes on as an attachment under its
// subject, with nothing or a disclaimer around it. The header stays the outer
// one: that is who sent it to whom.
func (m *mail) unwrap() {
	inner := takeApart([]byte(m.origin))
	if inner.report != "" && inner.reportType == "delivery-status" && inner.field("Subject") == m.field("Subject") {
		m.text, m.report, m.origin, m.reportType = inner.text, inner.report, inner.origin, inner.reportType
	}
}

func takeApart(raw []byte) *mail {
	m := &mail{}
	header, body := split(raw)
	e, err := message.ReadWithOptions(io.MultiReader(bytes.NewReader(header), bytes.NewReader(body)), &message.ReadOptions{MaxHeaderBytes: 2 * maxHeader})
	if e == nil {
		m.text = plain(body)
		return m
	}
	m.header = e.Header
	media, params, _ := e.Header.ContentType()
	m.media = strings.ToLower(media)
	if m.media == "multipart/report" {
		m.reportType = strings.ToLower(params["report-type"])
	}
	if err == nil || message.IsUnknownCharset(err) {
		m.take(e, 0)
	}
	if m.text == "" && m.report == "" && m.origin == "" {
		m.text = plain(body) // unknown encoding, or a multipart without its parts
	}
	return m
}

// split parts header and body, and leaves out lines of the header that are
// none: go-message refuses the whole message for one.
func split(raw []byte) (header, body []byte) {
	field := false
	for len(raw) > 0 {
		line, rest, _ := bytes.Cut(raw, []byte("\n"))
		raw = rest
		line = bytes.TrimRight(line, "\r")
		switch {
		case len(line) == 0:
			return append(header, "\r\n"...), raw
		case line[0] == ' ' || line[0] == '\t':
		default:
			field = isField(line)
		}
		if field && len(header)+len(line) < maxHeader && len(line) < maxField {
			header = append(append(header, line...), "\r\n"...)
		}
	}
	return append(header, "\r\n"...), nil
}

// isField reports whether line begins a header field (RFC 5322 §2.2).
func isField(line []byte) bool {
	i := bytes.IndexByte(line, ':')
	return i > 0 && !bytes.ContainsFunc(line[:i], func(r rune) bool { return r <= ' ' || r > '~' })
}

// take adds a part, and what is in it.
func (m *mail) take(e *message.Entity, depth int) {
	if m.parts++; m.parts > maxParts || depth > maxDepth {
		return
	}
	if parts := e.MultipartReader(); parts != nil {
		for m.parts <= maxParts {
			part, err := parts.NextPart()
			if errors.Is(err, io.EOF) || part == nil {
				return
			}
			m.take(part, depth+1)
		}
		return
	}
	media, params, _ := e.Header.ContentType()
	b, _ := io.ReadAll(io.LimitReader(e.Body, maxPart)) // what came before an error counts
	text := strings.ToValidUTF8(string(b), "\ufffd")
	switch strings.ToLower(media) {
	case "message/delivery-status", "message/global-delivery-status":
		m.report = join(m.report, text)
	case "message/disposition-notification", "message/global-disposition-notification":
		m.notice = join(m.notice, text)
	case "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers", "message/partial":
		m.origin = join(m.origin, text)
	case "text/html":
		if m.text == "" || depth == 0 {
			m.text = join(m.text, stripTags(text))
		}
	default:
		if strings.HasPrefix(media, "text/") && params["name"] == "" || media == "" {
			m.text = join(m.text, plain([]byte(text)))
		}
	}
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n\n" + b
}

// plain is text of which nothing is known.
func plain(b []byte) string {
	s := strings.ToValidUTF8(string(b[:min(len(b), maxPart)]), "\ufffd")
	return strings.ReplaceAll(s, "\r\n", "\n")
}

var (
	hiddenText = compiled(`(?is)<(?:style|script|head)\b.*?</(?:style|script|head)>`)
	lineEnds   = compiled(`(?i)<(?:br|/p|/div|/tr|/li|/h\d|/td)\b[^>]*>`)
	tags       = compiled(`<[^>]*>`)
)

// stripTags makes HTML readable for a program, not for people.
func stripTags(s string) string {
	s = hiddenText().ReplaceAllString(s, " ")
	s = lineEnds().ReplaceAllString(s, "\n")
	s = tags().ReplaceAllString(s, "")
	return html.UnescapeString(s)
}

// field gives a header field as text, on one line.
func (m *mail) field(name string) string {
	s, err := m.header.Text(name)
	if err != nil && s == "" {
		s = m.header.Get(name)
	}
	return strings.Join(strings.Fields(s), " ")
}

// lower is field in lower case.
func (m *mail) lower(name string) string { return strings.ToLower(m.field(name)) }
