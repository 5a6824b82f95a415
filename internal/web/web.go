package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"

	"spamreport/headers"
	"spamreport/internal/approval"
	"spamreport/internal/contract"
	"spamreport/internal/store"
)

// Options are what a site works with.
type Options struct {
	Store     *store.Store
	Approvals approval.Desk
	Walk      func(spam []byte) (headers.Verdict, error)                             // through the enclosed spam
	Deliver   func()                                                                 // something is to be delivered; nil: nobody does so here
	Relay     func(ctx context.Context, now time.Time) (contract.RelayStatus, error) // limits and reputation; nil: unknown
	Accounts  []Account
	Senders   func(user string) []string                 // what a user of the relay may send as; nil: unknown
	Examine   func(ctx context.Context) []contract.Check // looks at every part, as doctor does; nil: nobody does so here
	Every     time.Duration                              // how often it is examined, first soon after the start; 0: when asked
	Running   []string                                   // what this process does besides showing pages

	// CheckPassword reports whether somebody knows the password; nil: there is
	// none, and links sign in.
	CheckPassword func(password string) bool
	// ShowLink hands a new link to the person at the terminal: the path, with a
	// token that works once. It is called again once a link was used.
	ShowLink func(path string)

	Hosts   []string // names that the page may be asked for by, besides localhost and addresses
	Secure  bool     // people reach it by TLS
	Version string
	Log     *slog.Logger     // nil: no log
	Now     func() time.Time // the clock; time.Now when nil
}

// Account is a mailbox as it is configured.
type Account struct {
	Name, Server, User string
	Folders            []string
}

// Site is the page.
type Site struct {
	Options
	sessions sessions
	throttle throttle
	links    links
	live     live
	standing standing
	checkup  checkup
	handler  http.Handler
}

// Limits of the server. They bound what a stranger can make it hold.
const (
	readTimeout    = 30 * time.Second
	writeTimeout   = time.Minute // the live updates set their own
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 32 << 10
	maxForm        = 1 << 20 // a letter is the largest thing that comes in
	maxConnections = 256
	// StopWithin is how long requests under way may take when the site stops.
	StopWithin = 7 * time.Second
)

// New prepares a site.
func New(o Options) *Site {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Deliver == nil {
		o.Deliver = func() {}
	}
	pages()
	s := &Site{Options: o}
	s.live.stopped, s.checkup.asked = make(chan struct{}), make(chan struct{}, 1)
	s.sessions.now, s.throttle.now = o.Now, o.Now
	s.handler = s.guard(s.routes())
	return s
}

// Handler answers the requests.
func (s *Site) Handler() http.Handler { return s.handler }

// Serve answers requests on a listener until ctx ends.
func (s *Site) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: s.handler, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	server.RegisterOnShutdown(s.live.stop)
	s.newLink()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(netutil.LimitListener(l, maxConnections)) }()
	go s.live.run(ctx, s)
	go s.keepExamined(ctx)
	select {
	case err := <-ended:
		return fmt.Errorf("the page at %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), StopWithin)
	defer cancel()
	if err := server.Shutdown(grace); errors.Is(err, context.DeadlineExceeded) {
		return server.Close()
	} else if err != nil {
		return err
	}
	return nil
}

// routes are the pages and what can be done there.
func (s *Site) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /static/{name}", serveStatic)
	mux.HandleFunc("GET /login", s.showLogin)
	mux.HandleFunc("POST /login", s.login)
	for pattern, page := range map[string]page{
		"GET /{$}":                       s.overview,
		"GET /review":                    s.reviewList,
		"POST /review":                   s.reviewBulk,
		"GET /complaints":                s.complaints,
		"GET /complaints/{incident}":     s.complaint,
		"GET /complaints/{incident}/raw": s.raw,
		"POST /complaints/{incident}":    s.decide,
		"GET /networks":                  s.networks,
		"GET /queue":                     s.queue,
		"POST /queue":                    s.changeQueue,
		"GET /never":                     s.never,
		"POST /never":                    s.changeNever,
		"GET /accounts":                  s.accounts,
		"POST /accounts":                 s.changeUser,
		"GET /checkup":                   s.showCheckup,
		"POST /checkup":                  s.startCheckup,
		"GET /download/{file}":           s.download,
		"GET /events":                    s.events,
		"POST /logout":                   s.logout,
	} {
		mux.Handle(pattern, s.signedIn(page))
	}
	mux.Handle("/", s.signedIn(func(*visit) error { return errNotFound }))
	return mux
}
