package complaint

import (
	"strings"
	"testing"
	"time"

	"spamreport/templates"
)

func TestADigestNamesEveryIncidentAndHidesWhatALetterHides(t *testing.T) {
	c := testComposer(t)
	c.Redact, c.RedactKey = true, []byte("key")
	lead := testIncident(readSpam(t, "lottery.eml"))
	other := testIncident([]byte("To: alice@example.org\r\nSubject: =?utf-8?Q?alice=40example=2Eorg=1B=5B31m?= wins\r\n\r\nx\r\n"))
	other.Digest, other.Received = "other", at().Add(time.Hour)
	lines := []templates.Other{c.Mention(lead), c.Mention(other)}
	lines[1].Count = 7
	for format := range writers() {
		c.Format = format
		got, err := c.ComposeDigest(lead, lines, desk())
		if err != nil {
			t.Fatal(err)
		}
		checkMessage(t, got)
		for _, want := range []string{lead.ID(), other.ID(), "2026-01-02 04:04:05 UTC  192.0.2.7  7 times", "wins"} {
			if !strings.Contains(got.Text, want) {
				t.Errorf("%s: %q is not in\n%s", format, want, got.Text)
			}
		}
		if strings.Contains(got.Text, "alice") || strings.Contains(got.Text, "\x1b") {
			t.Errorf("%s: not clean:\n%s", format, got.Text)
		}
		if got.Subject != "Spam from EXAMPLE-NET: 2 more incidents ["+lead.ID()+"]" {
			t.Errorf("%s: subject %q", format, got.Subject)
		}
	}
}
