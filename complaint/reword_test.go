package complaint

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
)

// composed are complaints in every format.
func composed(t *testing.T) map[string]Complaint {
	t.Helper()
	all := map[string]Complaint{}
	for _, format := range []string{FormatText, FormatARF, FormatXARF} {
		c := testComposer(t)
		c.Format = format
		all[format] = compose(t, c, testIncident(readSpam(t, "lottery.eml")))
	}
	return all
}

// letterIn reads the letter with code that is not ours.
func letterIn(t *testing.T, raw []byte) string {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := multipart.NewReader(m.Body, params["boundary"]).NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	var body io.Reader = p
	if p.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		body = quotedprintable.NewReader(p)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

func TestAnotherLetterGoesOutWithTheSameHeaderAndEvidence(t *testing.T) {
	for format, before := range composed(t) {
		boundary := string(before.Raw[bytes.Index(before.Raw, []byte("\r\n--"))+2:][:40])
		for name, text := range map[string]string{
			"plain":               "Dear desk,\n\nplease look.\n",
			"with CRLF":           "Dear desk,\r\n\r\nplease look.\r\n",
			"without a line end":  "Dear desk",
			"in another script":   "Уважаемые коллеги,\n\tпосмотрите: 邮件\n",
			"with a long line":    strings.Repeat("a", 5000) + "\n",
			"with a boundary":     "before\n" + boundary + "\nContent-Type: text/html\n\nafter\n",
			"with dots and From ": ".\n..\nFrom me\n",
		} {
			t.Run(format+" "+name, func(t *testing.T) {
				after, err := before.WithText(text)
				if err != nil {
					t.Fatal(err)
				}
				checkMessage(t, after)
				want := strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
				if got := strings.TrimRight(letterIn(t, after.Raw), "\n"); got != want || strings.TrimRight(after.Text, "\n") != want {
					t.Errorf("the letter is %q, the text %q", got, after.Text)
				}
				headBefore, _, _ := bytes.Cut(before.Raw, []byte("\r\n\r\n"))
				if !bytes.HasPrefix(after.Raw, headBefore) {
					t.Error("the header changed")
				}
				if !bytes.Equal(after.Evidence(), before.Evidence()) || len(after.Evidence()) == 0 {
					t.Error("the evidence changed")
				}
				if after.MessageID != before.MessageID || after.Incident != before.Incident {
					t.Error("the complaint is another one")
				}
			})
		}
	}
}

func TestTheSameLetterGivesTheSameOctets(t *testing.T) {
	for format, before := range composed(t) {
		after, err := before.WithText(before.Text)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(after.Raw, before.Raw) {
			t.Errorf("%s: the message changed:\n%.900s", format, after.Raw)
		}
	}
}

func TestATextThatCannotBeSentIsRefusedWithTheReason(t *testing.T) {
	c := composed(t)[FormatText]
	for text, want := range map[string]string{
		" \n\t\n":                     "empty",
		"a\nb\x1b[2Jc":                "line 2 has U+001B",
		"a\x00":                       "U+0000",
		"a\rSubject: b":               "U+000D",
		"a\u202Eb":                    "U+202E",
		"a\n\nb\xff":                  "line 3 is not UTF-8",
		strings.Repeat("a\n", 140000): "octets",
	} {
		_, err := c.WithText(text)
		if !errors.Is(err, ErrUnfit) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %q", text, err, want)
		}
	}
}

func TestAMessageWithoutPartsHasNoEvidenceAndCannotBeReworded(t *testing.T) {
	for _, raw := range []string{"", "Subject: x\r\n\r\ntext\r\n", "no header", "Content-Type: multipart/mixed; boundary=b\r\n\r\nno parts\r\n"} {
		c := Complaint{Raw: []byte(raw)}
		if c.Evidence() != nil {
			t.Errorf("evidence in %q", raw)
		}
		if _, err := c.WithText("text"); err == nil {
			t.Errorf("%q was reworded", raw)
		}
	}
}
