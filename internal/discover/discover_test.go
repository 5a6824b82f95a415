package discover_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spamreport/internal/discover"
)

// zone is a resolver that knows what it was given.
type zone struct {
	srv map[string]net.SRV // by "service domain"
	mx  map[string]string
}

var errNoSuch = &net.DNSError{Err: "no such host", IsNotFound: true}

func (z zone) LookupSRV(_ context.Context, service, _, name string) (string, []*net.SRV, error) {
	if record, ok := z.srv[service+" "+name]; ok {
		return "", []*net.SRV{&record}, nil
	}
	return "", nil, errNoSuch
}

func (z zone) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	if host, ok := z.mx[name]; ok {
		return []*net.MX{{Host: host, Pref: 10}}, nil
	}
	return nil, errNoSuch
}

// nowhere is a network without anybody.
func nowhere(context.Context, string, string) (net.Conn, error) { return nil, errNoSuch }

const file = `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="example.org"><domain>example.org</domain>
<incomingServer type="pop3"><hostname>pop.example.org</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
<incomingServer type="imap"><hostname>old.example.org</hostname><port>143</port><socketType>plain</socketType></incomingServer>
<incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType>
<username>%EMAILLOCALPART%</username><authentication>password-cleartext</authentication></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.example.org</hostname><port>587</port><socketType>STARTTLS</socketType>
<username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>`

// web serves the autoconfig files of a table, by path.
func web(t *testing.T, files map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = fmt.Fprint(w, text)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestServersAreFound(t *testing.T) {
	inFile := discover.Found{
		IMAP:       discover.Server{Host: "imap.example.org", Port: 993, Security: discover.Implicit, User: "zoe"},
		Submission: discover.Server{Host: "smtp.example.org", Port: 587, Security: discover.STARTTLS, User: "zoe@example.org"},
	}
	for name, tc := range map[string]struct {
		address string
		files   map[string]string
		zone    zone
		want    discover.Found
		source  string
	}{
		"in a file of the domain": {
			"zoe@example.org", map[string]string{"/own/example.org": file}, zone{}, inFile, "/own/example.org",
		},
		"in a file that others collected, when nobody else knows": {
			"zoe@example.org", map[string]string{"/all/example.org": file}, zone{}, inFile, "/all/example.org",
		},
		"by SRV records": {
			"zoe@example.org", nil,
			zone{srv: map[string]net.SRV{
				"imaps example.org":      {Target: "mail.example.org.", Port: 993},
				"submission example.org": {Target: "mail.example.org.", Port: 587},
			}},
			discover.Found{
				IMAP:       discover.Server{Host: "mail.example.org", Port: 993, Security: discover.Implicit, User: "zoe@example.org"},
				Submission: discover.Server{Host: "mail.example.org", Port: 587, Security: discover.STARTTLS, User: "zoe@example.org"},
			},
			"SRV records of example.org",
		},
		"by SRV records, one of which says that there is none": {
			"zoe@example.org", nil,
			zone{srv: map[string]net.SRV{
				"imaps example.org": {Target: "."},
				"imap example.org":  {Target: "mail.example.org.", Port: 143},
			}},
			discover.Found{IMAP: discover.Server{Host: "mail.example.org", Port: 143, Security: discover.STARTTLS, User: "zoe@example.org"}},
			"SRV records",
		},
		"by who takes the mail of the domain": {
			"zoe@example.org", nil,
			zone{mx: map[string]string{"example.org": "aspmx.l.google.com."}},
			discover.Found{
				IMAP:       discover.Server{Host: "imap.gmail.com", Port: 993, Security: discover.Implicit, User: "zoe@example.org"},
				Submission: discover.Server{Host: "smtp.gmail.com", Port: 465, Security: discover.Implicit, User: "zoe@example.org"},
				OAuth2:     "google", Note: "It takes OAuth 2.0, or an app password where two-step verification is on.",
			},
			"Gmail, which takes the mail of example.org",
		},
		"in the table, where the name is the local part": {
			"zoe@icloud.com", nil, zone{}, discover.Found{
				IMAP:       discover.Server{Host: "imap.mail.me.com", Port: 993, Security: discover.Implicit, User: "zoe"},
				Submission: discover.Server{Host: "smtp.mail.me.com", Port: 587, Security: discover.STARTTLS, User: "zoe@icloud.com"},
				Note:       "It takes an app password, not that of the web page: make one in the settings of the account.",
			}, "the help pages of iCloud",
		},
		"for a domain in another script": {
			"zoe@bücher.example",
			map[string]string{"/own/xn--bcher-kva.example": strings.ReplaceAll(file, "%EMAILDOMAIN%", "example.org")},
			zone{},
			discover.Found{
				IMAP:       inFile.IMAP,
				Submission: discover.Server{Host: "smtp.example.org", Port: 587, Security: discover.STARTTLS, User: "zoe@bücher.example"},
			},
			"/own/",
		},
	} {
		t.Run(name, func(t *testing.T) {
			base := web(t, tc.files)
			f := discover.Finder{Dial: nowhere, Resolver: tc.zone, Own: []string{base + "/none/%s", base + "/own/%s"}, Collected: []string{base + "/all/%s?a=%s"}}
			got, err := f.Find(t.Context(), tc.address)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(got.Source, tc.source) || strings.Contains(got.Source, "?") {
				t.Errorf("source %q", got.Source)
			}
			got.Source = ""
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatIsNotProposed(t *testing.T) {
	plain := strings.ReplaceAll(strings.ReplaceAll(file, "SSL", "plain"), "STARTTLS", "plain")
	for name, text := range map[string]string{
		"a server without TLS":        plain,
		"a port that is none":         strings.ReplaceAll(file, "993", "99999"),
		"a host that is none":         strings.ReplaceAll(file, "imap.%EMAILDOMAIN%", "imap example;rm"),
		"what is no file":             "<html>not found</html>",
		"a file that does not end":    strings.Repeat("<a>", 200_000),
		"an entity that means a file": `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><clientConfig>&e;</clientConfig>`,
		"nothing":                     "",
	} {
		t.Run(name, func(t *testing.T) {
			base := web(t, map[string]string{"/own": text})
			f := discover.Finder{Dial: nowhere, Resolver: zone{}, Own: []string{base + "/own"}, Collected: []string{}}
			if got, err := f.Find(t.Context(), "zoe@example.org"); !errors.Is(err, discover.ErrNotFound) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	f := discover.Finder{Dial: nowhere, Resolver: zone{}, Own: []string{}, Collected: []string{}}
	for _, address := range []string{"", "zoe", "@example.org", "zoe@localhost", "zoe@exa mple.org", "zoe@example.org/../x"} {
		if got, err := f.Find(t.Context(), address); err == nil || errors.Is(err, discover.ErrNotFound) {
			t.Errorf("%q: %+v, %v", address, got, err)
		}
	}
}

func TestARedirectToPlainHTTPIsNotFollowed(t *testing.T) {
	open := web(t, map[string]string{"/file": file})
	secure := httptest.NewTLSServer(http.RedirectHandler(open+"/file", http.StatusFound))
	t.Cleanup(secure.Close)
	f := discover.Finder{Dial: nowhere, Resolver: zone{}, HTTP: secure.Client(), Own: []string{secure.URL + "/%s"}, Collected: []string{}}
	if got, err := f.Find(t.Context(), "zoe@example.org"); !errors.Is(err, discover.ErrNotFound) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAServerThatIsSilentDoesNotHoldUpTheOthers(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(silent.Close)
	f := discover.Finder{
		Dial: nowhere, Resolver: zone{mx: map[string]string{"example.org": "mx.mailbox.org"}},
		Own: []string{silent.URL + "/%s"}, Collected: []string{}, Timeout: 50 * time.Millisecond,
	}
	got, err := f.Find(t.Context(), "zoe@example.org")
	if err != nil || got.IMAP.Host != "imap.mailbox.org" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAnInterruptEndsTheSearch(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := discover.Finder{Dial: nowhere, Resolver: zone{}, Own: []string{}, Collected: []string{}}
	if _, err := f.Find(ctx, "zoe@example.org"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
