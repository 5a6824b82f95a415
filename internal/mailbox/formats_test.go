package mailbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const plist = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>flags</key><integer>8590195713</integer></dict></plist>
`

// However a program exports a message, it is the same message.
func TestWhatProgramsExportIsTheMessage(t *testing.T) {
	want := Digest([]byte(letter))
	crlf := strings.ReplaceAll(letter, "\n", "\r\n")
	for name, text := range map[string]string{
		"an .eml with LF":                       letter,
		"an .eml with CRLF":                     crlf,
		"an .eml with a byte order mark":        "\xef\xbb\xbf" + letter,
		"an mbox with a byte order mark":        "\xef\xbb\xbf" + fromOne + letter + "\n",
		"an mbox with CRLF":                     strings.ReplaceAll(fromOne, "\n", "\r\n") + crlf + "\r\n",
		"Apple Mail's .emlx":                    fmt.Sprintf("%d\n%s%s", len(letter), letter, plist),
		"one whose count is padded":             fmt.Sprintf("%-10d\n%s%s", len(letter), letter, plist),
		"one with CRLF":                         fmt.Sprintf("%d\r\n%s%s", len(crlf), crlf, plist),
		"one that was cut before its list":      fmt.Sprintf("%d\n%s", len(letter), letter),
		"one that says that it is longer":       fmt.Sprintf("%d\n%s", len(letter)+100, letter),
		"one that says that it is without end ": fmt.Sprintf("%d\n%s", int64(1)<<62, letter),
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			for m, err := range Open(t.Context(), "-", FileOptions{Stdin: strings.NewReader(text)}) {
				n++
				if err != nil || m.Digest != want || bytes.Contains(m.Raw, []byte("plist")) || m.Raw[0] == 0xef {
					t.Errorf("%q, %v", m.Raw, err)
				}
			}
			if n != 1 {
				t.Errorf("%d messages", n)
			}
		})
	}
}

func TestALineOfDigitsIsACountOnlyWhenItIsOne(t *testing.T) {
	for _, text := range []string{"0\nSubject: x\n\n", "-5\nSubject: x\n\n", "+5\nSubject: x\n\n", "99999999999999999999\n", "12", "12 34\n", " \n"} {
		for m, err := range Open(t.Context(), "-", FileOptions{Stdin: strings.NewReader(text)}) {
			if err != nil || string(m.Raw) != text {
				t.Errorf("%q: %q, %v", text, m.Raw, err)
			}
		}
	}
}

func TestWhatIsNoMessageIsCalledByItsName(t *testing.T) {
	for _, s := range strangers {
		for m, err := range Open(t.Context(), "-", FileOptions{Stdin: strings.NewReader(s.magic + "…")}) {
			var known StrangeFormat
			if !errors.As(err, &known) || !strings.HasSuffix(err.Error(), s.what) || m.Raw != nil {
				t.Errorf("%q: %v", s.magic, err)
			}
		}
	}
}

func TestWhatProgramsKeepBesideTheMessagesIsLeftOut(t *testing.T) {
	for _, end := range indexes {
		dir := t.TempDir()
		for name, text := range map[string]string{"Junk": fromOne + letter, "Junk" + end: "<index>"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		n := 0
		for m, err := range Open(t.Context(), dir, FileOptions{}) {
			n++
			if err != nil || m.Digest != Digest([]byte(letter)) {
				t.Errorf("%s: %s, %v", end, m.Name, err)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d messages", end, n)
		}
	}
}
