package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// keepAlive finds out within three minutes that the other end of a silent
// connection is gone: while IDLE runs nobody owes an answer.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: time.Minute, Interval: 30 * time.Second, Count: 4}

// Dial connects to an IMAP server and logs in.
func Dial(ctx context.Context, account Account) (*Session, error) {
	if err := account.check(); err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: dialTimeout, KeepAliveConfig: keepAlive}
	conn, err := dialer.DialContext(ctx, "tcp", account.address())
	if err != nil {
		return nil, account.explainDial(ctx, err)
	}
	s := &Session{account: account, conn: &guardedConn{Conn: conn, timeout: account.timeout()}, news: make(chan struct{}, 1)}
	if err := s.open(ctx); err != nil {
		s.abort()
		return nil, err
	}
	return s, nil
}

// open goes from a TCP connection to the authenticated state.
func (s *Session) open(ctx context.Context) error {
	var secured net.Conn
	err := s.ask(ctx, func() (err error) {
		secured, err = s.secure(ctx)
		return err
	})
	if errors.Is(err, ErrNoTLS) || errors.Is(err, errPreauth) || errors.Is(err, errBabble) {
		return errorf(err, "connect to %s", s.account.address())
	} else if err != nil {
		return s.explain(ctx, err, "connect to %s", s.account.address())
	}

	s.wire = newSieve(secured)
	s.client = imapclient.New(&capsConn{Conn: s.wire}, &imapclient.Options{
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: s.heard},
	})
	var caps imap.CapSet
	err = s.ask(ctx, func() error {
		if err := s.client.WaitGreeting(); err != nil {
			return err
		}
		if caps = s.client.Caps(); caps == nil {
			return errors.New("the server does not say what it can")
		}
		return nil
	})
	switch {
	case err != nil:
		return s.explain(ctx, err, "connect to %s", s.account.address())
	case s.client.State() == imap.ConnStateAuthenticated:
		return nil // PREAUTH, behind TLS or on loopback
	}
	return s.login(ctx, caps)
}

// secure puts TLS on the connection, as the account asks for.
func (s *Session) secure(ctx context.Context) (net.Conn, error) {
	if s.account.Security == Plaintext {
		return s.conn, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.account.TLSConfig != nil {
		config = s.account.TLSConfig.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = s.account.host()
	}
	if s.account.Security == STARTTLS {
		if err := requestTLS(s.conn); err != nil {
			return nil, err
		}
	}
	secured := tls.Client(s.conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	state := secured.ConnectionState()
	s.tls = &state
	if s.account.Security == STARTTLS {
		return &greetedConn{Conn: secured, greeting: strings.NewReader("* OK behind TLS\r\n")}, nil
	}
	return secured, nil
}
