package demo

import (
	"bytes"
	"crypto/tls"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"text/template"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

//go:embed spam/*.eml
var spamFiles embed.FS

// Spam returns the sample messages, dated a little before now, since desks
// (and our own policy) pass over old spam.
func Spam(now time.Time) ([][]byte, error) {
	ago := func(s string) (string, error) {
		d, err := time.ParseDuration(s)
		return now.Add(-d).Format(time.RFC1123Z), err
	}
	set, err := template.New("").Funcs(template.FuncMap{"ago": ago}).ParseFS(spamFiles, "spam/*.eml")
	if err != nil {
		return nil, fmt.Errorf("sample spam: %w", err)
	}
	names, err := fs.Glob(spamFiles, "spam/*.eml")
	if err != nil {
		return nil, fmt.Errorf("sample spam: %w", err)
	}
	var messages [][]byte
	for _, name := range names {
		var buf bytes.Buffer
		if err := set.ExecuteTemplate(&buf, name[len("spam/"):], nil); err != nil {
			return nil, fmt.Errorf("sample spam: %w", err)
		}
		messages = append(messages, bytes.ReplaceAll(buf.Bytes(), []byte("\n"), []byte("\r\n")))
	}
	return messages, nil
}

// imapServer serves one user's mailbox, over TLS.
type imapServer struct {
	server  *imapserver.Server
	account *imapmemserver.User
	addr    string
}

func startIMAP(cert tls.Certificate, user, password string, folders map[string][][]byte) (*imapServer, error) {
	account := imapmemserver.NewUser(user, password)
	for folder, messages := range folders {
		if err := fill(account, folder, messages); err != nil {
			return nil, err
		}
	}
	store := imapmemserver.New()
	store.AddUser(account)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return store.NewSession(), nil, nil
		},
		Caps:   imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}, imap.CapMove: {}, imap.CapUIDPlus: {}},
		Logger: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for IMAP: %w", err)
	}
	tlsListener := tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
	go func() { _ = server.Serve(tlsListener) }() // ends with Close
	return &imapServer{server: server, account: account, addr: listener.Addr().String()}, nil
}

// fill makes a folder and puts messages into it, in order.
func fill(account *imapmemserver.User, folder string, messages [][]byte) error {
	if err := account.Create(folder, nil); err != nil {
		return fmt.Errorf("create folder %s: %w", folder, err)
	}
	for _, raw := range messages {
		if err := deliver(account, folder, raw); err != nil {
			return err
		}
	}
	return nil
}

func deliver(account *imapmemserver.User, folder string, raw []byte) error {
	_, err := account.Append(folder, literal{bytes.NewReader(raw), int64(len(raw))}, &imap.AppendOptions{Time: time.Now()})
	if err != nil {
		return fmt.Errorf("fill folder %s: %w", folder, err)
	}
	return nil
}

func (s *imapServer) Close() error { return s.server.Close() }

// literal makes a reader an IMAP literal.
type literal struct {
	*bytes.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }
