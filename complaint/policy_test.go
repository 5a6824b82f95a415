package complaint

import (
	"net/netip"
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
			policy: Policy{Never: func(string) (string, bool) { return "it is a placeholder.", true }},
			want:   Skipped, why: "abuse@example.net must not be mailed: it is a placeholder.",
		},
		{
			name:   "the next contact is taken when the best must not be mailed",
			policy: Policy{Never: func(e string) (string, bool) { return "no", e == "abuse@example.net" }},
			change: func(inc *Incident) {
				inc.Lookup.Contacts = append(desk(), lookup.Contact{Email: "noc@example.net"})
			},
			want: WouldSend, why: "noc@example.net takes complaints about 192.0.2.7.", to: "noc@example.net",
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
			got := tt.policy.Decide(inc, func(string) int { return tt.filed })
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
