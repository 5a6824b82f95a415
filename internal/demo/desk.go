package demo

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// maxDelivery bounds one message at the demo's desk, in octets.
const maxDelivery = 32 << 20

// Delivery is one message that arrived at the desk.
type Delivery struct {
	From string
	To   []string
	Data []byte
}

// desk is a smarthost that keeps what it takes, in place of the abuse desks'
// own mail servers.
type desk struct {
	server         *smtp.Server
	addr           string
	user, password string

	mu        sync.Mutex
	delivered []Delivery
}

func startDesk(cert tls.Certificate, user, password string) (*desk, error) {
	d := &desk{addr: "127.0.0.1:0", user: user, password: password}
	return d, d.listen(cert)
}

// listen starts the server, on the address that it had before if it ran.
func (d *desk) listen(cert tls.Certificate) error {
	d.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &deskSession{desk: d}, nil
	}))
	d.server.Domain = "smarthost.example.org"
	d.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	d.server.MaxMessageBytes = maxDelivery
	d.server.ReadTimeout, d.server.WriteTimeout = time.Minute, time.Minute
	d.server.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	listener, err := net.Listen("tcp", d.addr)
	if err != nil {
		return fmt.Errorf("listen for SMTP: %w", err)
	}
	d.addr = listener.Addr().String()
	go func(server *smtp.Server) { _ = server.Serve(listener) }(d.server) // ends with Close
	return nil
}

// Close stops the server; stopping twice is fine.
func (d *desk) Close() error {
	if err := d.server.Close(); !errors.Is(err, smtp.ErrServerClosed) {
		return err
	}
	return nil
}

// Deliveries returns what has arrived so far.
func (d *desk) Deliveries() []Delivery {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Delivery(nil), d.delivered...)
}

type deskSession struct {
	desk     *desk
	loggedIn bool
	envelope Delivery
}

func (s *deskSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *deskSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.desk.user || password != s.desk.password {
			return errors.New("wrong user or password")
		}
		s.loggedIn = true
		return nil
	}), nil
}

func (s *deskSession) Mail(from string, _ *smtp.MailOptions) error {
	if !s.loggedIn {
		return smtp.ErrAuthRequired
	}
	s.envelope = Delivery{From: from}
	return nil
}

func (s *deskSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.envelope.To = append(s.envelope.To, to)
	return nil
}

func (s *deskSession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.envelope.Data = data
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	s.desk.delivered = append(s.desk.delivered, s.envelope)
	return nil
}

func (s *deskSession) Reset()        { s.envelope = Delivery{} }
func (s *deskSession) Logout() error { return nil }
