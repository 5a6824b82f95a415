package dkim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	"golang.org/x/net/idna"
)

// Why a message is not signed, and so must not be sent.
var (
	ErrFrom   = errors.New("the message has more than one From field (RFC 5322 §3.6 wants one)")
	ErrFolded = errors.New("the message begins with a blank, as if it were the rest of another field (RFC 5322 §2.2)")
)

// Signer signs messages. It is safe for concurrent use.
type Signer struct {
	keys map[string][]Key // domain in lower case → its keys
}

// NewSigner makes a signer, and has each key sign once: one that cannot is an
// error now, and not when there is mail to send.
func NewSigner(keys ...Key) (*Signer, error) {
	s := &Signer{keys: map[string][]Key{}}
	for _, k := range keys {
		if _, err := k.sign([]byte("From: <test@"+k.Domain+">\r\n\r\n"), []string{"From"}); err != nil {
			return nil, fmt.Errorf("DKIM key %s of %s: %w", k.Selector, k.Domain, err)
		}
		domain := strings.ToLower(k.Domain)
		s.keys[domain] = append(s.keys[domain], k)
	}
	return s, nil
}

// Sign returns a message, which has CRLF line endings, with a signature of each
// key of the domain in its From field on top. A message of a domain that there
// is no key for is returned as it is. An error means that it must not be sent.
func (s *Signer) Sign(message []byte) ([]byte, error) {
	if len(message) > 0 && (message[0] == ' ' || message[0] == '\t') {
		return nil, ErrFolded // it would become part of the signature
	}
	h := readHeader(message)
	authors := h["from"]
	if len(authors) > 1 {
		return nil, ErrFrom
	}
	if len(authors) == 0 {
		return message, nil
	}
	keys := s.Keys(domainOf(authors[0]))
	if len(keys) == 0 {
		return message, nil
	}
	var signed bytes.Buffer
	fields := headerKeys(h)
	for _, k := range keys {
		signature, err := k.sign(message, fields)
		if err != nil {
			return nil, fmt.Errorf("sign for %s with selector %s: %w", k.Domain, k.Selector, err)
		}
		signed.WriteString(signature)
	}
	signed.Write(message)
	return signed.Bytes(), nil
}

// Keys are the keys that sign mail from a domain: its own, or those of the
// nearest domain above it, which DMARC takes as well unless it is told to be
// strict (RFC 7489 §3.1.1).
func (s *Signer) Keys(domain string) []Key {
	for domain = strings.ToLower(domain); domain != ""; _, domain, _ = strings.Cut(domain, ".") {
		if keys := s.keys[domain]; len(keys) > 0 {
			return keys
		}
	}
	return nil
}

// domainOf is the domain of the first author, in ASCII; "" when there is none.
func domainOf(from string) string {
	address := from
	parser := mail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: anyCharset}}
	if authors, err := parser.ParseList(from); err == nil && len(authors) > 0 {
		address = authors[0].Address
	}
	// What does not follow the grammar is still somebody's: the domain is what
	// stands behind the last @.
	_, domain, found := cutLast(address, "@")
	if end := strings.IndexAny(domain, "> \t()\","); end >= 0 {
		domain = domain[:end]
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || !found {
		return ""
	}
	return ascii
}

// anyCharset leaves a display name as it is: only the address counts.
func anyCharset(_ string, name io.Reader) (io.Reader, error) { return name, nil }

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// sign makes one DKIM-Signature field.
func (k Key) sign(message []byte, fields []string) (string, error) {
	signer, err := dkim.NewSigner(&dkim.SignOptions{
		Domain: k.Domain, Selector: k.Selector, Signer: k.private, HeaderKeys: fields,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		return "", err
	}
	_, err = signer.Write(message)
	if closeErr := signer.Close(); closeErr != nil {
		err = closeErr
	}
	if err != nil {
		return "", err
	}
	return signer.Signature(), nil
}
