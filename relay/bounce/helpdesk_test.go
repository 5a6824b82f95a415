package bounce

import (
	"net/url"
	"strings"
	"testing"
)

func TestEveryHelpdeskIsFoundByEachOfItsWordsAndDomains(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range helpdesks {
		t.Run(row.Name, func(t *testing.T) {
			if u, err := url.Parse(row.URL); err != nil || u.Scheme != "https" || u.Host == "" || seen[row.Name] {
				t.Errorf("%s: %s %v", row.Name, row.URL, err)
			}
			seen[row.Name] = true
			if len(row.words)+len(row.domains) == 0 {
				t.Error("nothing leads to it")
			}
			for _, w := range row.words {
				got, ok := WhereToAsk("550 5.7.1 Refused, "+strings.ToUpper(w)+" says so", "a@nowhere.example")
				if !ok || got != row.Helpdesk {
					t.Errorf("%q leads to %s", w, got.Name)
				}
			}
			for _, d := range row.domains {
				if got, ok := WhereToAsk("550 no", "a@"+strings.ToUpper(d)); !ok || got != row.Helpdesk {
					t.Errorf("%s leads to %s", d, got.Name)
				}
			}
		})
	}
}

func TestAListThatAProviderQuotesIsAsked(t *testing.T) {
	for _, tc := range []struct{ reply, recipient, want string }{
		{"554 5.7.1 blocked using zen.spamhaus.org", "a@outlook.com", "Spamhaus"},
		{"550 5.7.1 our system has detected an unusual rate of mail", "a@gmail.com", "Gmail"},
		{"550 no", "a@example.org", ""},
		{"550 no", "gmail.com", "Gmail"},
		{"550 no", "a@notgmail.com", ""},
		{"", "", ""},
	} {
		if got, _ := WhereToAsk(tc.reply, tc.recipient); got.Name != tc.want {
			t.Errorf("%q to %s: %q", tc.reply, tc.recipient, got.Name)
		}
	}
}

func TestOnlyAPageThatPeopleCanVisitIsAHelpPage(t *testing.T) {
	for _, tc := range []struct{ reply, want string }{
		{"blocked, see https://www.spamhaus.org/query/ip/192.0.2.7.", "https://www.spamhaus.org/query/ip/192.0.2.7"},
		{"see (http://mail.example/why?ip=192.0.2.7&x=1)", "http://mail.example/why?ip=192.0.2.7&x=1"},
		{"see javascript:alert(1)", ""},
		{"see https://user:secret@evil.example/", ""},
		{"see https:///nothing", ""},
		{`see https://www.spam.o"r/`, "https://www.spam.o"},
		{`see https://x.example/?ip="192.0.2.7"`, "https://x.example/?ip="},
		{"see https://<b>.example/", ""},
		{"see https://localhost/", ""},
		{"see https://x.example/\x1b[31m", "https://x.example/"},
		{`see https://x.example/"><script>`, "https://x.example/"},
		{"no page", ""},
	} {
		got := HelpPage(tc.reply)
		if got != tc.want && tc.want != "" || tc.want == "" && got != "" {
			t.Errorf("%q: %q", tc.reply, got)
		}
	}
}

func FuzzHelpPage(f *testing.F) {
	f.Add("see https://www.spamhaus.org/query/ip/192.0.2.7.")
	f.Add("http://a.b\x00")
	f.Fuzz(func(t *testing.T, reply string) {
		page := HelpPage(reply)
		if strings.ContainsAny(page, "<>\"\x1b \r\n") {
			t.Errorf("%q", page)
		}
	})
}
