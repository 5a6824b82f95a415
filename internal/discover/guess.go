package discover

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
)

// guesses are where servers stand when nobody says where, likelier ones first.
// The port that needs no certificate before the log-in comes last.
var guesses = struct{ imap, submission []Server }{
	imap:       []Server{implicit("imap.", 993), implicit("mail.", 993)},
	submission: []Server{implicit("smtp.", 465), implicit("mail.", 465), starttls("smtp.", 587), starttls("mail.", 587)},
}

// guess tries names below the domain. A server counts that shows a certificate
// for its name; nothing is said to it.
func (f *Finder) guess(ctx context.Context, address, domain string) (Found, bool) {
	imap, submission := f.answering(ctx, guesses.imap, domain), f.answering(ctx, guesses.submission, domain)
	found := Found{IMAP: first(imap, address), Submission: first(submission, address), Source: "a guess, which answers"}
	return found, found.IMAP.Host != ""
}

// answering tries all at once, and returns those that answer, in their order.
func (f *Finder) answering(ctx context.Context, guessed []Server, domain string) []Server {
	answers := make([]bool, len(guessed))
	var tried sync.WaitGroup
	for i := range guessed {
		tried.Go(func() {
			s := guessed[i]
			s.Host += domain
			answers[i] = f.answers(ctx, s)
		})
	}
	tried.Wait()
	var found []Server
	for i, s := range guessed {
		if answers[i] {
			s.Host += domain
			found = append(found, s)
		}
	}
	return found
}

func (f *Finder) answers(ctx context.Context, s Server) bool {
	dial := f.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, "tcp", s.Address())
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	if s.Security == STARTTLS {
		return true // its certificate is seen when we log in
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if f.TLS != nil {
		config = f.TLS.Clone()
	}
	config.ServerName = s.Host
	return tls.Client(conn, config).HandshakeContext(ctx) == nil
}

func first(found []Server, user string) Server {
	if len(found) == 0 {
		return Server{}
	}
	found[0].User = user
	return found[0]
}
