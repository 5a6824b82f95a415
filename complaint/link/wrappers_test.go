package link

import (
	"slices"
	"strings"
	"testing"
)

// wrapped has an example for every row of the table, and where it leads.
var wrapped = []struct{ raw, want string }{
	{"https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fevil.example%2Fx&data=05%7C02", "https://evil.example/x"},
	{"https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url=https%3A%2F%2Fevil.example%2F", "https://evil.example/"},
	{"https://urldefense.proofpoint.com/v1/url?u=http://evil.example/&k=abc", "http://evil.example/"},
	{"https://urldefense.proofpoint.com/v2/url?u=https-3A__evil.example_a-2Db_-3Fx-3D1&d=DwMFaQ&c=x", "https://evil.example/a-b/?x=1"},
	{"https://urldefense.com/v3/__https://evil.example/a*b__;Iw!!abc!def$", "https://evil.example/a#b"},
	{"https://urldefense.com/v3/__https://evil.example/**Ax__;4oCm4oCm!!abc$", "https://evil.example/%E2%80%A6%E2%80%A6x"},
	{"https://urldefense.com/v3/__https://evil.example/?a=b__;!!abc!def$", "https://evil.example/?a=b"},
	{"https://urldefense.us/v3/__http://evil.example/__;!!abc$", "http://evil.example/"},
	{"https://clicktime.symantec.com/39e8T?u=http%3A%2F%2Fevil.example%2F", "http://evil.example/"},
	{"https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fevil.example%2f&c=E,1", "https://evil.example/"},
	{"https://eu.mimecastprotect.com/redirect/abc?u=http%3A%2F%2Fevil.example", "http://evil.example/"},
	{"https://secure-web.cisco.com/1abc-d/https%3A%2F%2Fevil.example%2Fx", "https://evil.example/x"},
	{"https://eu-west-1.protection.sophos.com/?d=evil.example&u=aHR0cHM6Ly9ldmlsLmV4YW1wbGUvcGF5&i=1", "https://evil.example/pay"},
	{"https://eu-west-1.protection.sophos.com/?d=evil.example", "http://evil.example/"},
	{"https://deref-gmx.net/mail/client/abc/dereferrer/?redirectUrl=https%3A%2F%2Fevil.example", "https://evil.example/"},
	{"https://deref-web.de/mail/client/abc/dereferrer/?redirectUrl=https%3A%2F%2Fevil.example", "https://evil.example/"},
	{"https://deref-mail.com/mail/client/abc/dereferrer/?redirectUrl=https%3A%2F%2Fevil.example", "https://evil.example/"},
	{"https://www.google.com/url?q=http://evil.example/&sa=D", "http://evil.example/"},
	{"https://www.google.co.uk/url?sa=t&url=https%3A%2F%2Fevil.example", "https://evil.example/"},
	{"https://google.com/url?q=//evil.example/", "http://evil.example/"},
	{"https://maps.google.com/url?q=http://evil.example/", "http://evil.example/"},
	{"https://images.google.de/url?q=http://evil.example/", "http://evil.example/"},
	{"https://www.google.com/amp/s/evil.example/page", "http://evil.example/page"},
	{"https://adclick.g.doubleclick.net/pcs/click?xai=1&adurl=https://evil.example", "https://evil.example/"},
	{"https://googleads.g.doubleclick.net/pcs/click?adurl=https://evil.example", "https://evil.example/"},
	{"https://www.googleadservices.com/pagead/aclk?sa=L&adurl=http://evil.example", "http://evil.example/"},
	{"https://www.youtube.com/redirect?q=http%3A%2F%2Fevil.example", "http://evil.example/"},
	{"https://l.facebook.com/l.php?u=http%3A%2F%2Fevil.example%2F&h=AT0", "http://evil.example/"},
	{"https://lm.facebook.com/l.php?u=http%3A%2F%2Fevil.example%2F", "http://evil.example/"},
	{"https://l.instagram.com/?u=http%3A%2F%2Fevil.example%2F", "http://evil.example/"},
	{"https://l.messenger.com/l.php?u=http%3A%2F%2Fevil.example%2F", "http://evil.example/"},
	{"https://www.linkedin.com/redir/redirect?url=http%3A%2F%2Fevil%2Eexample", "http://evil.example/"},
	{"https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cHM6Ly9ldmlsLmV4YW1wbGUv&ntb=1", "https://evil.example/"},
	{"https://slack-redir.net/link?url=https%3A%2F%2Fevil.example", "https://evil.example/"},
	{"https://href.li/?https://evil.example/x", "https://evil.example/x"},
	{"https://duckduckgo.com/l/?uddg=https%3A%2F%2Fevil.example", "https://evil.example/"},
	{"https://steamcommunity.com/linkfilter/?url=https://evil.example", "https://evil.example/"},
	{"https://vk.com/away.php?to=http%3A%2F%2Fevil.example", "http://evil.example/"},
	{"https://away.vk.com/away.php?to=http%3A%2F%2Fevil.example", "http://evil.example/"},
	{"https://translate.google.com/translate?sl=auto&u=http://evil.example", "http://evil.example/"},
}

func TestRedirectorsAreUnwrapped(t *testing.T) {
	for _, tt := range wrapped {
		l, ok := Parse(tt.raw)
		if !ok || l.URL != tt.want || len(l.Via) != 1 {
			t.Errorf("%s:\n got %s by %v, want %s", tt.raw, l.URL, l.Via, tt.want)
		}
	}
}

func TestEveryRedirectorHasAnExample(t *testing.T) {
	for _, w := range wrappers {
		if !slices.ContainsFunc(wrapped, func(c struct{ raw, want string }) bool {
			u, err := parser.Parse(c.raw)
			return err == nil && w.at(u.Hostname(), u.Pathname())
		}) {
			t.Errorf("no example for %s%s", w.host, w.path)
		}
	}
}

func TestRedirectorsInRedirectors(t *testing.T) {
	l, ok := Parse("https://www.google.com/url?q=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttp%253A%252F%252Fevil.example%252F")
	if !ok || l.Host != "evil.example" || strings.Join(l.Via, " ") != "www.google.com l.facebook.com" {
		t.Errorf("%+v", l)
	}
	deep := "http://evil.example/"
	for range 3 * maxUnwrap {
		deep = "https://href.li/?" + deep
	}
	if l, ok := Parse(deep); !ok || l.Host != "href.li" || len(l.Via) != maxUnwrap {
		t.Errorf("%+v", l)
	}
}

func TestWhatIsNoRedirectorIsLeftAlone(t *testing.T) {
	for raw, host := range map[string]string{
		"https://www.google.com/search?q=http://evil.example/":                        "www.google.com",
		"https://www.google.com/url?q=":                                               "www.google.com",
		"https://www.google.com/url?q=mailto:a@evil.example":                          "www.google.com",
		"https://www.google.evil.example/url?q=http://a.example/":                     "www.google.evil.example",
		"https://urldefense.com/v3/__":                                                "urldefense.com",
		"https://urldefense.proofpoint.com/v2/url?u=https-3A":                         "urldefense.proofpoint.com",
		"https://www.bing.com/ck/a?u=a1%%%":                                           "www.bing.com",
		"https://safelinks.protection.outlook.com.evil.example/?url=http://a.example": "safelinks.protection.outlook.com.evil.example",
	} {
		if l, ok := Parse(raw); !ok || l.Host != host || len(l.Via) != 0 {
			t.Errorf("%s: %+v", raw, l)
		}
	}
}

// FuzzUnwrap: no address is unwrapped without end, and nothing is made up that
// is no address.
func FuzzUnwrap(f *testing.F) {
	for _, tt := range wrapped {
		f.Add(tt.raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		l, ok := Parse(raw)
		if ok && (len(l.Via) > maxUnwrap || l.Host == "" || !strings.HasPrefix(l.URL, "http")) {
			t.Fatalf("%+v", l)
		}
	})
}
