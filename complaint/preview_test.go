package complaint

import (
	"bytes"
	"strings"
	"testing"

	"spamreport/templates"
)

func TestAPreviewIsAWholeComplaint(t *testing.T) {
	c := testComposer(t)
	for _, letter := range c.Templates.Names() {
		language, opening := "de", "Ihrem Netz"
		if !templates.TakesOpening(letter) {
			language, opening = "", ""
		}
		for format := range writers() {
			c.Format = format
			got, err := c.Preview(letter, language)
			if err != nil {
				t.Fatal(err)
			}
			checkMessage(t, got)
			if got.Format != format || !strings.Contains(got.Text, opening) || !strings.Contains(got.Text, "Rosa Ünsal") {
				t.Errorf("%s as %s: %s\n%s", letter, format, got.Format, got.Text)
			}
			if bytes.Contains(got.Raw, []byte("alice@example.org")) {
				t.Errorf("%s as %s is not redacted", letter, format)
			}
		}
	}
}

// TestAPreviewSaysWhatNoRealComplaintSaysYet: the facts of a sample are all set.
func TestAPreviewSaysWhatNoRealComplaintSaysYet(t *testing.T) {
	got, err := testComposer(t).Preview("web-host", "")
	if err != nil || !strings.Contains(got.Text, "prize.example.com") {
		t.Errorf("%v\n%s", err, got.Text)
	}
}

func TestAPreviewNamesTheLanguagesThatThereAre(t *testing.T) {
	_, err := testComposer(t).Preview("phishing", "tlh")
	if err == nil || !strings.Contains(err.Error(), "de, es, fr, ja, pt, ru, zh") {
		t.Error(err)
	}
	_, err = testComposer(t).Preview("web-host", "de")
	if err == nil || !strings.Contains(err.Error(), "no opening goes before web-host") {
		t.Error(err)
	}
}
