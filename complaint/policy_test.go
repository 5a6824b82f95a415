package complaint

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"spamreport/lookup"
)

func TestPolicy(t *testing.T) {
	tests := []struct {
		name   string
		policy Policy
		change func(*Incident)
		filed  int
		past   Past
		want   Action
		why    string
		to     string
	}{
		{
			name: "a source and a contact are enough",
			want: WouldSend, why: "abuse@example.net takes complaints about 192.0.2.7.", to: "abuse@example.net",
		},
		{
			name:   "without a source the walk's reason is given",
			change: func(inc *Incident) { inc.Verdict.Source, inc.Verdict.Reason = nil, "Only private addresses." },
			want:   Skipped, why: "Only private addresses.",
		},
		{
			name:   "without a source and without a reason",
			change: func(inc *Incident) { inc.Verdict.Source = nil },
			want:   Skipped, why: "No server that can be believed wrote down where the message came from.",
		},
		{
			name:   "without a contact",
			change: func(inc *Incident) { inc.Lookup.Contacts = nil },
			want:   Skipped, why: "No abuse contact was found for the network.",
		},
		{
			name: "with rejected candidates only",
			change: func(inc *Incident) {
				inc.Lookup.Contacts = nil
				inc.Lookup.Rejected = []lookup.Rejected{{Email: "abuse@registry.example", Why: "a registry, not the network"}}
			},
			want: Skipped, why: `No contact may be mailed: "abuse@registry.example": a registry, not the network.`,
		},
		{
			name:   "with a contact that must not be mailed",
			policy: Policy{Never: func(string) (string, bool, error) { return "it is a placeholder.", true, nil }},
			want:   Skipped, why: "abuse@example.net must not be mailed: it is a placeholder.",
		},
		{
			name:   "the next contact is taken when the best must not be mailed",
			policy: Policy{Never: func(e string) (string, bool, error) { return "no", e == "abuse@example.net", nil }},
			change: func(inc *Incident) {
				inc.Lookup.Contacts = append(desk(), lookup.Contact{Email: "noc@example.net"})
			},
			want: WouldSend, why: "noc@example.net takes complaints about 192.0.2.7.", to: "noc@example.net",
		},
		{
			name:   "with a contact of which it is not known whether it may be mailed",
			policy: Policy{Never: func(string) (string, bool, error) { return "", false, errors.New("the database is away") }},
			want:   Deferred, why: "it is not known now whether the contact may be mailed: abuse@example.net: the database is away",
		},
		{
			name:   "a contact that is no address",
			change: func(inc *Incident) { inc.Lookup.Contacts[0].Email = "abuse\r\n@example.net" },
			want:   Skipped, why: `The only contact "abuse @example.net" is not an address that can be mailed.`,
		},
		{
			name: "the limit is reached", policy: Policy{PerContactPerDay: 20}, filed: 20,
			want: Deferred, why: "abuse@example.net got 20 complaints in the last day already, and the limit is 20.",
		},
		{
			name: "one below the limit", policy: Policy{PerContactPerDay: 20}, filed: 19,
			want: WouldSend, why: "abuse@example.net takes complaints about 192.0.2.7.", to: "abuse@example.net",
		},
		{
			name:   "a copy of a campaign that there is a complaint about",
			policy: Policy{MergeFor: time.Hour, PerContactPerDay: 1}, filed: 1,
			past: Past{Opened: &Opened{ID: "first", Reference: "SR-0000-0000", Action: Sent, On: at()}},
			want: Merged, why: "A further copy of SR-0000-0000, the same campaign from 192.0.2.0/24, whose complaint was filed on 2026-01-02 03:04 UTC.",
		},
		{
			name:   "a copy of a campaign that a person turned down",
			policy: Policy{MergeFor: time.Hour},
			past:   Past{Opened: &Opened{ID: "first", Reference: "SR-0000-0000", Action: Dropped, On: at()}},
			want:   Merged, why: "A further copy of SR-0000-0000, the same campaign from 192.0.2.0/24, whose complaint was turned down; it was first seen on 2026-01-02 03:04 UTC.",
		},
		{
			name:   "the desk is left alone about the network",
			policy: Policy{CoolDown: 24 * time.Hour, Now: func() time.Time { return at().Add(23 * time.Hour) }},
			past:   Past{FiledLast: at()},
			want:   Deferred, why: "abuse@example.net got a complaint about 192.0.2.0/24 on 2026-01-02 03:04 UTC, and the next may follow on 2026-01-03 03:04 UTC.",
		},
		{
			name:   "the pause is over",
			policy: Policy{CoolDown: 24 * time.Hour, Now: func() time.Time { return at().Add(24 * time.Hour) }},
			past:   Past{FiledLast: at()},
			want:   WouldSend, why: "abuse@example.net takes complaints about 192.0.2.7.", to: "abuse@example.net",
		},
		{
			name:   "a mailing list that signs its mail",
			change: func(inc *Incident) { inc.Message.Raw = []byte(listMail) },
			want:   Skipped, why: "It comes from a mailing list of shop.example, which signed it and offers to unsubscribe; complaint.lists = true reports such mail, too.",
		},
		{
			name: "a mailing list, when they are reported, too", policy: Policy{Lists: true},
			change: func(inc *Incident) { inc.Message.Raw = []byte(listMail) },
			want:   WouldSend, why: "abuse@example.net takes complaints about 192.0.2.7.", to: "abuse@example.net",
		},
		{
			name: "the own network", policy: Policy{Own: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/28")}},
			want: Skipped, why: "192.0.2.7 lies in your own network 192.0.2.0/28.",
		},
		{
			name:   "old spam",
			policy: Policy{MaxAge: 72 * time.Hour, Now: func() time.Time { return at().Add(100 * 24 * time.Hour) }},
			want:   Skipped, why: "The message is 100 days old, and complaints are filed for 3 days.",
		},
		{
			name:   "spam of unknown age",
			policy: Policy{MaxAge: time.Hour, Now: func() time.Time { return at().Add(99 * time.Hour) }},
			change: func(inc *Incident) { inc.Received = time.Time{} },
			want:   WouldSend, why: "abuse@example.net takes complaints about 192.0.2.7.", to: "abuse@example.net",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inc := testIncident(nil)
			if tt.change != nil {
				tt.change(&inc)
			}
			got := tt.policy.Decide(inc, func(Key) Past {
				tt.past.FiledDay = tt.filed
				return tt.past
			})
			if got.Action != tt.want || got.Why != tt.why {
				t.Errorf("got %s: %s\nwant %s: %s", got.Action, got.Why, tt.want, tt.why)
			}
			to := ""
			if len(got.To) == 1 {
				to = got.To[0].Email
			}
			if to != tt.to {
				t.Errorf("to %v, want %q", got.To, tt.to)
			}
		})
	}
}

// listMail is a newsletter as its recipient's server saw it.
const listMail = "Received: from mx.example.org by imap.example.org; x\r\n" +
	"Authentication-Results: mx.example.org; dkim=pass (2048-bit key; secure)\r\n header.d=mail.shop.example header.s=a; dmarc=none\r\n" +
	"Received: from friend by mx.example.org; x\r\nFrom: Shop <news@shop.example>\r\n" +
	"List-Unsubscribe: <https://shop.example/u>\r\nSubject: News\r\n\r\nNew this week\r\n"

func TestOnlyAVouchedForListIsOne(t *testing.T) {
	for name, change := range map[string][2]string{
		"no offer to unsubscribe":            {"List-Unsubscribe", "X-Nothing"},
		"a signature that failed":            {"dkim=pass", "dkim=fail"},
		"the signature of somebody else":     {"header.d=mail.shop.example", "header.d=mailer.example"},
		"a pass in a comment":                {"dkim=pass (2048-bit key; secure)", "dkim=fail (dkim=pass; dkim=pass header.d=shop.example)"},
		"results that came with the message": {"From: Shop", "Authentication-Results: mx.example.org; dmarc=pass header.from=shop.example\r\nFrom: Shop"},
		"no results at all":                  {"Authentication-Results: mx", "X-Was: mx"},
	} {
		raw := strings.Replace(listMail, change[0], change[1], 1)
		if name == "results that came with the message" {
			raw = strings.Replace(raw, "dkim=pass", "dkim=none", 1)
		}
		if raw == listMail {
			t.Fatalf("%s: nothing changed", name)
		}
		if domain, yes := testIncident([]byte(raw)).fromList(); yes {
			t.Errorf("%s: taken for a list of %s", name, domain)
		}
	}
	for _, written := range []string{"list-unsubscribe: <", "LIST-UNSUBSCRIBE :\t<", "List-Id:\r\n <", "LIST-Id: <"} {
		raw := strings.Replace(listMail, "List-Unsubscribe: <", written, 1)
		for _, before := range []string{"", "\xef\xbb\xbf", "From x\r\n>From y\n"} {
			if _, yes := testIncident([]byte(before + raw)).fromList(); !yes {
				t.Errorf("%q behind %q is not recognised", written, before)
			}
		}
	}
	raw := strings.Replace(listMail, "dmarc=none", "dmarc=pass header.from=shop.example", 1)
	if _, yes := testIncident([]byte(strings.Replace(raw, "dkim=pass", "dkim=none", 1))).fromList(); !yes {
		t.Error("a list that passes DMARC is not recognised")
	}
}

func TestIdentityValidate(t *testing.T) {
	for email, ok := range map[string]bool{
		"reports@example.org":             true,
		"":                                false,
		Placeholder:                       false,
		"reports@localhost":               false,
		"Rosa <reports@example.org>":      false,
		"reports@example.org\r\nBcc: x@y": false,
	} {
		if err := (Identity{Email: email}).Validate(); (err == nil) != ok {
			t.Errorf("%q: %v", email, err)
		}
	}
}

func TestWithoutIdentityTheComplaintBearsAPlaceholder(t *testing.T) {
	c := testComposer(t)
	c.Identity = Identity{}
	got := compose(t, c, testIncident(readSpam(t, "lottery.eml")))
	checkMessage(t, got)
	if got.From != Placeholder {
		t.Errorf("From %q", got.From)
	}
}
