package discover_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"testing"

	"spamreport/internal/discover"
	"spamreport/internal/servertest"
)

// town is a network whose hosts are all this machine: what stands at an
// address, and under which name it has its certificate.
type town struct {
	ca    *servertest.CA
	names map[string]string // host:port → name in the certificate; "" answers without TLS
}

func (n town) dial(t *testing.T) func(context.Context, string, string) (net.Conn, error) {
	t.Helper()
	listeners := map[string]string{}
	for address, name := range n.names {
		listeners[address] = n.listen(t, name)
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if _, there := listeners[address]; !there {
			return nil, errNoSuch
		}
		return new(net.Dialer).DialContext(ctx, network, listeners[address])
	}
}

// listen shows the certificate to everybody who comes.
func (n town) listen(t *testing.T, name string) string {
	t.Helper()
	if name == "" {
		name = "in the clear"
	}
	cert, key := n.ca.Issue(t, t.TempDir(), name)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp4", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_ = conn.(*tls.Conn).Handshake() // the client judges
				_ = conn.Close()
			}()
		}
	}()
	return l.Addr().String()
}

func TestServersAreGuessedWhenTheyProveTheirName(t *testing.T) {
	ca := servertest.NewCA(t, t.TempDir())
	for name, tc := range map[string]struct {
		names            map[string]string
		imap, submission string
	}{
		"under the names that everybody expects": {
			map[string]string{"imap.example.org:993": "imap.example.org", "smtp.example.org:465": "smtp.example.org", "mail.example.org:993": "mail.example.org"},
			"imap.example.org:993", "smtp.example.org:465",
		},
		"under one name": {
			map[string]string{"mail.example.org:993": "mail.example.org", "mail.example.org:587": ""}, "mail.example.org:993", "mail.example.org:587",
		},
		"without a way to send": {map[string]string{"imap.example.org:993": "imap.example.org"}, "imap.example.org:993", ":0"},
		"not with the certificate of another": {
			map[string]string{"imap.example.org:993": "shared.hosting.example", "mail.example.org:993": "mail.example.org"}, "mail.example.org:993", ":0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := discover.Finder{
				Resolver: zone{}, Own: []string{}, Collected: []string{},
				Dial: town{ca, tc.names}.dial(t), TLS: ca.ClientConfig(),
			}
			got, err := f.Find(t.Context(), "zoe@example.org")
			if err != nil || got.IMAP.Address() != tc.imap || got.Submission.Address() != tc.submission || got.IMAP.User != "zoe@example.org" {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	f := discover.Finder{
		Resolver: zone{}, Own: []string{}, Collected: []string{}, TLS: ca.ClientConfig(),
		Dial: town{ca, map[string]string{"imap.example.org:143": "", "imap.example.org:993": "other.example"}}.dial(t),
	}
	if got, err := f.Find(t.Context(), "zoe@example.org"); !errors.Is(err, discover.ErrNotFound) {
		t.Errorf("%+v, %v", got, err)
	}
}

// The same over a real name server.
func TestServersAreFoundInDNS(t *testing.T) {
	server := servertest.DNS(
		t,
		"_imaps._tcp.example.org. 60 IN SRV 10 1 993 backup.example.org.",
		"_imaps._tcp.example.org. 60 IN SRV 0 1 993 mail.example.org.",
		"_submissions._tcp.example.org. 60 IN SRV 0 1 465 mail.example.org.",
		"none.example. 60 IN MX 10 mx.none.example.",
		"_imaps._tcp.none.example. 60 IN SRV 0 0 0 .",
	)
	f := discover.Finder{Resolver: server.Resolver(), Own: []string{}, Collected: []string{}, Dial: nowhere}
	got, err := f.Find(t.Context(), "zoe@example.org")
	if err != nil || got.IMAP.Address() != "mail.example.org:993" || got.Submission.Address() != "mail.example.org:465" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := f.Find(t.Context(), "zoe@none.example"); !errors.Is(err, discover.ErrNotFound) {
		t.Errorf("%+v, %v", got, err)
	}
}
