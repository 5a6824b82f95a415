package submission

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"spamreport/relay"
)

// Queue keeps messages: relay.Relay. A message is on disk when Accept returns
// nil.
type Queue interface {
	Accept(ctx context.Context, s relay.Submission) error
}

// Policy refuses what a user may not send now. An error that is a [Refusal]
// says what the client is told.
type Policy interface {
	// Recipient is asked at RCPT, before the message is there.
	Recipient(ctx context.Context, user, from, to string) error
	// Message is asked when all of a message is there, before it is queued.
	// What it returns nil for is queued unless the disk fails.
	Message(ctx context.Context, s relay.Submission) error
}

// Observer is told what happens, for metrics. Its methods are called from
// many goroutines and must not block.
type Observer interface {
	Session(delta int)  // a session began (1) or ended (-1)
	Login(ok bool)      // somebody logged in, or tried to
	Refused(r *Refusal) // a sender, recipient, message or session
}

// Server is a submission server. Name, Queue and one of Users and LoopbackUser
// are needed.
type Server struct {
	Name  string // of this host, in the greeting and in Received
	Queue Queue
	Users Users // who may log in; nil: nobody
	// Senders are the addresses that a user may send as: an address, "@" and a
	// domain, or "*" for any; nil: the name of the user, when it is an address.
	Senders func(user string) []string
	// LoopbackUser is whom programs on this machine send as when they do not
	// log in; empty: they must.
	LoopbackUser string
	Policy       Policy // nil: none
	// Room says why a message of so many octets cannot be kept now; zero octets
	// is one that does not say. It is asked at MAIL, to spare a client the text;
	// what counts is the Queue. nil: nobody is asked.
	Room func(octets int64) error
	// Forwarded is how much mail that a program forwards by itself is taken,
	// such as that of a mailbox's filter; nil: none.
	Forwarded *rate.Limiter
	TLS       *tls.Config // nil: none, which only loopback listeners may do with
	FullTrace bool        // Received names the client's address, which is somebody's home
	Limits    Limits

	Log      *slog.Logger     // nil: no log
	Observer Observer         // nil: none
	Now      func() time.Time // the clock; time.Now when nil

	start    sync.Once
	plain    *smtp.Server // the library, where STARTTLS is offered
	final    *smtp.Server // where it is not, or not any more
	waiting  map[*smtp.Server]*handover
	sessions sessions
	logins   *logins
	octets   *budget
}

// Serve takes mail until ctx ends. Then it stops listening, lets the sessions
// that are in the middle of a message finish, and returns within Limits.Grace.
func (s *Server) Serve(ctx context.Context, listeners ...Listener) error {
	s.init()
	for _, l := range listeners {
		if s.TLS == nil && (l.ImplicitTLS || !isLoopback(l.Addr())) {
			return fmt.Errorf("listen on %s: %w", l.Addr(), ErrPlaintext)
		}
	}
	defer context.AfterFunc(ctx, func() {
		for _, l := range listeners {
			_ = l.Close()
		}
	})()
	// Sessions outlive ctx by the grace time.
	flight, land := context.WithCancel(context.WithoutCancel(ctx))
	defer land()
	var accepting errgroup.Group
	for _, l := range listeners {
		d := &door{Listener: l, server: s, ctx: ctx, flight: flight}
		accepting.Go(d.serve)
	}
	err := accepting.Wait()
	s.sessions.stop(s.Limits.Grace)
	_ = s.plain.Close()
	_ = s.final.Close()
	return err
}

// ServeConn serves one connection whose other end is a user that is known
// already, as sendmail -bs does. It returns when the session is over.
func (s *Server) ServeConn(ctx context.Context, conn net.Conn, user User) {
	s.init()
	c, ok := s.welcome(ctx, conn, &user, false)
	if !ok {
		return
	}
	if g := s.begin(c, false, false); g != nil {
		s.speak(s.final, g)
	}
	<-c.gone
}

func (s *Server) init() {
	s.start.Do(func() {
		s.Limits = s.Limits.withDefaults()
		s.logins = newLogins(s)
		s.octets = &budget{limit: s.Limits.InFlight}
		s.sessions.open = make(map[*client]struct{})
		s.waiting = make(map[*smtp.Server]*handover)
		s.plain, s.final = s.speaker(s.TLS), s.speaker(nil)
	})
}

// speaker configures go-smtp and has it wait for connections. It is told that
// AUTH needs no TLS, since it cannot see the TLS below the gate; the session
// decides.
func (s *Server) speaker(offer *tls.Config) *smtp.Server {
	lib := smtp.NewServer(smtp.BackendFunc(s.newSession))
	lib.Domain = s.Name
	lib.MaxRecipients = s.Limits.Recipients
	lib.MaxMessageBytes = s.Limits.Message
	lib.MaxLineLength = 0 // the gate's trade
	lib.AllowInsecureAuth = true
	lib.EnableSMTPUTF8 = true
	lib.EnableDSN = true
	lib.TLSConfig = offer // advertised; the gate answers
	lib.ErrorLog = libraryLog{s.log()}
	h := &handover{gates: make(chan *gate), closed: make(chan struct{})}
	s.waiting[lib] = h
	go func() { _ = lib.Serve(h) }()
	return lib
}

func (s *Server) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (s *Server) log() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.New(slog.DiscardHandler)
}

func (s *Server) observer() Observer {
	if s.Observer != nil {
		return s.Observer
	}
	return nobody{}
}

// nobody observes nothing.
type nobody struct{}

func (nobody) Session(int)      {}
func (nobody) Login(bool)       {}
func (nobody) Refused(*Refusal) {}

// libraryLog is where the library reports what it did not expect.
type libraryLog struct{ log *slog.Logger }

// Printf reports connections that broke, which happens all day, and panics.
func (l libraryLog) Printf(format string, v ...any) {
	level := slog.LevelDebug
	if strings.HasPrefix(format, "panic") {
		level = slog.LevelError
	}
	l.log.Log(context.Background(), level, "smtp", "error", fmt.Sprintf(format, v...))
}

// Println does the same.
func (l libraryLog) Println(v ...any) { l.Printf("%s", fmt.Sprint(v...)) }

func isLoopback(addr net.Addr) bool {
	if addr.Network() == "unix" {
		return true
	}
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
