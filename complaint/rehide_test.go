package complaint

import (
	"strings"
	"testing"
)

func TestWhatAPersonWritesIsRedactedLikeTheEvidence(t *testing.T) {
	for format, before := range composed(t) {
		for name, tc := range map[string]struct{ writes, hides, keeps string }{
			"the recipient's address":   {"It was sent to alice@example.org yesterday.", "alice", "It was sent to "},
			"in capital letters":        {"It was sent to ALICE@EXAMPLE.ORG.", "ALICE", ""},
			"the user name":             {"Our colleague Alice got it.", "Alice", "Our colleague "},
			"the host":                  {"Our server mx.example.org took it.", "example.org", "Our server "},
			"the name":                  {"Alice Liddell is not amused.", "Liddell", "is not amused"},
			"what the user listed":      {"Our customer number is K-4711.", "4711", "Our customer number is "},
			"the spammer's stays":       {"Close winner@bulk.example.com at 192.0.2.7.", "", "Close winner@bulk.example.com at 192.0.2.7."},
			"and the reporter's":        {"Write to reports@reporter.example, Rosa Ünsal.", "", "Write to reports@reporter.example, Rosa Ünsal."},
			"and what is just a word":   {"Please look at the logs of your customer.", "", "Please look at the logs of your customer."},
			"a stranger's is no secret": {"Ask bob@somewhere.example.", "", "Ask bob@somewhere.example."},
		} {
			t.Run(format+"/"+name, func(t *testing.T) {
				c := testComposer(t)
				c.Secrets = []string{"K-4711"}
				after, err := c.Reword(before, strings.Replace(before.Text, "\n", "\n\n"+tc.writes+"\n", 1))
				if err != nil {
					t.Fatal(err)
				}
				if tc.hides != "" && strings.Contains(after.Text, tc.hides) || !strings.Contains(after.Text, tc.keeps) {
					t.Errorf("%s", after.Text)
				}
				if letterIn(t, after.Raw) != after.Text {
					t.Error("the message says something else than the text")
				}
			})
		}
	}
}

func TestALetterThatIsNotChangedStaysAsItWas(t *testing.T) {
	for format, before := range composed(t) {
		after, err := testComposer(t).Reword(before, before.Text)
		if err != nil || after.Text != before.Text || string(after.Raw) != string(before.Raw) {
			t.Errorf("%s: %v\n%s", format, err, after.Text)
		}
	}
}

func TestWithoutRedactionAPersonWritesWhatHeLikes(t *testing.T) {
	c := testComposer(t)
	c.Redact = false
	before := compose(t, c, testIncident(readSpam(t, "lottery.eml")))
	after, err := c.Reword(before, "Alice, alice@example.org, got it.\n")
	if err != nil || after.Text != "Alice, alice@example.org, got it.\n" {
		t.Errorf("%q, %v", after.Text, err)
	}
}
