package complaint

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"

	"spamreport/lookup"
)

func TestAComplaintGoesToAnotherContact(t *testing.T) {
	for _, format := range []string{FormatText, FormatARF, FormatXARF} {
		c := testComposer(t)
		c.Format = format
		first, err := c.Compose(testIncident(readSpam(t, "lottery.eml")), []lookup.Contact{{Email: "abuse@isp.example"}, {Email: strings.Repeat("x", 60) + "@isp.example"}})
		if err != nil {
			t.Fatal(err)
		}
		next, err := first.Readdress("noc@isp.example")
		if err != nil {
			t.Fatal(err)
		}
		old, _ := mail.ReadMessage(bytes.NewReader(first.Raw))
		m, err := mail.ReadMessage(bytes.NewReader(next.Raw))
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Header.Get("To"); got != "noc@isp.example" || len(next.To) != 1 || next.To[0] != got {
			t.Errorf("%s: it goes to %q, %v", format, got, next.To)
		}
		if id := m.Header.Get("Message-Id"); id == first.MessageID || id != next.MessageID || !strings.HasPrefix(id, "<"+strings.ToLower(first.Incident)+".") {
			t.Errorf("%s: its name is %s, that of the first one %s", format, id, first.MessageID)
		}
		for _, name := range []string{"From", "Subject", "Reply-To", "Date", "Content-Type", "Auto-Submitted"} {
			if m.Header.Get(name) != old.Header.Get(name) {
				t.Errorf("%s: %s was %q, is %q", format, name, old.Header.Get(name), m.Header.Get(name))
			}
		}
		_, was, _ := bytes.Cut(first.Raw, []byte("\r\n\r\n"))
		if _, is, _ := bytes.Cut(next.Raw, []byte("\r\n\r\n")); !bytes.Equal(was, is) {
			t.Errorf("%s: the body changed", format)
		}
		if again, err := first.Readdress("noc@isp.example"); err != nil || !bytes.Equal(again.Raw, next.Raw) {
			t.Errorf("%s: another message the second time, %v", format, err)
		}
	}
}

func TestAComplaintIsNotReaddressedToNonsense(t *testing.T) {
	first := Complaint{MessageID: "<sr-7k3f-9q2m.0123456789abcdef0123@example.org>", Raw: []byte("To: a@isp.example\r\nMessage-ID: <x>\r\n\r\nx\r\n")}
	for _, to := range []string{"", "no address", "a@isp.example\r\nBcc: b@isp.example", "a@isp.example, b@isp.example"} {
		if _, err := first.Readdress(to); err == nil {
			t.Errorf("%q was taken", to)
		}
	}
	for _, raw := range []string{"", "Subject: x\r\n\r\nTo: body\r\n", "To: a@isp.example\r\n\r\n"} {
		first.Raw = []byte(raw)
		if _, err := first.Readdress("noc@isp.example"); err == nil {
			t.Errorf("%q was taken for a complaint", raw)
		}
	}
}
