package dsn

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-message"
)

// subjects by what is worst in the notice.
var subjects = []struct {
	action  Action
	subject string
}{
	{Failed, "Undelivered Mail Returned to Sender"},
	{Delayed, "Delayed Mail (still being tried)"},
	{Relayed, "Successful Mail Delivery Report"},
}

// Compose writes the notice as a message with CRLF line endings, to be sent
// from the null reverse-path.
func (n Notice) Compose() ([]byte, error) {
	var h message.Header
	h.SetContentType("multipart/report", map[string]string{"report-type": "delivery-status"})
	h.Set("Mime-Version", "1.0")
	h.Set("Auto-Submitted", "auto-replied") // RFC 3834 §5.1
	if id := n.originalID(); id != "" {
		h.Set("References", id)
		h.Set("In-Reply-To", id)
	}
	h.Set("Message-Id", "<"+n.ID+"@"+n.Host+">")
	h.Set("Date", n.Now.Format(time.RFC1123Z))
	h.Set("Subject", n.subject())
	h.Set("To", "<"+n.To+">")
	h.Set("From", "Mail Delivery System <MAILER-DAEMON@"+n.Host+">")
	var out bytes.Buffer
	w, err := message.CreateWriter(&out, h)
	if err == nil {
		err = n.parts(w)
	}
	if err != nil {
		return nil, fmt.Errorf("write the bounce to %s: %w", n.To, err)
	}
	return out.Bytes(), nil
}

func (n Notice) parts(w *message.Writer) error {
	head, whole := n.returned()
	contentType := "text/rfc822-headers"
	if whole {
		contentType = "message/rfc822"
	}
	for _, part := range []struct {
		contentType, encoding, text string
		params                      map[string]string
	}{
		{"text/plain", "quoted-printable", n.explanation(), map[string]string{"charset": "utf-8"}},
		{"message/delivery-status", "7bit", n.report(), nil},
		{contentType, encodingOf(head, whole), head, nil},
	} {
		var h message.Header
		h.SetContentType(part.contentType, part.params)
		h.Set("Content-Transfer-Encoding", part.encoding)
		p, err := w.CreatePart(h)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(p, part.text); err != nil {
			return err
		}
		if err := p.Close(); err != nil {
			return err
		}
	}
	return w.Close()
}

// encodingOf keeps what is returned as it is, where that may be: a message has
// no other encoding of its own (RFC 2046 §5.2.1).
func encodingOf(s string, whole bool) string {
	switch {
	case isASCII(s):
		return "7bit"
	case whole:
		return "8bit"
	}
	return "quoted-printable"
}

func (n Notice) subject() string {
	for _, row := range subjects {
		for _, r := range n.Recipients {
			if r.Action == row.action {
				return row.subject
			}
		}
	}
	return ""
}

// returned is what goes back of the message. One that needs SMTPUTF8 goes back
// without its text: as a whole it would have to be message/global (RFC 6533),
// which fewer servers take than sent it.
func (n Notice) returned() (text string, whole bool) {
	if n.Full && len(n.Message) <= MaxReturned && !n.UTF8 {
		return string(n.Message), true
	}
	head := n.header()
	if len(head) > MaxReturned {
		head = head[:bytes.LastIndexByte(head[:MaxReturned], '\n')+1]
	}
	return string(head), false
}

func (n Notice) header() []byte {
	if end := bytes.Index(n.Message, []byte("\r\n\r\n")); end >= 0 {
		return n.Message[:end+2]
	}
	return n.Message
}

var (
	idField      = regexp.MustCompile(`(?im)^Message-ID:[ \t]*(?:\r\n[ \t]+)?(<[!-;=?-~]{1,250}>)[ \t]*\r?$`)
	subjectField = regexp.MustCompile(`(?im)^Subject:[ \t]*([^\r\n]*(?:\r\n[ \t]+[^\r\n]*)*)\r?$`)
)

// originalID is the Message-ID of the message.
func (n Notice) originalID() string {
	if found := idField.FindSubmatch(n.header()); found != nil {
		return string(found[1])
	}
	return ""
}

// printable makes one line of ASCII of what others wrote.
func printable(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			if r == '\n' || r == '\r' || r == '\t' {
				return ' '
			}
			return '?'
		}
		return r
	}, s)), " ")
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' })
}
