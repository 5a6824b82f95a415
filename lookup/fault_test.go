package lookup_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spamreport/internal/replay"
	"spamreport/lookup"
)

// limit is the time-out of clients that ask silent servers: another server must
// be able to answer within it on a machine that has much else to do.
const limit = 4 * time.Second

// never is longer than any test waits.
const never = time.Hour

// patience is the time-out that a fault is met with: only silence may take it.
func patience(f replay.Fault) time.Duration {
	if f.Delay > 0 {
		return limit
	}
	return never
}

// bounded is a context for what must end by itself; see inTime.
func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// inTime checks that it was no context that ended a lookup.
func inTime(ctx context.Context, t *testing.T) {
	t.Helper()
	if ctx.Err() != nil {
		t.Error("it does not end by itself")
	}
}

var rdapFaults = map[string]replay.Fault{
	"429 without Retry-After":              {Status: 429},
	"429 with a short Retry-After":         {Status: 429, RetryAfter: "1"},
	"429 with a long Retry-After":          {Status: 429, RetryAfter: "3600"},
	"429 with a date":                      {Status: 429, RetryAfter: "Fri, 31 Dec 2100 23:59:59 GMT"},
	"429 with nonsense":                    {Status: 429, RetryAfter: "soon"},
	"503":                                  {Status: 503},
	"500":                                  {Status: 500},
	"400":                                  {Status: 400},
	"403":                                  {Status: 403},
	"slow":                                 {Delay: never},
	"cut JSON":                             {Cut: true},
	"HTML":                                 {Type: "text/html", Body: "<html><body>down for maintenance abuse@isp.example</body></html>"},
	"JSON of another kind":                 {Type: "application/json", Body: `{"hello":["abuse@isp.example"]}`},
	"a JSON list":                          {Type: "application/rdap+json", Body: `["abuse@isp.example"]`},
	"an empty body":                        {Type: "application/rdap+json"},
	"a redirect loop":                      {Redirect: "{self}"},
	"a redirect to a private address":      {Redirect: "http://10.0.0.1/rdap/"},
	"a redirect to a link-local address":   {Redirect: "http://169.254.169.254/latest/meta-data/"},
	"a redirect to another loopback port":  {Redirect: "http://127.0.0.1:1/"},
	"a redirect to loopback by IPv6":       {Redirect: "http://[::1]:1/"},
	"a redirect to mapped loopback":        {Redirect: "http://[::ffff:127.0.0.1]:1/"},
	"a redirect to a file":                 {Redirect: "file:///etc/passwd"},
	"a redirect to nothing":                {Redirect: "http://"},
	"an answer of 50 MB":                   {Huge: 50 << 20},
	"a connection reset":                   {Reset: true},
	"deeply nested JSON":                   {Type: "application/rdap+json", Body: `{"handle":"x","entities":` + strings.Repeat(`[`, 9000) + strings.Repeat(`]`, 9000) + `}`},
	"entities nested without end in sight": {Type: "application/rdap+json", Body: strings.Repeat(`{"handle":"x","entities":[`, 2000) + strings.Repeat(`]}`, 2000)},
}

func TestEveryRDAPFaultEndsInTheFallback(t *testing.T) {
	for name, fault := range rdapFaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := serve(t, replay.Sample())
			srv.Break(replay.RDAP, fault)
			c := client(t, srv, func(o *lookup.Options) { o.Timeout = patience(fault) })
			ctx := bounded(t)
			r, err := c.Lookup(ctx, "192.0.2.7")
			if err != nil || firstEmail(r) != "abuse@broadband.example" || r.Contacts[0].Via != lookup.ViaWHOIS {
				t.Errorf("%v, %v; trail %v", r.Contacts, err, r.Trail)
			}
			inTime(ctx, t)
		})
	}
}

func TestEveryRDAPFaultAloneIsOneClearError(t *testing.T) {
	for name, fault := range rdapFaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := serve(t, replay.Sample())
			srv.Break(replay.RDAP, fault)
			c := client(t, srv, func(o *lookup.Options) { o.Timeout, o.Order = patience(fault), []string{lookup.ViaRDAP} })
			ctx := bounded(t)
			r, err := c.Lookup(ctx, "192.0.2.7")
			if len(r.Contacts) > 0 || !errors.Is(err, lookup.ErrUnreachable) && !errors.Is(err, lookup.ErrNoContact) {
				t.Errorf("%v, %v", r.Contacts, err)
			}
			if err != nil && (len(err.Error()) > 400 || strings.ContainsAny(err.Error(), "\r\n")) {
				t.Errorf("error is not one line: %q", err)
			}
			inTime(ctx, t)
			for _, step := range r.Trail {
				if step.Outcome == "" {
					t.Errorf("a step without outcome: %v", r.Trail)
				}
			}
		})
	}
}

func TestAShortFaultIsTriedAgain(t *testing.T) {
	srv := serve(t, replay.Sample())
	for name, fault := range map[string]replay.Fault{
		"429 for a second": {Status: 429, RetryAfter: "1", Times: 1},
		"500 once":         {Status: 500, Times: 1},
		"reset once":       {Reset: true, Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			srv.Forget()
			srv.Break(replay.RDAP, fault)
			start := time.Now()
			r, err := client(t, srv, only(lookup.ViaRDAP)).Lookup(t.Context(), "192.0.2.7")
			if err != nil || firstEmail(r) == "" {
				t.Errorf("%+v, %v", r, err)
			}
			if fault.RetryAfter != "" && time.Since(start) < time.Second {
				t.Error("came back too early")
			}
		})
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	srv := serve(t, replay.Sample())
	srv.Break(replay.RDAP, replay.Fault{Status: http.StatusTooManyRequests, RetryAfter: "3600"})
	c := client(t, srv, only(lookup.ViaRDAP))
	for range 5 {
		if _, err := c.Lookup(t.Context(), "192.0.2.7"); !errors.Is(err, lookup.ErrUnreachable) {
			t.Error(err)
		}
	}
	if n := srv.Count(replay.RDAP); n != 1 {
		t.Errorf("%d queries to a server that asks to wait an hour", n)
	}
}

func TestAServerThatFailsIsLeftAlone(t *testing.T) {
	srv := serve(t, replay.Sample())
	srv.Break(replay.RDAP, replay.Fault{Status: 400})
	c := client(t, srv, only(lookup.ViaRDAP))
	for range 10 {
		if _, err := c.Lookup(t.Context(), "192.0.2.7"); err == nil {
			t.Error("no error")
		}
	}
	if n := srv.Count(replay.RDAP); n != 3 {
		t.Errorf("%d queries, want 3 and then none", n)
	}
}

func TestBootstrapFaults(t *testing.T) {
	for name, fault := range map[string]replay.Fault{
		"404": {Status: 404}, "500": {Status: 500}, "slow": {Delay: never}, "reset": {Reset: true},
		"HTML": {Type: "text/html", Body: "<html>"}, "JSON of another kind": {Type: "application/json", Body: `{"services":[["a"]]}`},
		"huge": {Huge: 50 << 20}, "redirect loop": {Redirect: "{self}"}, "redirect inside": {Redirect: "http://10.0.0.1/ipv4.json"},
		"names an inner address": {Body: `{"services":[[["192.0.2.0/24"],["http://10.0.0.1/","http://169.254.169.254/"]]]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := serve(t, replay.Sample())
			srv.Break(replay.Bootstrap, fault)
			c := client(t, srv, func(o *lookup.Options) { o.Timeout = patience(fault) })
			ctx := bounded(t)
			for range 3 {
				if r, err := c.Refresh(ctx, "192.0.2.7"); err != nil || firstEmail(r) != "abuse@broadband.example" {
					t.Errorf("%v, %v; trail %v", r.Contacts, err, r.Trail)
				}
			}
			inTime(ctx, t)
			if n := srv.Count(replay.Bootstrap); n > 6 {
				t.Errorf("asked %d times for a broken file", n)
			}
		})
	}
}

func TestEveryWHOISFaultIsOneClearError(t *testing.T) {
	for name, fault := range map[string]replay.Fault{
		"slow": {Delay: never}, "cut": {Cut: true}, "reset": {Reset: true}, "50 MB": {Huge: 50 << 20},
		"empty": {Body: "\n"}, "refused": {Body: "%ERROR:201: access denied\n"},
		"refers to an inner address":  {Body: "ReferralServer: whois://127.0.0.1:1\n"},
		"refers to a name inside":     {Body: "ReferralServer: whois://localhost.localdomain:4343\n"},
		"refers to a mail server":     {Body: "ReferralServer: whois://mx.isp.example:25\n"},
		"refers to itself":            {Body: "ReferralServer: whois://whois.ripe.net\nNetType: Allocated to RIPE NCC\n"},
		"binary":                      {Body: strings.Repeat("\x00\xff\xfe:\x80 \n", 1000)},
		"one endless line":            {Body: strings.Repeat("abuse@", 20_000)},
		"never-mail addresses only":   {Body: "inetnum: 192.0.2.0 - 192.0.2.255\nabuse-mailbox: hostmaster@nic.or.kr\n"},
		"a header injection":          {Body: "abuse-mailbox: abuse@isp.example\rBcc: victim\n"},
		"a thousand abuse-mailboxes.": {Body: strings.Repeat("abuse-mailbox: hostmaster@ripe.net\n", 1000)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := serve(t, replay.Sample())
			for host := range srv.WHOISHosts() {
				srv.Break(host, fault)
			}
			hosts := srv.WHOISHosts()
			c := client(t, srv, func(o *lookup.Options) {
				o.Timeout, o.Order = patience(fault), []string{lookup.ViaWHOIS}
				o.WHOISHosts = map[string]string{"whois.ripe.net": hosts["whois.ripe.net"]}
			})
			ctx := bounded(t)
			r, err := c.Lookup(ctx, "192.0.2.7")
			injected := name == "a header injection"
			if err == nil != injected || strings.Contains(firstEmail(r), "\r") {
				t.Errorf("%v, %v", r.Contacts, err)
			}
			if err != nil && (len(err.Error()) > 400 || strings.ContainsAny(err.Error(), "\r\n\x00")) {
				t.Errorf("error is not one line: %q", err)
			}
			inTime(ctx, t)
		})
	}
}

func TestARefusingWHOISServerIsLeftAlone(t *testing.T) {
	srv := serve(t, replay.Sample())
	srv.Break("whois.arin.net", replay.Fault{Body: "Query rate limit exceeded. Reduced information.\n"})
	c := client(t, srv, only(lookup.ViaWHOIS))
	for _, query := range []string{"198.51.100.7", "198.51.100.8", "198.51.100.9"} {
		_, _ = c.Lookup(t.Context(), query)
	}
	if n := srv.Count("whois.arin.net"); n != 1 {
		t.Errorf("%d queries to a server that refuses more", n)
	}
}

// What a server leaves out for today must not be kept as what there is.
func TestReducedAnswersAreNoWordOnContacts(t *testing.T) {
	reduced := "% Query rate limit exceeded. Reduced information.\n\ninetnum: 192.0.2.0/24\nowner: Ejemplo\n"
	srv := serve(t, replay.Sample())
	for host := range srv.WHOISHosts() {
		srv.Break(host, replay.Fault{Body: reduced})
	}
	c := client(t, srv, only(lookup.ViaWHOIS))
	if r, err := c.Lookup(t.Context(), "192.0.2.7"); !errors.Is(err, lookup.ErrUnreachable) {
		t.Errorf("%v, %v; trail %v", r.Contacts, err, r.Trail)
	}
}

// Servers that do not answer come together; a source waits for one of them.
func TestSilentServersCostOneTimeoutASource(t *testing.T) {
	reg := replay.Sample()
	for _, host := range []string{"whois.lacnic.net", "whois.apnic.net"} {
		reg.WHOIS[host] = map[string]string{}
	}
	srv := serve(t, reg)
	whois := slices.Collect(maps.Keys(srv.WHOISHosts()))
	for _, target := range append(whois, replay.RDAP) {
		srv.Break(target, replay.Fault{Delay: never})
	}
	c := client(t, srv, func(o *lookup.Options) { o.Timeout = time.Second })
	r, err := c.Lookup(t.Context(), "192.0.2.7")
	if !errors.Is(err, lookup.ErrUnreachable) {
		t.Errorf("%v, %v", r.Contacts, err)
	}
	asked := 0
	for _, host := range whois {
		asked += srv.Count(host)
	}
	if rdap := srv.Count(replay.RDAP); asked != 1 || rdap != 1 {
		t.Errorf("%d WHOIS and %d RDAP queries, want one each; trail %v", asked, rdap, r.Trail)
	}
}

func TestAByteOrderMarkDoesNoHarm(t *testing.T) {
	srv := serve(t, replay.Sample())
	srv.Break(replay.RDAP, replay.Fault{Type: "application/json; charset=utf-8", Body: "\xef\xbb\xbf" + `{"handle":"H","entities":[{"roles":["abuse"],"email":"abuse@isp.example"}]}`})
	if r, err := client(t, srv, only(lookup.ViaRDAP)).Lookup(t.Context(), "192.0.2.7"); err != nil || firstEmail(r) != "abuse@isp.example" {
		t.Errorf("%v, %v", r.Contacts, err)
	}
}

func TestTheCallerCanGiveUp(t *testing.T) {
	srv := serve(t, replay.Sample())
	for host := range srv.WHOISHosts() {
		srv.Break(host, replay.Fault{Delay: never})
	}
	srv.Break(replay.RDAP, replay.Fault{Delay: never})
	c := client(t, srv, func(o *lookup.Options) { o.Timeout = never })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for srv.Count(replay.RDAP) == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if _, err := c.Lookup(ctx, "192.0.2.7"); !errors.Is(err, context.Canceled) || !errors.Is(err, lookup.ErrUnreachable) {
		t.Error(err)
	}
}

func TestRedirectsToKnownServersAreFollowed(t *testing.T) {
	srv := serve(t, replay.Sample())
	srv.Break(replay.RDAP, replay.Fault{Redirect: srv.RDAPURL() + "ip/192.0.2.0/24", Times: 1})
	r, err := client(t, srv, only(lookup.ViaRDAP)).Lookup(t.Context(), "192.0.2.7")
	if err != nil || firstEmail(r) != "abuse@broadband.example" {
		t.Errorf("%v, %v", r.Contacts, err)
	}
	if !slices.ContainsFunc(r.Trail, func(s lookup.Step) bool { return strings.HasPrefix(s.Outcome, "redirect to ") }) {
		t.Errorf("trail %v", r.Trail)
	}
}
