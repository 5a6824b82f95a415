package enclosed

import (
	"bytes"
	"io"
	"strings"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // without it, a file name in another charset is an error
	"github.com/emersion/go-message/mail"
)

// Bounds of the search. People forward a handful at a time, one level deep;
// mail programs wrap that once or twice more.
const (
	MaxMessages = 50
	maxParts    = 200
	maxDepth    = 5
)

// Messages returns the messages that raw encloses, in their order: parts of the
// type message/rfc822 or message/global, and attachments whose name ends in
// .eml. What is within an enclosed message is its own affair: it is not opened.
// A part that does not come to its end, since raw was cut, is left out.
func Messages(raw []byte) [][]byte {
	s := search{parts: maxParts}
	if e := read(bytes.NewReader(raw)); e != nil {
		s.open(e, 0)
	}
	return s.found
}

type search struct {
	found [][]byte
	parts int // that may still be looked at
}

// open looks for messages in a part.
func (s *search) open(e *message.Entity, depth int) {
	parts := e.MultipartReader()
	if parts == nil || depth == maxDepth {
		return
	}
	for s.parts > 0 && len(s.found) < MaxMessages {
		s.parts--
		part, err := parts.NextPart()
		if part == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
			return // the end, or no multipart after all
		}
		if !isMessage(part.Header) {
			s.open(part, depth+1)
			continue
		}
		text, err := io.ReadAll(part.Body)
		if err == nil && len(text) > 0 {
			s.found = append(s.found, text)
		}
	}
}

func isMessage(h message.Header) bool {
	kind, _, _ := h.ContentType() // what cannot be read is text/plain
	switch kind {
	case "message/rfc822", "message/global":
		return true
	}
	name, err := (&mail.AttachmentHeader{Header: h}).Filename()
	return err == nil && strings.HasSuffix(strings.ToLower(name), ".eml")
}

// read reads the header of a message; nil when there is none.
func read(r io.Reader) *message.Entity {
	e, err := message.Read(r)
	if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return nil
	}
	return e
}
