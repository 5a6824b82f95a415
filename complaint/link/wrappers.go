package link

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// wrapper is a redirector that has the real address inside its own.
type wrapper struct {
	host  string   // its host; "*.x" is any name below x, "*" any host
	path  string   // how its path starts
	param []string // the parameters that hold the address, the likeliest first

	// inside reads addresses of another form; it gets the whole wrapped one.
	inside func(u *whatwg.Url) string
}

// wrappers are those that are known. A row needs a case in the tests. What only
// its operator can look up (a shortener, the click counter of a sender) is no
// wrapper.
var wrappers = []wrapper{
	// Scanners of mail providers and gateways write links anew.
	{host: "*.safelinks.protection.outlook.com", path: "/", param: []string{"url"}},
	{host: "statics.teams.cdn.office.net", path: "/evergreen-assets/safelinks", param: []string{"url"}},
	{host: "urldefense.proofpoint.com", path: "/v1/", param: []string{"u"}},
	{host: "urldefense.proofpoint.com", path: "/v2/", inside: proofpoint2},
	{host: "urldefense.com", path: "/v3/", inside: proofpoint3},
	{host: "urldefense.us", path: "/v3/", inside: proofpoint3},
	{host: "clicktime.symantec.com", path: "/", param: []string{"u"}},
	{host: "linkprotect.cudasvc.com", path: "/url", param: []string{"a"}},
	{host: "*.mimecastprotect.com", path: "/redirect", param: []string{"u"}},
	{host: "secure-web.cisco.com", path: "/", inside: lastPathSegment},
	{host: "*.protection.sophos.com", path: "/", inside: sophos},
	{host: "deref-gmx.net", path: "/mail/client/", param: []string{"redirectUrl"}},
	{host: "deref-web.de", path: "/mail/client/", param: []string{"redirectUrl"}},
	{host: "deref-mail.com", path: "/mail/client/", param: []string{"redirectUrl"}},

	// Open redirectors that spam uses for their good name.
	{host: "www.google.*", path: "/url", param: []string{"q", "url"}},
	{host: "google.*", path: "/url", param: []string{"q", "url"}},
	{host: "maps.google.*", path: "/url", param: []string{"q", "url"}},
	{host: "images.google.*", path: "/url", param: []string{"q", "url"}},
	{host: "www.google.*", path: "/amp/", inside: amp},
	{host: "adclick.g.doubleclick.net", path: "/", param: []string{"adurl"}},
	{host: "googleads.g.doubleclick.net", path: "/", param: []string{"adurl"}},
	{host: "www.googleadservices.com", path: "/pagead/aclk", param: []string{"adurl"}},
	{host: "www.youtube.com", path: "/redirect", param: []string{"q"}},
	{host: "l.facebook.com", path: "/l.php", param: []string{"u"}},
	{host: "lm.facebook.com", path: "/l.php", param: []string{"u"}},
	{host: "l.instagram.com", path: "/", param: []string{"u"}},
	{host: "l.messenger.com", path: "/l.php", param: []string{"u"}},
	{host: "www.linkedin.com", path: "/redir/redirect", param: []string{"url"}},
	{host: "www.bing.com", path: "/ck/a", inside: bing},
	{host: "slack-redir.net", path: "/link", param: []string{"url"}},
	{host: "href.li", path: "/", inside: wholeQuery},
	{host: "duckduckgo.com", path: "/l/", param: []string{"uddg"}},
	{host: "steamcommunity.com", path: "/linkfilter/", param: []string{"u", "url"}},
	{host: "vk.com", path: "/away.php", param: []string{"to"}},
	{host: "away.vk.com", path: "/away.php", param: []string{"to"}},
	{host: "translate.google.com", path: "/translate", param: []string{"u"}},
}

// unwrap finds the real address in the one of a redirector.
func unwrap(u *whatwg.Url) (inner string, wrapped bool) {
	host := strings.ToLower(u.Hostname())
	for _, w := range wrappers {
		if !w.at(host, u.Pathname()) {
			continue
		}
		if w.inside != nil {
			inner = w.inside(u)
		}
		for _, name := range w.param {
			if inner == "" {
				inner = u.SearchParams().Get(name)
			}
		}
		if inner != "" && !strings.Contains(inner, ":") {
			inner = "http://" + strings.TrimLeft(inner, "/")
		}
		return inner, inner != ""
	}
	return "", false
}

// at reports whether the wrapper is at home at a host and path.
func (w wrapper) at(host, path string) bool {
	if !strings.HasPrefix(path, w.path) {
		return false
	}
	if below, ok := strings.CutPrefix(w.host, "*"); ok {
		return strings.HasSuffix(host, below)
	}
	if start, ok := strings.CutSuffix(w.host, ".*"); ok { // google.com, google.co.uk
		rest, ok := strings.CutPrefix(host, start+".")
		return ok && len(rest) <= 6 && strings.Count(rest, ".") <= 1
	}
	return host == w.host
}

// proofpoint2 undoes URL Defense v2: %68 is -68, / is _.
func proofpoint2(u *whatwg.Url) string {
	s := u.SearchParams().Get("u")
	s = strings.NewReplacer("-", "%", "_", "/").Replace(s)
	plain, err := url.PathUnescape(s)
	if err != nil {
		return ""
	}
	return plain
}

// v3 is URL Defense v3: /v3/__ADDRESS__;BYTES!…, where each * in the address
// stands for a character that is kept in BYTES.
var v3 = regexp.MustCompile(`^/v3/__(.+?)__;([^!]*)!`)

// v3Runs are the letters that say how many characters a ** stands for.
const v3Runs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func proofpoint3(u *whatwg.Url) string {
	// The address inside may have a query, which a parser takes for ours.
	m := v3.FindStringSubmatch(u.Pathname() + u.Search())
	if m == nil {
		return ""
	}
	kept, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(m[2], "="))
	if err != nil {
		kept = nil
	}
	rest := []rune(string(kept))
	take := func(n int) string {
		n = min(n, len(rest))
		s := string(rest[:n])
		rest = rest[n:]
		return s
	}
	var out strings.Builder
	for i := 0; i < len(m[1]); i++ {
		switch {
		case m[1][i] != '*':
			out.WriteByte(m[1][i])
		case i+2 < len(m[1]) && m[1][i+1] == '*' && strings.IndexByte(v3Runs, m[1][i+2]) >= 0:
			out.WriteString(take(strings.IndexByte(v3Runs, m[1][i+2]) + 2))
			i += 2
		default:
			out.WriteString(take(1))
		}
	}
	// The path parser may have taken one of the two slashes away.
	s := out.String()
	if scheme, rest, ok := strings.Cut(s, ":/"); ok && !strings.HasPrefix(rest, "/") {
		s = scheme + "://" + rest
	}
	return s
}

// lastPathSegment reads …/HASH/https%3A%2F%2Fevil.example%2F.
func lastPathSegment(u *whatwg.Url) string {
	path := u.Pathname()
	plain, err := url.PathUnescape(path[strings.LastIndexByte(path, '/')+1:])
	if err != nil || !strings.HasPrefix(strings.ToLower(plain), "http") {
		return ""
	}
	return plain
}

// sophos has the domain in d and the whole address, in base64, in u.
func sophos(u *whatwg.Url) string {
	if plain := fromBase64(u.SearchParams().Get("u")); strings.HasPrefix(plain, "http") {
		return plain
	}
	return u.SearchParams().Get("d")
}

// bing has it in base64 behind "a1".
func bing(u *whatwg.Url) string {
	s, ok := strings.CutPrefix(u.SearchParams().Get("u"), "a1")
	if plain := fromBase64(s); ok && strings.HasPrefix(plain, "http") {
		return plain
	}
	return ""
}

func fromBase64(s string) string {
	s = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
	plain, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return ""
	}
	return string(plain)
}

// wholeQuery reads https://href.li/?https://evil.example/.
func wholeQuery(u *whatwg.Url) string { return strings.TrimPrefix(u.Search(), "?") }

// amp reads an address without its scheme: /amp/s/evil.example/page.
func amp(u *whatwg.Url) string {
	path := strings.TrimPrefix(strings.TrimPrefix(u.Pathname(), "/amp/"), "s/")
	return "http://" + path
}
