package complaint

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"strings"
	"unicode/utf8"
)

// maxLetter bounds the text that a person may put into a complaint, in octets.
const maxLetter = 256 << 10

// ErrUnfit says that a text cannot be the letter of a complaint.
var ErrUnfit = errors.New("this text cannot be sent")

// WithText returns the complaint with another letter. The header, the report
// and the evidence stay as they are, octet for octet: what is filed still
// bears the same sender, recipients and Message-ID.
func (c Complaint) WithText(text string) (Complaint, error) {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), " \t\n") + "\n"
	if err := checkLetter(text); err != nil {
		return Complaint{}, fmt.Errorf("%w: %w", ErrUnfit, err)
	}
	f, err := openFrame(c.Raw)
	if err != nil {
		return Complaint{}, fmt.Errorf("complaint %s: %w", c.Incident, err)
	}
	if !f.has(0, "text/plain") {
		return Complaint{}, fmt.Errorf("complaint %s: its first part is no text", c.Incident)
	}
	f.sections[0] = f.section(textSection(text))
	before := c
	c.Text, c.Raw = text, f.raw()
	if err := c.sameHeader(before); err != nil {
		return Complaint{}, fmt.Errorf("complaint %s: %w", c.Incident, err)
	}
	return c, nil
}

// Evidence returns the spam as it is enclosed, redacted perhaps; nil if there
// is none.
func (c Complaint) Evidence() []byte {
	f, err := openFrame(c.Raw)
	if err != nil {
		return nil
	}
	for i := range f.sections {
		if f.has(i, "message/rfc822") {
			_, body, _ := bytes.Cut(f.sections[i], []byte("\r\n\r\n"))
			return body
		}
	}
	return nil
}

// checkLetter says what is wrong with a text, and where.
func checkLetter(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("it is empty; drop the complaint instead")
	case len(text) > maxLetter:
		return fmt.Errorf("it has %d octets, more than %d", len(text), maxLetter)
	}
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		if !utf8.ValidString(line) {
			return fmt.Errorf("line %d is not UTF-8", number)
		}
		for _, r := range line {
			if r != '\t' && isHarmful(r) {
				return fmt.Errorf("line %d has %U, a hidden character", number, r)
			}
		}
	}
	return nil
}

// sameHeader reads the message back: it must still be one, and be addressed
// as before.
func (c Complaint) sameHeader(before Complaint) error {
	if !isPlain(c.Raw) || !bytes.Equal(toCRLF(c.Raw), c.Raw) {
		return errors.New("it would not travel unchanged")
	}
	was, err := mail.ReadMessage(bytes.NewReader(before.Raw))
	if err != nil {
		return err
	}
	is, err := mail.ReadMessage(bytes.NewReader(c.Raw))
	if err != nil {
		return err
	}
	for _, name := range []string{"From", "To", "Cc", "Reply-To", "Subject", "Message-Id", "Content-Type"} {
		if is.Header.Get(name) != was.Header.Get(name) {
			return fmt.Errorf("its %s would change", name)
		}
	}
	return nil
}

// openedFrame is a composed complaint cut into its parts, without interpreting them;
// see frame, which made it.
type openedFrame struct {
	head      []byte // up to the first boundary, without the line break before it
	delimiter []byte // a line break, two dashes and the boundary
	sections  [][]byte
	tail      []byte
}

func openFrame(raw []byte) (openedFrame, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return openedFrame{}, err
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" {
		return openedFrame{}, errors.New("it has no parts")
	}
	f := openedFrame{delimiter: []byte("\r\n--" + params["boundary"])}
	cut := bytes.Split(raw, f.delimiter)
	if len(cut) < 3 {
		return openedFrame{}, errors.New("it has no parts")
	}
	f.head, f.sections, f.tail = cut[0], cut[1:len(cut)-1], cut[len(cut)-1]
	return f, nil
}

func (f openedFrame) raw() []byte {
	all := append(append([][]byte{f.head}, f.sections...), f.tail)
	return bytes.Join(all, f.delimiter)
}

// has reports whether the section is of the media type.
func (f openedFrame) has(i int, mediaType string) bool {
	m, err := mail.ReadMessage(bytes.NewReader(bytes.TrimPrefix(f.sections[i], []byte("\r\n"))))
	if err != nil {
		return false
	}
	is, _, _ := mime.ParseMediaType(m.Header.Get("Content-Type"))
	return is == mediaType
}

// section writes a section as it stands between two boundaries. A text that
// contains the boundary is encoded: in quoted-printable none can occur.
func (f openedFrame) section(s section) []byte {
	encoded := s.encoding() == "quoted-printable"
	if bytes.Contains(s.body, f.delimiter[2:]) && !encoded {
		s.fields[len(s.fields)-1].value, encoded = "quoted-printable", true
	}
	var out bytes.Buffer
	out.WriteString("\r\n")
	for _, field := range s.fields {
		out.WriteString(fold(field.name+":", field.value))
	}
	out.WriteString("\r\n")
	if encoded {
		s.body = encodeQuotedPrintable(s.body)
	}
	out.Write(s.body)
	return out.Bytes()
}

func (s section) encoding() string { return s.fields[len(s.fields)-1].value }
