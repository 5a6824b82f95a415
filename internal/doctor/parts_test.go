package doctor_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spamreport/internal/doctor"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/replay"
	"spamreport/internal/servertest"
	"spamreport/internal/store"
	"spamreport/lookup"
	"spamreport/relay"
)

// found wants the lines of a result to be those in want, of which each may be
// the beginning.
func found(t *testing.T, got string, want ...string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(got), "\n")
	for i, w := range want {
		if i >= len(lines) || !strings.HasPrefix(lines[i], w) {
			t.Fatalf("found\n%swant\n%s", got, strings.Join(want, "\n"))
		}
	}
	if len(lines) != len(want) {
		t.Errorf("%d lines, want %d:\n%s", len(lines), len(want), got)
	}
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	d.Append(t, servertest.DovecotUser, "Junk", []byte("Subject: x\r\n\r\nx\r\n"))
	tests := []struct {
		name   string
		change func(*pipeline.Account)
		later  time.Duration // how far on our clock is
		want   []string
	}{
		{"everything in order", nil, 0, []string{
			"ok   account/home: SERVER: logged in as spam@example.org, certificate good for 23 hours",
			"ok   account/home/Junk: 1 messages; the keyword $SpamReported can be stored",
		}},
		{"moving what was reported", func(a *pipeline.Account) { a.After = pipeline.After{MoveTo: "Done"} }, 0, []string{
			"ok   account/home: ", "ok   account/home/Junk: 1 messages; what is reported can be moved to Done",
		}},
		{"leaving it", func(a *pipeline.Account) { a.After = pipeline.After{} }, 0, []string{
			"ok   account/home: ", "ok   account/home/Junk: 1 messages",
		}},
		{"a folder that is not there", func(a *pipeline.Account) { a.Folders = []string{"Jnuk", "Junk"} }, 0, []string{
			"ok   account/home: ",
			`fail account/home/Jnuk: open folder "Jnuk" at SERVER: no such folder`,
			"     → name a folder that is there",
			"ok   account/home/Junk: ",
		}},
		{"a wrong password", func(a *pipeline.Account) { a.Mailbox.Password = password("wrong") }, 0, []string{
			"fail account/home: log in to SERVER as spam@example.org: the server refuses the user name or the password",
			"     → check user and password of the account; with two-factor",
		}},
		{"a password that cannot be had", func(a *pipeline.Account) {
			a.Mailbox.Password = func(context.Context) (string, error) { return "", errors.New("pass: locked") }
		}, 0, []string{
			"fail account/home: get the password of spam@example.org: pass: locked",
			"     → check server, tls, user and the password",
		}},
		{"a certificate of an authority that nobody knows", func(a *pipeline.Account) { a.Mailbox.TLSConfig = nil }, 0, []string{
			"fail account/home: connect to SERVER: its certificate is not accepted: x509: certificate signed by unknown authority",
			"     → have the certificate of the server put right",
		}},
		{"a certificate that has expired", func(a *pipeline.Account) {
			a.Mailbox.TLSConfig.Time = func() time.Time { return time.Now().Add(48 * time.Hour) }
		}, 0, []string{
			"fail account/home: connect to SERVER: its certificate is not accepted: x509: certificate has expired",
			"     → have the certificate of the server put right",
		}},
		{"a certificate that is about to expire", nil, 21 * time.Hour, []string{
			"warn account/home: SERVER: logged in as spam@example.org, certificate good for 2 hours",
			"     → have the certificate of the server renewed",
			"ok   account/home/Junk: ",
		}},
		{"nobody there", func(a *pipeline.Account) { a.Mailbox.Server = "127.0.0.1:1" }, 0, []string{
			"fail account/home: connect to 127.0.0.1:1: connection refused, try again later",
			"     → check server in the account; if it is right, wait",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			account := pipeline.Account{
				Folders: []string{"Junk"}, After: pipeline.After{Flag: true},
				Mailbox: mailbox.Account{
					Name: "home", Server: d.IMAPS, User: servertest.DovecotUser,
					Password: password(servertest.DovecotPassword), TLSConfig: d.CA.ClientConfig(),
				},
			}
			if test.change != nil {
				test.change(&account)
			}
			setup := healthy(servertest.DNS(t))
			setup.Accounts = []pipeline.Account{account}
			setup.Now = func() time.Time { return time.Now().Add(test.later) }
			found(t, strings.ReplaceAll(examine(t, setup, "account"), d.IMAPS, "SERVER"), test.want...)
		})
	}
	for uid, flags := range d.Flags(t, servertest.DovecotUser, "Junk") {
		if len(flags) > 0 {
			t.Errorf("message %d was marked %v", uid, flags)
		}
	}
}

func password(word string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return word, nil }
}

func TestTheSmarthost(t *testing.T) {
	t.Parallel()
	p := servertest.Postfix(t, servertest.PostfixOptions{Main: "message_size_limit = 20000000\n"})
	tests := []struct {
		name   string
		change func(*relay.Smarthost)
		later  time.Duration
		want   []string
	}{
		{"everything in order", nil, 0, []string{
			"ok   sending/smarthost: SUBMISSION: logged in as reporter, certificate good for 23 hours, takes messages up to 20 MB",
		}},
		{"TLS from the first octet", func(h *relay.Smarthost) { h.Address, h.TLS = p.SMTPS, relay.TLSImplicit }, 0, []string{
			"ok   sending/smarthost: SMTPS: logged in as reporter, certificate good for 23 hours",
		}},
		{"no log-in and no TLS, on this machine", func(h *relay.Smarthost) { *h = relay.Smarthost{Address: p.SMTP} }, 0, []string{
			"ok   sending/smarthost: SMTP: answers, no log-in configured, no TLS",
		}},
		{"a wrong password", func(h *relay.Smarthost) { h.Password = password("wrong") }, 0, []string{
			"fail sending/smarthost: smarthost SUBMISSION: the smarthost refused the log-in",
			"     → check user and password in [relay]",
		}},
		{"an authority that nobody knows", func(h *relay.Smarthost) { h.CAFile = "" }, 0, []string{
			"fail sending/smarthost: smarthost SUBMISSION: the certificate of the smarthost cannot be trusted",
			"     → have the certificate put right",
		}},
		{"no TLS where it is wanted", func(h *relay.Smarthost) { h.Address = p.SMTP }, 0, []string{
			"fail sending/smarthost: smarthost SMTP: the connection to the smarthost is not protected by TLS",
			"     → use a port with TLS",
		}},
		{"a certificate that is about to expire", nil, 21 * time.Hour, []string{
			"warn sending/smarthost: SUBMISSION: logged in as reporter, certificate good for 2 hours",
			"     → have the certificate of the smarthost renewed",
		}},
		{"nobody there", func(h *relay.Smarthost) { h.Address = "127.0.0.1:1" }, 0, []string{
			"fail sending/smarthost: smarthost 127.0.0.1:1: ",
			"     → check smarthost and tls in [relay]",
		}},
	}
	names := strings.NewReplacer(p.Submission, "SUBMISSION", p.SMTPS, "SMTPS", p.SMTP, "SMTP")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			setup := healthy(servertest.DNS(t))
			setup.Smarthost = &relay.Smarthost{
				Address: p.Submission, User: servertest.PostfixUser, Password: password(servertest.PostfixPassword),
				TLS: relay.TLSStart, CAFile: p.CA.File,
			}
			if test.change != nil {
				test.change(setup.Smarthost)
			}
			setup.Now = func() time.Time { return time.Now().Add(test.later) }
			found(t, names.Replace(examine(t, setup, "sending")), test.want...)
		})
	}
	if mail := p.AllMail(t); len(mail) > 0 {
		t.Errorf("mail was sent: %q", mail)
	}
}

func TestPort25(t *testing.T) {
	tests := []struct{ name, greeting, mx, want string }{
		{"open", "220 mx.example.net ESMTP\r\n", "mx.example.net.", "ok   sending/port25: port 25 is open: mx.example.net greets"},
		{"open, and we are on a list", "554 go away\r\n", "mx.example.net.", "warn sending/port25: mx.example.net refuses us: 554 go away"},
		{"blocked", "", "mx.example.net.", "fail sending/port25: port "},
		{"closed at once", "-", "mx.example.net.", "fail sending/port25: port "},
		{"nobody to try", "", "", "skip sending/port25: cannot tell whether port 25 is open: no mail exchanger of example.net"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l, err := net.Listen("tcp4", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = l.Close() }()
			_, port, _ := net.SplitHostPort(l.Addr().String())
			if test.greeting == "" {
				_ = l.Close()
			}
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					_, _ = conn.Write([]byte(strings.Trim(test.greeting, "-")))
					_ = conn.Close()
				}
			}()
			dns := servertest.DNS(t, `mx.example.net. 60 IN A 127.0.0.1`)
			if test.mx != "" {
				if err := dns.Add(`example.net. 60 IN MX 10 ` + test.mx); err != nil {
					t.Fatal(err)
				}
			}
			setup := healthy(dns)
			setup.ProbeDomain, setup.SMTPPort = "example.net", port
			got := examine(t, setup, "sending")
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("found %s, want %s", got, test.want)
			}
		})
	}
}

func TestRegistries(t *testing.T) {
	server, err := replay.Start(t.Context(), replay.Sample())
	if err != nil {
		t.Fatal(err)
	}
	stopped := false
	defer func() {
		if !stopped {
			server.Close()
		}
	}()
	setup := healthy(servertest.DNS(t, `7.2.0.192.abuse-contacts.abusix.zone. 60 IN TXT "abuse@isp.example"`))
	setup.Probe = "192.0.2.7"
	setup.Lookup = lookup.Options{
		Order: []string{"rdap", "whois"}, RDAPBootstrap: server.BootstrapURL(), WHOISHosts: server.WHOISHosts(),
		AllowSpecial: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
	}
	found(t, examine(t, setup, "lookup"),
		"ok   lookup/rdap: rdap answers about 192.0.2.7 (", "ok   lookup/whois: whois answers about 192.0.2.7 (")
	setup.Probe = "10.0.0.1"
	found(t, examine(t, setup, "lookup/rdap"), "skip lookup/rdap: rdap: 10.0.0.1 is not a public address")

	server.Close()
	stopped = true
	setup.Probe = "192.0.2.7"
	found(t, examine(t, setup, "lookup"),
		"fail lookup/rdap: rdap does not answer: ", "     → let this machine reach HTTPS",
		"fail lookup/whois: whois does not answer: ", "     → let this machine reach WHOIS")
}

func TestTheClock(t *testing.T) {
	for _, test := range []struct {
		name string
		off  time.Duration
		age  string
		want []string
	}{
		{"right", 5 * time.Second, "", []string{"ok   clock: the clock is right to within 1m0s"}},
		{"right, by the answer of a cache", 0, "0", []string{"ok   clock: "}},
		{"an answer that a cache kept", -time.Hour, "3600", []string{"ok   clock: "}},
		{"a little off", -3 * time.Minute, "", []string{"warn clock: the clock of this machine is 3m", "     → set the clock"}},
		{"far off", 24 * time.Hour, "", []string{"fail clock: the clock of this machine is 2", "     → set the clock"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", time.Now().Add(test.off).UTC().Format(http.TimeFormat))
				if test.age != "" {
					w.Header().Set("Age", test.age)
				}
			}))
			defer web.Close()
			setup := healthy(servertest.DNS(t))
			setup.Lookup.RDAPBootstrap = web.URL + "/"
			found(t, examine(t, setup, "clock"), test.want...)
		})
	}
	setup := healthy(servertest.DNS(t))
	setup.Lookup.RDAPBootstrap = "http://127.0.0.1:1/"
	found(t, examine(t, setup, "clock"), "skip clock: nobody to compare it with: connection refused")
}

func TestTheResolver(t *testing.T) {
	dns := servertest.DNS(t)
	setup := healthy(dns)
	found(t, examine(t, setup, "dns"), "ok   dns: the system's DNS server answers, in ")
	dns.Break(".")
	found(t, examine(t, setup, "dns"), "fail dns: the system's DNS server does not answer: the DNS server reports a failure", "     → set server in [dns]")
	dns.Stop()
	setup.Config.DNS.Server = dns.Addr
	found(t, examine(t, setup, "dns"), "fail dns: the DNS server "+dns.Addr+" does not answer: no DNS server is there", "     → ")
}

func TestTheStateFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	setup := healthy(servertest.DNS(t))
	setup.StateDir, setup.Database = dir, filepath.Join(dir, "spamreport.db")
	found(t, examine(t, setup, "state"), "ok   state/folder: "+dir+" can be written", "ok   state/database: none yet")

	setup.StateDir = filepath.Join(dir, "not", "yet")
	found(t, examine(t, setup, "state/folder"), "ok   state/folder: "+setup.StateDir+" can be written")
	if _, err := os.Stat(filepath.Join(dir, "not")); err == nil {
		t.Error("doctor made a folder")
	}

	s, err := store.Open(t.Context(), setup.Database, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found(t, examine(t, setup, "state/database"), fmt.Sprintf("ok   state/database: %s opens, is whole, and has version %d", setup.Database, store.Version))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	damage(t, setup.Database)
	found(t, examine(t, setup, "state/database"), "fail state/database: ", "     → restore a backup")
	if err := os.WriteFile(setup.Database, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	found(t, examine(t, setup, "state/database"), "fail state/database: ", "     → ")

	setup.StateDir = dir
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	found(t, examine(t, setup, "state/folder"), "warn state/folder: "+dir+" can be read by others (mode 0755)", "     → run chmod 700 "+dir)
	setup.StateDir = "/proc/1"
	found(t, examine(t, setup, "state/folder"), "fail state/folder: /proc/1 cannot be written: ", "     → let this user write there")
}

// damage overwrites the pages behind the first, which has the schema.
func damage(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(text); i++ {
		text[i] = 'x'
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAConfigurationThatCannotBeUsed(t *testing.T) {
	results := doctor.BadConfig(errors.Join(errors.New("line 1"), errors.New("line 2")))
	if len(results) != 2 || results[0].Status != doctor.Fail || results[1].What != "line 2" || results[0].Do == "" {
		t.Errorf("%+v", results)
	}
}

func TestResultsComeInTheOrderOfTheChecks(t *testing.T) {
	first := make(chan struct{})
	checks := []doctor.Check{
		{Name: "a", Run: func(context.Context) []doctor.Result { <-first; return []doctor.Result{{Name: "x"}, {}} }},
		{Name: "b", Run: func(context.Context) []doctor.Result { close(first); return []doctor.Result{{}} }},
	}
	var names []string
	for r := range doctor.Examine(t.Context(), checks) {
		names = append(names, r.Name)
	}
	if got := strings.Join(names, " "); got != "a/x a b" {
		t.Errorf("%s", got)
	}
}

func TestASelectionIsByNameOrGroup(t *testing.T) {
	checks := healthy(servertest.DNS(t)).Checks(t.Context())
	for _, test := range []struct {
		only []string
		want int // at least one fits
		err  bool
	}{
		{nil, len(checks), false},
		{[]string{"identity/spf"}, 1, false},
		{[]string{"identity/spf", "clock"}, 2, false},
		{[]string{"identity"}, 7, false},
		{[]string{"dns/below"}, 1, false},
		{[]string{"ident"}, 0, true},
		{[]string{"clock", "nonsense"}, 0, true},
	} {
		got, err := doctor.Select(checks, test.only)
		if len(got) != test.want || (err != nil) != test.err {
			t.Errorf("%v selects %d, %v", test.only, len(got), err)
		}
	}
}
