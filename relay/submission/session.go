package submission

import (
	"strings"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"spamreport/relay"
)

// session is what the library calls for each command. After BDAT, Data runs
// beside the commands that follow; mu guards what both touch.
type session struct {
	server *Server
	gate   *gate
	client *client

	mu   sync.Mutex
	user *User // nil until somebody logged in
	mail *transaction
}

// transaction is a message on its way in (RFC 5321 §3.3).
type transaction struct {
	user     *User
	envelope relay.Envelope
	size     int64 // as MAIL announced it; 0 when it did not
}

func (s *Server) newSession(c *smtp.Conn) (smtp.Session, error) {
	g := c.Conn().(*gate)
	session := &session{server: s, gate: g, client: g.client, user: g.client.user}
	if session.user == nil && s.LoopbackUser != "" && g.client.addr.IsLoopback() {
		session.user = &User{Name: s.LoopbackUser, trusted: true}
	}
	g.known = session.user != nil
	return session, nil
}

// Reset implements smtp.Session.
func (s *session) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mail = nil
}

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

// AuthMechanisms implements smtp.AuthSession.
func (s *session) AuthMechanisms() []string {
	if !s.gate.secure || s.server.Users == nil || s.client.user != nil {
		return nil
	}
	return []string{sasl.Plain, sasl.Login}
}

// Auth implements smtp.AuthSession.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	check := func(name, password string) error {
		user, err := s.server.logins.check(s.client, name, password)
		if err != nil {
			return s.refused(err)
		}
		s.user, s.gate.known = user, true
		return nil
	}
	switch {
	case s.server.Users == nil || s.client.user != nil:
		return nil, s.refused(refuse(502, "5.5.1", "there is nobody to log in as"))
	case !s.gate.secure:
		return nil, s.refused(refuse(538, "5.7.11", "log in over TLS: say STARTTLS first"))
	case s.mail != nil:
		return nil, s.refused(refuse(503, "5.5.1", "AUTH is not allowed within a transaction"))
	case mechanism == sasl.Plain:
		return sasl.NewPlainServer(func(identity, name, password string) error {
			if identity != "" && identity != name {
				return s.refused(refuse(535, "5.7.8", "nobody logs in for another"))
			}
			return check(name, password)
		}), nil
	case mechanism == sasl.Login:
		return &loginServer{check: check}, nil
	}
	return nil, s.refused(refuse(504, "5.5.4", "log in with PLAIN or LOGIN"))
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, o *smtp.MailOptions) error {
	switch {
	case s.user == nil && !s.gate.secure:
		return s.refused(refuse(530, "5.7.0", "say STARTTLS and log in first"))
	case s.user == nil:
		return s.refused(refuse(530, "5.7.0", "log in first"))
	case s.mail != nil:
		return s.refused(refuse(503, "5.5.1", "there is a sender already: say RSET first"))
	}
	from, err := s.path(from, o.UTF8)
	if err != nil {
		return s.refused(err)
	}
	if err := s.server.mayBeSender(s.user, from); err != nil {
		return s.refused(err)
	}
	if room := s.server.Room; room != nil {
		if err := room(o.Size); err != nil {
			return s.refused(err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mail = &transaction{user: s.user, size: o.Size, envelope: relay.Envelope{
		From: from, UTF8: o.UTF8, DSN: relay.DSN{Return: string(o.Return), Envelope: o.EnvelopeID},
	}}
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, o *smtp.RcptOptions) error {
	m := s.mail
	to, err := s.path(to, m.envelope.UTF8)
	if err == nil && s.server.Policy != nil {
		err = s.server.Policy.Recipient(s.client.ctx, m.user.Name, m.envelope.From, to)
	}
	if err != nil {
		return s.refused(err)
	}
	m.envelope.To = append(m.envelope.To, to)
	m.envelope.Notify = append(m.envelope.Notify, receipt(o))
	return nil
}

// receipt keeps the parameters of RCPT (RFC 3461 §4).
func receipt(o *smtp.RcptOptions) relay.Receipt {
	var r relay.Receipt
	words := make([]string, len(o.Notify))
	for i, n := range o.Notify {
		words[i] = string(n)
	}
	r.Notify = strings.Join(words, ",")
	if o.OriginalRecipient != "" {
		r.Original = strings.ToLower(string(o.OriginalRecipientType)) + ";" + o.OriginalRecipient
	}
	return r
}

// path checks a path of MAIL or RCPT and brings it to the form that the queue
// keeps. The null reverse-path stays empty.
func (s *session) path(address string, utf8 bool) (string, error) {
	_, path, _ := strings.Cut(s.gate.command, ":")
	path = strings.TrimLeft(path, " \t")
	at := strings.LastIndexByte(address, '@')
	switch {
	case strings.HasPrefix(path, "<@") || strings.HasPrefix(path, "@"):
		// RFC 5321 appendix C: source routes are history, except for abuse.
		return "", refuse(553, "5.1.3", "source routes are not supported")
	case address == "":
		return "", nil
	case strings.Contains(address[:max(at, 0)], "@"):
		return "", refuse(553, "5.1.3", "an address with two at signs names a route, which is not supported")
	case !utf8 && !isASCII(address):
		return "", refuse(553, "5.6.7", "an address with letters beyond ASCII needs SMTPUTF8")
	}
	canonical, err := relay.CanonicalAddress(address)
	if err != nil {
		return "", refuse(553, "5.1.3", "%s", err)
	}
	return canonical, nil
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

// refused notes a refusal and puts it in the words of the library.
func (s *session) refused(err error) *smtp.SMTPError {
	r := refusalOf(err)
	log := s.server.log().With("address", s.client.addr.String())
	if s.user != nil {
		log = log.With("user", s.user.Name)
	}
	log.Info("refused", "code", r.Code, "status", r.Status, "reason", r.Text)
	if r == errKept {
		log.Error("cannot accept mail", "error", err)
	}
	s.server.observer().Refused(r)
	return r.smtpError()
}
