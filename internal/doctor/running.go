package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"time"

	"spamreport/internal/store"
)

// letters writes each letter once: a mistake in one of the user's own stops
// every complaint.
func (s Setup) letters(context.Context) []Result {
	if s.Letters == nil {
		return one(skip("not examined"))
	}
	n, err := s.Letters()
	if err != nil {
		return one(fail("put it right; spamreport templates check looks again", "%s", plainly(err)))
	}
	return one(ok("%d letters, no mistake", n))
}

// overdue is when a folder should have been read again: timers run every
// quarter of an hour, but a laptop may sleep over night.
const overdue = 25 * time.Hour

// runByItself is what to do where nothing reads the mailboxes.
const runByItself = "have it run by itself: a timer, cron or spamreport serve; see docs/recipes.md"

// sweep sees whether the folders are read by themselves, by whatever does it.
func (s Setup) sweep(ctx context.Context) []Result {
	if len(s.Accounts) == 0 {
		return one(warn("set one up: spamreport init", "no mailbox is configured"))
	}
	visits, err := s.visits(ctx)
	if err != nil {
		return one(skip("the database does not tell: %s", err))
	}
	var late []string
	var last time.Time
	for _, a := range s.Accounts {
		for _, folder := range a.Folders {
			read := visits[a.Mailbox.Name+"/"+folder]
			if read.After(last) {
				last = read
			}
			switch days := int(s.now().Sub(read).Hours() / 24); {
			case read.IsZero():
				late = append(late, fmt.Sprintf("%s/%s was never read", a.Mailbox.Name, folder))
			case s.now().Sub(read) > overdue:
				late = append(late, fmt.Sprintf("%s/%s was last read %d days ago", a.Mailbox.Name, folder, max(days, 1)))
			}
		}
	}
	if len(late) > 0 {
		return one(warn(runByItself, "%s", strings.Join(late, "; ")))
	}
	return one(ok("every folder was read in the last day, the latest at %s", last.Local().Format("15:04")))
}

// visits is when each folder was last read to its end.
func (s Setup) visits(ctx context.Context) (map[string]time.Time, error) {
	last := map[string]time.Time{}
	db, err := store.OpenReadOnly(ctx, s.Database, s.DatabaseOptions)
	if errors.Is(err, fs.ErrNotExist) {
		return last, nil
	} else if err != nil {
		return nil, err
	}
	visits, err := db.Visits(ctx)
	for _, v := range visits {
		last[v.Account+"/"+v.Folder] = v.Visited
	}
	return last, errors.Join(err, db.Close())
}

// web looks at where the page is shown, and to whom.
func (s Setup) web(context.Context) []Result {
	cfg := s.Config.Web
	if cfg.TLSCert != "" {
		return one(s.ownCertificate(cfg.Address, cfg.TLSCert, cfg.TLSKey, "tls_cert and tls_key in [web]"))
	}
	host, _, _ := net.SplitHostPort(cfg.Address)
	switch ip := net.ParseIP(host); {
	case host == "localhost" || ip != nil && ip.IsLoopback():
		return one(ok("%s: for this machine alone", cfg.Address))
	case cfg.AllowPlaintext:
		return one(warn("set tls_cert and tls_key in [web]", "%s: the password crosses the network in the clear", cfg.Address))
	}
	return one(fail("set tls_cert and tls_key in [web]", "%s is open to others, and there is no TLS: serve does not show the page", cfg.Address))
}

// listen looks at the door for other programs' mail.
func (s Setup) listen(context.Context) []Result {
	cfg := s.Config.Relay.Listen
	at := strings.Join(append(append([]string(nil), cfg.Address...), cfg.TLSAddress...), ", ")
	if cfg.TLSCert != "" {
		return one(s.ownCertificate(at, cfg.TLSCert, cfg.TLSKey, "tls_cert and tls_key in [relay.listen]"))
	}
	return one(ok("%s: for programs on this machine", at))
}

// ownCertificate looks at a certificate that we show to others.
func (s Setup) ownCertificate(at, certFile, keyFile, keys string) Result {
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return fail("put "+keys+" right", "%s", plainly(err))
	}
	text, expires := certificate(&tls.ConnectionState{PeerCertificates: []*x509.Certificate{pair.Leaf}}, s.now())
	if expires {
		return warn("renew the certificate in "+keys, "%s: %s", at, text)
	}
	return ok("%s: %s", at, text)
}
