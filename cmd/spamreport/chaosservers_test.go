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

	"github.com/emersion/go-smtp"
)

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
