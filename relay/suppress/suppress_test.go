package suppress_test

import (
	"strings"
	"testing"
	"time"

	"spamreport/relay/bounce"
	"spamreport/relay/suppress"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestOnlyWhatSpeaksAgainstTheAddressIsListed(t *testing.T) {
	for _, tc := range []struct {
		name  string
		reply string
		days  int // 0: not listed
	}{
		{"nobody there", "550 5.1.1 no such user", 180},
		{"the code alone misleads", "550 5.7.1 user unknown", 180},
		{"an account that was closed", "550 5.2.1 this account has been disabled", 180},
		{"somebody who moved", "551 5.1.6 user has moved, please try new@example.net", 365},
		{"no such domain", "550 5.1.2 domain does not exist", 30},
		{"a domain that takes no mail", "556 5.1.10 recipient address has null MX", 90},
		{"our own smarthost wants a login", "550 5.7.1 relay access denied", 0},
		{"our own smarthost wants another login", "530 5.7.0 authentication required", 0},
		{"a blocklist", "550 5.1.1 blocked using zen.spamhaus.org", 0},
		{"a bad reputation", "554 5.7.1 your IP has a poor reputation", 0},
		{"spam", "550 5.7.1 message rejected as spam", 0},
		{"a full mailbox", "552 5.2.2 mailbox full", 0},
		{"greylisting", "450 4.7.1 greylisted, try again later", 0},
		{"too large", "552 5.3.4 message too large", 0},
		{"nothing that anybody understands", "550 zzz", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e, listed := suppress.Of("Zoe@Example.org", bounce.Classify(0, "", tc.reply), tc.reply, now)
			if listed != (tc.days > 0) {
				t.Fatalf("%q: listed %v", tc.reply, listed)
			}
			if !listed {
				return
			}
			if e.Address != "zoe@example.org" || e.Reason != suppress.Hard || e.Source != tc.reply {
				t.Errorf("%+v", e)
			}
			if days := int(e.Expires.Sub(now).Hours() / 24); days != tc.days {
				t.Errorf("%q is listed for %d days, not %d", tc.reply, days, tc.days)
			}
			if !e.In(e.Expires.Add(-1)) || e.In(e.Expires) {
				t.Error("the entry does not end when it says")
			}
		})
	}
}

func TestAnEntrySaysSinceWhenAndHowToLiftIt(t *testing.T) {
	e := suppress.Entry{Address: "zoe@example.org", Reason: suppress.Complaint, Since: now}
	want := "on the suppression list since 2026-11-24: its owner complained about our mail; to lift it: spamreport relay suppress remove zoe@example.org"
	if e.String() != want {
		t.Errorf("%s", e)
	}
	e = suppress.Entry{Address: "zoe@example.org", Reason: suppress.Hard, Source: strings.Repeat("ä", 300), Since: now, Expires: now.AddDate(0, 1, 0)}
	if got := e.String(); len(got) > 400 || !strings.Contains(got, "until 2026-12-24") {
		t.Errorf("%s", got)
	}
	if !(suppress.Entry{Address: "a@b"}).In(now.AddDate(100, 0, 0)) || (suppress.Entry{}).In(now) {
		t.Error("an entry that never expires, or none at all")
	}
}
