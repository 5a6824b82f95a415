package contract_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"spamreport/internal/contract"
	"spamreport/internal/term"
)

// Whatever a document says, it is one line that a terminal only shows, and
// says the same when it is read.
func FuzzWrite(f *testing.F) {
	for _, text := range []string{"plain", "tab\tand\r\nline", "\x1b[2J", "\u009b31m", "\u202efdp.exe\u2069", "\U000e0041", "\x7f<&>", "\xff\xfe", "\\u009b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var out bytes.Buffer
		if err := contract.Write(&out, contract.RelayBounce{Reply: text}); err != nil {
			t.Fatal(err)
		}
		line, rest, ended := strings.Cut(out.String(), "\n")
		if !ended || rest != "" || strings.ContainsFunc(line, term.Acts) {
			t.Errorf("%q is written as %q", text, out.String())
		}
		var back contract.RelayBounce
		if err := json.Unmarshal(out.Bytes(), &back); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8(text, "\ufffd"); strings.Count(back.Reply, "\ufffd") < strings.Count(want, "\ufffd") ||
			strings.ReplaceAll(back.Reply, "\ufffd", "") != strings.ReplaceAll(want, "\ufffd", "") {
			t.Errorf("%q comes back as %q", text, back.Reply)
		}
	})
}

func TestATerminalObeysNothingOfADocument(t *testing.T) {
	var out bytes.Buffer
	if err := contract.Write(&out, contract.RelayBounce{Reply: "550 \u009b2J\x7f \u202efdp \U000e0041 für <a&b>"}); err != nil {
		t.Fatal(err)
	}
	if want := `"reply":"550 \u009b2J\u007f \u202efdp \udb40\udc41 für <a&b>"`; !strings.Contains(out.String(), want) {
		t.Errorf("%s, want %s in it", out.String(), want)
	}
}
