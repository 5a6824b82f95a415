package complaint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// idEnd is what follows the incident in a Message-ID of a complaint.
var idEnd = regexp.MustCompile(`\.[0-9a-f]{20}@`)

// Readdress sends a complaint that is composed already to another contact, who
// reads the same words and evidence. It is another message, so it gets another
// Message-ID, which is always the same one for the same contact.
func (c Complaint) Readdress(to string) (Complaint, error) {
	if err := checkAddress(to); err != nil {
		return Complaint{}, fmt.Errorf("recipient %s: %w", quoteHostile(to), err)
	}
	if !idEnd.MatchString(c.MessageID) {
		return Complaint{}, errors.New("its Message-ID is none of this program")
	}
	sum := sha256.Sum256([]byte(c.MessageID + "\x00" + strings.ToLower(to)))
	old := c.MessageID
	c.MessageID = idEnd.ReplaceAllLiteralString(old, "."+hex.EncodeToString(sum[:10])+"@")
	c.To, c.Cc = []string{to}, nil
	var err error
	c.Raw, err = readdress(c.Raw, map[string]string{"to": to, "cc": "", "message-id": c.MessageID})
	return c, err
}

// readdress replaces fields of a message's header by others of one line, and
// leaves out those without a value.
func readdress(raw []byte, fields map[string]string) ([]byte, error) {
	header, body, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		return nil, errors.New("the complaint has no header")
	}
	out := make([]byte, 0, len(raw)+100)
	inside, done := false, map[string]bool{}
	for line := range bytes.SplitSeq(header, []byte("\r\n")) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		key := strings.ToLower(string(name))
		value, replaced := fields[key]
		switch {
		case len(line) > 0 && (line[0] == ' ' || line[0] == '\t'):
			if inside {
				continue // goes on with the field that was replaced
			}
			out = append(append(out, line...), "\r\n"...)
			continue
		case !replaced:
			out = append(append(out, line...), "\r\n"...)
		case value != "" && !done[key]:
			out = append(out, fold(string(name)+":", value)...)
			done[key] = true
		}
		inside = replaced
	}
	if !done["to"] || !done["message-id"] {
		return nil, errors.New("the complaint has no To or no Message-ID")
	}
	return append(append(out, "\r\n"...), body...), nil
}
