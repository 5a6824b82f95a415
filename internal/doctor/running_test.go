package doctor_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"spamreport/internal/doctor"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/servertest"
	"spamreport/internal/store"
)

func TestWhetherMailboxesAreReadByThemselves(t *testing.T) {
	for name, tc := range map[string]struct {
		accounts, visited []string
		failed            bool
		later             time.Duration // since then
		want              []string
	}{
		"no mailbox": {nil, nil, false, 0, []string{"warn sweep: no mailbox is configured", "     → set one up: spamreport init"}},
		"all read":   {[]string{"home", "work"}, []string{"home", "work"}, false, time.Hour, []string{"ok   sweep: every folder was read in the last day, the latest at "}},
		"never": {[]string{"home"}, nil, false, 0, []string{
			"warn sweep: home/Junk was never read", "     → have it run by itself: a timer, cron or spamreport serve",
		}},
		"tried, and never to the end": {[]string{"home"}, []string{"home"}, true, 0, []string{"warn sweep: home/Junk was never read", "     → "}},
		"one forgotten":               {[]string{"home", "work"}, []string{"work"}, false, time.Hour, []string{"warn sweep: home/Junk was never read", "     → "}},
		"stopped three days ago": {[]string{"home"}, []string{"home"}, false, 75 * time.Hour, []string{
			"warn sweep: home/Junk was last read 3 days ago", "     → have it run by itself",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			setup := healthy(servertest.DNS(t))
			setup.Database = filepath.Join(t.TempDir(), "spamreport.db")
			db, err := store.Open(t.Context(), setup.Database, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, account := range tc.visited {
				var failure error
				if tc.failed {
					failure = errors.New("connection refused")
				}
				if err := db.Visited(t.Context(), account, "Junk", failure); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			for _, account := range tc.accounts {
				setup.Accounts = append(setup.Accounts, pipeline.Account{Folders: []string{"Junk"}, Mailbox: mailbox.Account{Name: account}})
			}
			setup.Now = func() time.Time { return time.Now().Add(tc.later) }
			found(t, examine(t, setup, "sweep"), tc.want...)
		})
	}
}

func TestLetters(t *testing.T) {
	for name, tc := range map[string]struct {
		err  error
		want []string
	}{
		"no mistake": {nil, []string{"ok   letters: 12 letters, no mistake"}},
		"a mistake":  {errors.New("spam.txt: no field .Sourec"), []string{"fail letters: spam.txt: no field .Sourec", "     → put it right; spamreport templates check"}},
	} {
		t.Run(name, func(t *testing.T) {
			setup := healthy(servertest.DNS(t))
			setup.Letters = func() (int, error) { return 12, tc.err }
			found(t, examine(t, setup, "letters"), tc.want...)
		})
	}
}

func TestWhoCanReachThePageAndTheRelay(t *testing.T) {
	dir := t.TempDir()
	cert, key := servertest.NewCA(t, dir).Issue(t, dir, "mail.example.org")
	for name, tc := range map[string]struct {
		change func(*doctor.Setup)
		only   string
		want   []string
	}{
		"this machine": {nil, "web", []string{"ok   web: 127.0.0.1:8025: for this machine alone"}},
		"this machine by name": {func(s *doctor.Setup) { s.Config.Web.Address = "localhost:8025" }, "web", []string{
			"ok   web: localhost:8025: for this machine alone",
		}},
		"all without TLS": {func(s *doctor.Setup) { s.Config.Web.Address = ":8025" }, "web", []string{
			"fail web: :8025 is open to others, and there is no TLS: serve does not show the page", "     → set tls_cert and tls_key in [web]",
		}},
		"all in the clear, by order": {func(s *doctor.Setup) {
			s.Config.Web.Address, s.Config.Web.AllowPlaintext = "0.0.0.0:8025", true
		}, "web", []string{"warn web: 0.0.0.0:8025: the password crosses the network in the clear", "     → set tls_cert"}},
		"all with a certificate": {func(s *doctor.Setup) {
			s.Config.Web.Address, s.Config.Web.TLSCert, s.Config.Web.TLSKey = "0.0.0.0:8025", cert, key
		}, "web", []string{"ok   web: 0.0.0.0:8025: certificate good for 23 hours"}},
		"a certificate that ends": {func(s *doctor.Setup) {
			s.Config.Web.TLSCert, s.Config.Web.TLSKey = cert, key
			s.Now = func() time.Time { return time.Now().Add(21 * time.Hour) }
		}, "web", []string{"warn web: 127.0.0.1:8025: certificate good for 2 hours", "     → renew the certificate in tls_cert and tls_key in [web]"}},
		"a certificate that is gone": {func(s *doctor.Setup) {
			s.Config.Web.TLSCert, s.Config.Web.TLSKey = filepath.Join(dir, "none"), key
		}, "web", []string{"fail web: open ", "     → put tls_cert and tls_key in [web] right"}},
		"the relay": {nil, "relay", []string{"ok   relay: 127.0.0.1:2587: for programs on this machine"}},
		"the relay for others": {func(s *doctor.Setup) {
			l := &s.Config.Relay.Listen
			l.Address, l.TLSAddress, l.TLSCert, l.TLSKey = []string{":587"}, []string{":465"}, cert, key
		}, "relay", []string{"ok   relay: :587, :465: certificate good for 23 hours"}},
	} {
		t.Run(name, func(t *testing.T) {
			setup := healthy(servertest.DNS(t))
			setup.Config.Web.Address, setup.Config.Relay.Listen.Address = "127.0.0.1:8025", []string{"127.0.0.1:2587"}
			if tc.change != nil {
				tc.change(&setup)
			}
			found(t, examine(t, setup, tc.only), tc.want...)
		})
	}
}
