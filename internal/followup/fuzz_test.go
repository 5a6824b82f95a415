package followup_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"spamreport/complaint"
	"spamreport/internal/followup"
	"spamreport/internal/mailbox"
	"spamreport/relay/bounce"
)

// Whatever comes back belongs to a complaint that was filed or to none, and
// silences nobody who was not written to.
func FuzzRead(f *testing.F) {
	f.Add([]byte(bounceOf(firstID, "abuse@isp.example", "550 5.1.1 unknown")))
	f.Add([]byte(bounceOf(secondID, "ceo@bank.example", "550 5.1.1 unknown")))
	f.Add([]byte("From: a@isp.example\nSubject: Re: SR-7K3F-9Q2M\nIn-Reply-To: " + firstID + "\n\ndone\n"))
	f.Add([]byte("Subject: [SR-AAAA-BBBB] ticket #1\n\n\xff"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := followup.Read(t.Context(), mailbox.Message{Raw: raw, Digest: "reply"}, filed{})
		if err != nil {
			if !errors.Is(err, complaint.ErrUnknown) && r != (followup.Reply{}) {
				t.Errorf("%v beside %+v", err, r)
			}
			return
		}
		if r.Complaint != "first" && r.Complaint != "second" || r.Kind == bounce.Other {
			t.Errorf("%+v", r)
		}
		if r.Gone != "" && !strings.Contains(" abuse@isp.example abuse@host.example noc@host.example ", " "+r.Gone+" ") {
			t.Errorf("%q is silenced", r.Gone)
		}
		for _, text := range []string{r.Diagnostic, r.Recipient, r.Ticket, r.URL, r.From, r.Subject} {
			if len(text) > 500 || !utf8.ValidString(text) {
				t.Errorf("%q is kept", text)
			}
		}
	})
}
