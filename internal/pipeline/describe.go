package pipeline

import (
	"bytes"
	"io"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // subjects come in every charset
	"github.com/emersion/go-message/mail"

	"spamreport/headers"
)

// maxDescribed bounds a subject or sender in the ledger, in octets.
const maxDescribed = 500

// describe reads what a person recognises a message by. The ledger shows it;
// nothing is decided on it, so what cannot be read is left as it is.
func describe(raw []byte) (subject, from string) {
	block, err := headers.ReadBlock(bytes.NewReader(raw))
	if err != nil {
		return "", ""
	}
	entity, err := message.Read(io.MultiReader(bytes.NewReader(block), bytes.NewReader([]byte("\r\n\r\n"))))
	if entity == nil || (err != nil && !message.IsUnknownCharset(err)) {
		return "", ""
	}
	header := mail.Header{Header: entity.Header}
	if subject, err = header.Subject(); err != nil {
		subject = header.Get("Subject")
	}
	from = header.Get("From")
	if list, err := header.AddressList("From"); err == nil && len(list) > 0 {
		from = list[0].Address
	}
	return cut(subject), cut(from)
}

func cut(s string) string {
	if len(s) > maxDescribed {
		s = s[:maxDescribed]
	}
	return s
}
