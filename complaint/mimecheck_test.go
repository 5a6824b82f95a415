package complaint

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
)

// outerFields are the fields of a complaint, each of which must be there once.
var outerFields = []string{
	"From", "Reply-To", "To", "Subject", "Date", "Message-Id", "Auto-Submitted",
	"Mime-Version", "Content-Type",
}

// checkMessage holds a complaint against the standards: on the wire, in the
// header, and as two readers that are not ours see it.
func checkMessage(t testing.TB, got Complaint) {
	t.Helper()
	checkWire(t, got.Raw)
	checkOuter(t, got)
	m, err := mail.ReadMessage(bytes.NewReader(got.Raw))
	if err != nil {
		t.Fatalf("net/mail: %v", err)
	}
	walkStrictly(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, 0)
	e, err := message.Read(bytes.NewReader(got.Raw))
	if err != nil {
		t.Fatalf("go-message: %v", err)
	}
	if err := e.Walk(func(_ []int, p *message.Entity, err error) error {
		if err != nil {
			return err
		}
		if mt, _, _ := p.Header.ContentType(); strings.HasPrefix(mt, "multipart/") {
			return nil
		}
		_, err = io.Copy(io.Discard, p.Body)
		return err
	}); err != nil {
		t.Errorf("go-message: %v", err)
	}
	if cleanText(got.Text) != got.Text || oneLine(got.Subject, maxQuoted) != got.Subject {
		t.Errorf("text or subject is not clean: %q", got.Subject)
	}
}

// checkWire: 7-bit, printable, CRLF only, lines of at most 998 octets.
func checkWire(t testing.TB, raw []byte) {
	t.Helper()
	if !bytes.HasSuffix(raw, []byte("\r\n")) {
		t.Error("the last line does not end")
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
		if len(line) > maxLine {
			t.Errorf("line %d has %d octets", i+1, len(line))
		}
		for _, c := range []byte(line) {
			if c != '\t' && (c < ' ' || c > '~') {
				t.Fatalf("line %d has the octet %#x: %q", i+1, c, line)
			}
		}
	}
}

func checkOuter(t testing.TB, got Complaint) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(got.Raw))
	if err != nil {
		t.Fatalf("net/mail: %v", err)
	}
	for _, name := range outerFields {
		if n := len(m.Header[name]); n != 1 {
			t.Errorf("%d fields %s", n, name)
		}
	}
	if len(m.Header) != len(outerFields) {
		t.Errorf("unexpected fields in %v", m.Header)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != got.Subject {
		t.Errorf("subject %q, want %q (%v)", subject, got.Subject, err)
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != len(got.To) {
		t.Errorf("To: %v, want %v (%v)", to, got.To, err)
	}
	if _, err := m.Header.Date(); err != nil {
		t.Errorf("Date: %v", err)
	}
}

// walkStrictly reads with the standard library down to the leaves. It goes
// into enclosed messages, too: those are ours to get right.
func walkStrictly(t testing.TB, contentType, encoding string, body io.Reader, depth int) {
	t.Helper()
	mediaType, params, err := mime.ParseMediaType(contentType)
	switch {
	case depth > 0 && contentType == "", depth > 2 && err != nil:
		io.Copy(io.Discard, body) // the spammer's own type is the spammer's affair
	case err != nil && depth <= 1:
		t.Errorf("content type %q: %v", contentType, err)
	case strings.HasPrefix(mediaType, "multipart/") && params["boundary"] != "":
		mr := multipart.NewReader(body, params["boundary"])
		for {
			p, err := mr.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				if depth < 2 {
					t.Errorf("depth %d: %v", depth, err)
				}
				return
			}
			walkStrictly(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, depth+1)
		}
	case mediaType == "message/rfc822":
		if encoding != "" && encoding != "7bit" {
			t.Errorf("message/rfc822 is encoded as %s", encoding)
		}
		m, err := mail.ReadMessage(body)
		if err != nil {
			t.Errorf("enclosed message: %v", err)
			return
		}
		walkStrictly(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, depth+1)
	case strings.EqualFold(encoding, "quoted-printable"):
		if _, err := io.Copy(io.Discard, quotedprintable.NewReader(body)); err != nil && depth <= 1 {
			t.Errorf("quoted-printable: %v", err)
		}
	}
}

func TestComposedMessagesAreCorrect(t *testing.T) {
	files, err := filepath.Glob("testdata/spam/*.eml")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			for format := range writers() {
				c := testComposer(t)
				c.Format = format
				checkMessage(t, compose(t, c, testIncident(readSpam(t, filepath.Base(file)))))
			}
		})
	}
}

// TestSharedCorpus goes over real spam that is not part of the project.
func TestSharedCorpus(t *testing.T) {
	dir := os.Getenv("SPAMREPORT_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	var files []string
	filepath.WalkDir(filepath.Join(dir, "corpus"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(path) != ".md" && filepath.Ext(path) != ".tsv" {
			files = append(files, path)
		}
		return nil
	})
	if len(files) == 0 {
		t.Skip("no corpus at SPAMREPORT_SHARED or ../../shared")
	}
	c := testComposer(t)
	formats := []string{FormatText, FormatARF, FormatXARF}
	for i, file := range files {
		if raceEnabled && i%13 != 0 {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c.Format = formats[i%len(formats)]
		t.Run(filepath.Base(file), func(t *testing.T) {
			checkMessage(t, compose(t, c, testIncident(raw)))
		})
	}
}
