package bounce

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

const messagesFile = "testdata/messages.txtar"

// messageCase is a file of testdata/messages.txtar: its first line says what
// must be read, the rest is the message.
type messageCase struct{ name, want, message string }

func messageCases(t testing.TB) (*txtar.Archive, []messageCase) {
	archive, err := txtar.ParseFile(messagesFile)
	if err != nil {
		t.Fatal(err)
	}
	var cases []messageCase
	for _, f := range archive.Files {
		want, message, _ := strings.Cut(string(f.Data), "\n")
		cases = append(cases, messageCase{f.Name, want, message})
	}
	return archive, cases
}

// describe writes what was read on one line.
func describe(r Reply) string {
	var b strings.Builder
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, " %s=%s", name, value)
		}
	}
	field("to", r.Recipient)
	if r.Kind == Bounced {
		field("class", string(r.Verdict.Class))
		field("reason", string(r.Verdict.Reason))
	}
	field("status", r.Status)
	field("id", r.OriginalMessageID)
	field("ticket", r.Ticket)
	field("form", r.Form)
	return string(r.Kind) + b.String()
}

func TestEveryMessageIsUnderstood(t *testing.T) {
	archive, cases := messageCases(t)
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, err := Read(strings.NewReader(c.message))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, describe(r)); diff != "" {
				t.Errorf("from %q by %q:\n%s", r.Diagnostic, r.Verdict.Rule, diff)
			}
			crlf, err := Read(strings.NewReader(strings.ReplaceAll(c.message, "\n", "\r\n")))
			if err != nil || describe(crlf) != describe(r) {
				t.Errorf("with CRLF it is %s", describe(crlf))
			}
			archive.Files[i].Data = []byte(describe(r) + "\n" + c.message)
		})
	}
	if *update {
		if err := os.WriteFile(messagesFile, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadFailsOnlyWithItsReader(t *testing.T) {
	if _, err := Read(iotest.ErrReader(errors.New("cut"))); err == nil {
		t.Error("no error")
	}
	for name, message := range map[string]string{
		"nothing":               "",
		"no header":             "\n\n",
		"bytes":                 "\x00\xff\xfe\n\n\x80",
		"a part in a part":      nested(2000),
		"a multipart unbounded": "Content-Type: multipart/mixed\n\nx",
		"a header without end":  strings.Repeat("X: y\n", 200_000),
		"one long field":        "X: " + strings.Repeat("y", 1<<20),
		"unknown encodings":     "Content-Type: text/plain; charset=klingon\nContent-Transfer-Encoding: x-runes\n\ntext",
		"more than is read":     "A: b\n\n" + strings.Repeat("no such user 550 <a@b.example> ", 100_000),
		"brackets":              "Subject: " + strings.Repeat("[ticket#", 900) + "\n\n" + strings.Repeat("<", 60_000),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Read(strings.NewReader(message))
			if err != nil || r.Kind == Bounced {
				t.Errorf("%v %s", err, describe(r))
			}
		})
	}
}

// nested is a multipart in a multipart in a …
func nested(depth int) string {
	var b strings.Builder
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	return b.String()
}
