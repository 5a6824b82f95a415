package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-smtp"
)

const chaosPassword = "not-a-secret"

// chaosMailbox is an IMAP server with a Junk folder in memory.
type chaosMailbox struct {
	addr string
	user *imapmemserver.User
}

func newChaosMailbox(t *testing.T) *chaosMailbox {
	t.Helper()
	b := &chaosMailbox{user: imapmemserver.NewUser("user", chaosPassword)}
	if err := b.user.Create("Junk", nil); err != nil {
		t.Fatal(err)
	}
	all := imapmemserver.New()
	all.AddUser(b.user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return all.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}, imap.CapMove: {}, imap.CapUIDPlus: {}},
		InsecureAuth: true, Logger: noLog,
	})
	l := chaosListener(t)
	b.addr = l.Addr().String()
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return b
}

// chaosLiteral makes a reader an IMAP literal.
type chaosLiteral struct{ *bytes.Reader }

func (b *chaosMailbox) append(t *testing.T, raw []byte) {
	t.Helper()
	_, err := b.user.Append("Junk", chaosLiteral{bytes.NewReader(raw)}, &imap.AppendOptions{Time: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
}

// flags are those of each message, by UID, joined by spaces.
func (b *chaosMailbox) flags(t *testing.T) map[int64]string {
	t.Helper()
	client, err := imapclient.DialInsecure(b.addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if err := client.Login("user", chaosPassword).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Select("Junk", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		t.Fatal(err)
	}
	messages, err := client.Fetch(imap.SeqSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true, Flags: true}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	flags := make(map[int64]string, len(messages))
	for _, m := range messages {
		var words []string
		for _, f := range m.Flags {
			words = append(words, string(f))
		}
		flags[int64(m.UID)] = strings.Join(words, " ")
	}
	return flags
}

// chaosRegistry knows each /48 of 2001:db8::/32, by RDAP.
type chaosRegistry struct{ addr string }

func newChaosRegistry(t *testing.T) *chaosRegistry {
	t.Helper()
	l := chaosListener(t)
	r := &chaosRegistry{addr: l.Addr().String()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{file}", r.bootstrap)
	mux.HandleFunc("GET /rdap/ip/{query...}", r.network)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return r
}

func (r *chaosRegistry) bootstrap(w http.ResponseWriter, q *http.Request) {
	_, _ = fmt.Fprintf(w, `{"version":"1.0","publication":"2026-01-01T00:00:00Z","services":[[["2001:db8::/32"],["http://%s/rdap/"]]]}`, q.Host)
}

func (r *chaosRegistry) network(w http.ResponseWriter, q *http.Request) {
	addr, err := netip.ParseAddr(q.PathValue("query"))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	network := netip.PrefixFrom(addr, 48).Masked()
	b := network.Addr().As16()
	w.Header().Set("Content-Type", "application/rdap+json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"objectClassName": "ip network", "handle": "NET-" + network.Addr().String(), "name": "CHAOS", "ipVersion": "v6",
		"cidr0_cidrs": []any{map[string]any{"v6prefix": network.Addr().String(), "length": network.Bits()}},
		"entities": []any{map[string]any{
			"objectClassName": "entity", "handle": "ABUSE", "roles": []string{"abuse"},
			"vcardArray": []any{"vcard", []any{
				[]any{"version", struct{}{}, "text", "4.0"},
				[]any{"fn", struct{}{}, "text", "Abuse Desk"},
				[]any{"email", struct{}{}, "text", fmt.Sprintf("abuse@net-%d-%d.example", b[4], b[5])},
			}},
		}},
	})
}

// chaosDesk is a smarthost that keeps what it takes.
type chaosDesk struct {
	addr string

	mu    sync.Mutex
	taken map[string][]string // by Message-ID: each copy, with its recipients
}

func newChaosDesk(t *testing.T) *chaosDesk {
	t.Helper()
	d := &chaosDesk{taken: map[string][]string{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &chaosSession{desk: d}, nil }))
	server.Domain, server.ErrorLog = "smarthost.example.org", noLog
	server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
	l := chaosListener(t)
	d.addr = l.Addr().String()
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return d
}

// chaosSession is one connection to the smarthost.
type chaosSession struct {
	desk *chaosDesk
	to   []string
}

func (s *chaosSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *chaosSession) Reset()                               { s.to = nil }
func (s *chaosSession) Logout() error                        { return nil }

func (s *chaosSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *chaosSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err // half a message is none
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	id := m.Header.Get("Message-Id")
	s.desk.taken[id] = append(s.desk.taken[id], strings.Join(s.to, " ")+"\n"+string(raw))
	return nil
}

// copies returns what arrived, by Message-ID.
func (d *chaosDesk) copies() map[string][]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make(map[string][]string, len(d.taken))
	for id, copies := range d.taken {
		all[id] = append([]string(nil), copies...)
	}
	return all
}
