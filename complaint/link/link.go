package link

import (
	"net/netip"
	"regexp"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
	"golang.org/x/net/publicsuffix"
)

// Place is where in a message an address stands.
type Place string

// The places. Whoever is to act on a link wants to know what it does there:
// pictures and styles are often taken from the brand that the sender pretends
// to be.
const (
	Anchor  Place = "link"     // a, area: somebody clicks on it
	Form    Place = "form"     // where what is typed in goes to
	Refresh Place = "redirect" // meta refresh, script: followed without a click
	Text    Place = "text"     // a bare address in text
	Picture Place = "picture"  // img, background, CSS: only loaded
	Other   Place = "resource" // style sheets and the like
)

// Leads reports whether somebody gets to the page there, on purpose or not;
// pictures and styles only decorate the mail.
func (p Place) Leads() bool { return p != Picture && p != Other }

// Link is a web address in a message.
type Link struct {
	URL   string // as a browser would write it, real and clickable: see Shown
	Host  string // in A-labels and lower case, or the address of a literal
	Place Place
	Label string // the text that is clicked on, MaxLabel octets at most; only of anchors

	// Password says that the form asks for one.
	Password bool

	// Hidden says that no reader sees it: such links are there for filters.
	Hidden bool

	// Addr is the address when the host is a literal; else it is not valid.
	Addr netip.Addr

	// Domain is the host's name as somebody registered it, at a domain
	// registry or at a service that hands out subdomains; empty for a literal
	// and for names without a public suffix.
	Domain string

	// Via are the hosts of the redirectors that were unwrapped, outermost first.
	Via []string
}

// Bounds of one message.
const (
	MaxLinks  = 500     // what is read at most
	MaxURL    = 4 << 10 // octets of an address, as written; the rest is cut off
	MaxLabel  = 200     // octets of the text that is clicked on
	maxUnwrap = 5       // redirectors in redirectors
)

// parser reads as browsers do. Spam percent-encodes what it should not.
var parser = whatwg.NewParser(whatwg.WithPercentEncodeSinglePercentSign())

// Parse reads one address and unwraps it. Without a scheme, ok is false, as it
// is for schemes other than http and https: they lead to no host.
func Parse(raw string) (l Link, ok bool) {
	return parse(raw, nil, "")
}

func parse(raw string, via []string, base string) (l Link, ok bool) {
	raw = refang(strings.TrimSpace(raw))
	if raw == "" {
		return Link{}, false
	}
	raw = raw[:min(len(raw), MaxURL)]
	if version.MatchString(raw) {
		return Link{}, false
	}
	u, err := parser.Parse(raw)
	if err != nil && base != "" {
		u, err = parser.ParseRef(base, raw)
	}
	if err != nil || u.Protocol() != "http:" && u.Protocol() != "https:" {
		return Link{}, false
	}
	if inner, wrapped := unwrap(u); wrapped && len(via) < maxUnwrap {
		if l, ok := parse(inner, append(via, u.Hostname()), ""); ok {
			return l, true
		}
	}
	l = Link{URL: u.Href(false), Via: via}
	l.Host = strings.TrimSuffix(u.Hostname(), ".")
	if a, err := netip.ParseAddr(strings.Trim(l.Host, "[]")); err == nil {
		l.Addr = a.Unmap()
		l.Host = l.Addr.String()
		return l, true
	}
	if !strings.Contains(l.Host, ".") || len(l.Host) > 253 {
		return Link{}, false // localhost, an intranet: nobody to write to
	}
	l.Domain, _ = publicsuffix.EffectiveTLDPlusOne(l.Host)
	return l, true
}

// version is three numbers, which browsers read as an address (1.2.0.3) and
// people as a version.
var version = regexp.MustCompile(`(?i)^https?:/*[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?:[/?#:]|$)`)

// refang undoes what careful people do to addresses before they pass them on.
func refang(s string) string {
	if len(s) > 4 && (s[0] == 'h' || s[0] == 'H') && strings.EqualFold(s[1:3], "xx") && (s[3] == 'p' || s[3] == 'P') {
		s = "htt" + s[3:]
		host, rest, found := strings.Cut(strings.ReplaceAll(s, "[:]", ":"), "//")
		if found {
			authority, path, slash := strings.Cut(rest, "/")
			authority = strings.NewReplacer("[.]", ".", "(.)", ".", "[dot]", ".").Replace(authority)
			s = host + "//" + authority
			if slash {
				s += "/" + path
			}
		}
	}
	return s
}

// Shown is the address made harmless for a letter: no mail program makes a link
// of it, and it is printable ASCII on one line. It is not cut: what hides in it
// must be taken out before that.
func (l Link) Shown() string { return strings.Replace(l.URL, "http", "hxxp", 1) }
