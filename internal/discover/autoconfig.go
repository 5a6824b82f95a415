package discover

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html/charset"
)

// maxFile is how long an autoconfig file may be.
const maxFile = 256 << 10

// autoconfig is a file in Thunderbird's format:
// wiki.mozilla.org/Thunderbird:Autoconfiguration:ConfigFileFormat
type autoconfig struct {
	Provider struct {
		Incoming []serverEntry `xml:"incomingServer"`
		Outgoing []serverEntry `xml:"outgoingServer"`
	} `xml:"emailProvider"`
}

type serverEntry struct {
	Type           string   `xml:"type,attr"`
	Host           string   `xml:"hostname"`
	Port           int      `xml:"port"`
	Socket         string   `xml:"socketType"`
	User           string   `xml:"username"`
	Authentication []string `xml:"authentication"`
}

// sockets are the words for TLS; the other one is "plain".
var sockets = map[string]Security{"SSL": Implicit, "STARTTLS": STARTTLS}

func (f *Finder) own(ctx context.Context, address, domain string) (Found, bool) {
	sources := f.Own
	if sources == nil {
		sources = ownFiles
	}
	return f.files(ctx, sources, address, domain)
}

func (f *Finder) collected(ctx context.Context, address, domain string) (Found, bool) {
	sources := f.Collected
	if sources == nil {
		sources = collectedFiles
	}
	return f.files(ctx, sources, address, domain)
}

func (f *Finder) files(ctx context.Context, sources []string, address, domain string) (Found, bool) {
	for _, source := range sources {
		page := strings.Replace(source, "%s", domain, 1)
		page = strings.Replace(page, "%s", url.QueryEscape(address), 1)
		file, err := f.fetch(ctx, page)
		if err != nil {
			continue
		}
		if found, ok := file.servers(address, domain); ok {
			where, _, _ := strings.Cut(page, "?")
			found.Source = where
			return found, true
		}
	}
	return Found{}, false
}

func (f *Finder) fetch(ctx context.Context, page string) (autoconfig, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return autoconfig{}, err
	}
	client := f.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	// A copy, since the caller's client must not be changed.
	safe := *client
	safe.CheckRedirect = onlyHTTPS(request.URL.Scheme)
	answer, err := safe.Do(request)
	if err != nil {
		return autoconfig{}, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return autoconfig{}, fmt.Errorf("%s: %s", page, answer.Status)
	}
	return parse(io.LimitReader(answer.Body, maxFile))
}

// onlyHTTPS lets no redirect lead to where the file could be changed on the
// way.
func onlyHTTPS(scheme string) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, before []*http.Request) error {
		if next.URL.Scheme != scheme || len(before) > 3 {
			return http.ErrUseLastResponse
		}
		return nil
	}
}

func parse(r io.Reader) (autoconfig, error) {
	decoder := xml.NewDecoder(r)
	decoder.CharsetReader = charset.NewReaderLabel
	var file autoconfig
	err := decoder.Decode(&file)
	return file, err
}

// servers takes the first servers of a file that are of use.
func (a autoconfig) servers(address, domain string) (Found, bool) {
	imap, ok := pick(a.Provider.Incoming, "imap", address, domain)
	if !ok {
		return Found{}, false
	}
	found := Found{IMAP: imap.server, OAuth2: imap.oauth}
	if smtp, ok := pick(a.Provider.Outgoing, "smtp", address, domain); ok {
		found.Submission = smtp.server
	}
	return found, true
}

type picked struct {
	server Server
	oauth  string
}

func pick(entries []serverEntry, kind, address, domain string) (picked, bool) {
	for _, e := range entries {
		security, safe := sockets[strings.TrimSpace(e.Socket)]
		host := strings.TrimSpace(fill(e.Host, address, domain))
		if e.Type != kind || !safe || !isHost(host) || e.Port < 1 || e.Port > 65535 {
			continue
		}
		user := strings.TrimSpace(fill(e.User, address, domain))
		if user == "" || strings.ContainsAny(user, "\r\n\x00") {
			user = address
		}
		p := picked{server: Server{Host: host, Port: e.Port, Security: security, User: user}}
		if len(e.Authentication) > 0 && !takesPassword(e.Authentication) {
			p.oauth = "other"
			if known, ok := byDomain(domain); ok {
				p.oauth = known.oauth2
			}
		}
		return p, true
	}
	return picked{}, false
}

func takesPassword(authentication []string) bool {
	for _, a := range authentication {
		if strings.HasPrefix(a, "password-") || a == "plain" || a == "secure" {
			return true
		}
	}
	return false
}

// fill puts the address into the place-holders of a file.
func fill(text, address, domain string) string {
	local := address[:strings.LastIndexByte(address, '@')]
	return strings.NewReplacer("%EMAILADDRESS%", address, "%EMAILLOCALPART%", local, "%EMAILDOMAIN%", domain).Replace(text)
}
