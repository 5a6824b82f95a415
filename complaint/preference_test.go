package complaint

import (
	"strings"
	"testing"

	"spamreport/lookup"
)

func TestTheMostExactPreferenceHasTheLastWord(t *testing.T) {
	c := testComposer(t)
	c.Preferences = []Preference{
		{Match: "abuse@eu.example.net", Format: FormatXARF},
		{Match: "*", Format: FormatARF},
		{Match: "eu.example.net", Template: "phishing"},
		{Match: "@Example.NET", Format: FormatText, Template: "reminder"},
	}
	for name, tt := range map[string]struct{ email, format, template string }{
		"anybody":                         {"abuse@elsewhere.example", FormatARF, ""},
		"a domain":                        {"abuse@example.net", FormatText, "reminder"},
		"a domain below":                  {"noc@us.example.net", FormatText, "reminder"},
		"the narrower domain":             {"noc@EU.example.net", FormatText, "phishing"},
		"an address, for what it says":    {"Abuse@eu.example.net", FormatXARF, "phishing"},
		"a domain that ends the same way": {"abuse@myexample.net", FormatARF, ""},
		"a domain as a user name":         {"example.net@elsewhere.example", FormatARF, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.For(tt.email)
			if got.Format != tt.format || got.Template != tt.template {
				t.Errorf("%q %q, want %q %q", got.Format, got.Template, tt.format, tt.template)
			}
		})
	}
	if c.Format != "" || c.Template != "" {
		t.Error("the composer for all has changed")
	}
}

// TestAComplaintFollowsItsFirstContact: one message has one format.
func TestAComplaintFollowsItsFirstContact(t *testing.T) {
	c := testComposer(t)
	c.Preferences = []Preference{{Match: "abuse@example.net", Format: FormatARF, Template: "phishing"}}
	inc := testIncident(readSpam(t, "lottery.eml"))
	other := lookup.Contact{Email: "noc@elsewhere.example"}
	for _, tt := range []struct {
		to     []lookup.Contact
		format string
	}{
		{append(desk(), other), FormatARF},
		{append([]lookup.Contact{other}, desk()...), FormatText},
	} {
		got, err := c.Compose(inc, tt.to)
		if err != nil {
			t.Fatal(err)
		}
		fraud := strings.Contains(string(got.Raw), "Feedback-Type: fraud")
		if got.Format != tt.format || fraud != (tt.format == FormatARF) {
			t.Errorf("%v: %s, fraud %v", tt.to, got.Format, fraud)
		}
	}
}

// TestADigestIsAlwaysText: a feedback report is about a single message (RFC
// 5965 §2 e), and so is an XARF report.
func TestADigestIsAlwaysText(t *testing.T) {
	c := testComposer(t)
	c.Format = FormatXARF
	c.Preferences = []Preference{{Match: "*", Format: FormatARF, Template: "phishing"}}
	inc := testIncident(readSpam(t, "lottery.eml"))
	got, err := c.ComposeDigest(inc, nil, desk())
	if err != nil || got.Format != FormatText || strings.Contains(got.Text, "hishing") {
		t.Errorf("%s %v\n%s", got.Format, err, got.Text)
	}
}
