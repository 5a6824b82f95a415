package servertest

import (
	"bytes"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// MemoryIMAP is an IMAP server in the test itself, without TLS, with one user
// and one folder in memory: for tests that need a new one thousands of times.
type MemoryIMAP struct {
	Addr string

	folder string
	user   *imapmemserver.User
}

// The user of a MemoryIMAP.
const (
	MemoryUser     = "user"
	MemoryPassword = "not-a-secret"
)

// NewMemoryIMAP starts a server with an empty folder.
func NewMemoryIMAP(t testing.TB, folder string) *MemoryIMAP {
	t.Helper()
	m := &MemoryIMAP{folder: folder, user: imapmemserver.NewUser(MemoryUser, MemoryPassword)}
	if err := m.user.Create(folder, nil); err != nil {
		t.Fatal(err)
	}
	all := imapmemserver.New()
	all.AddUser(m.user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return all.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}, imap.CapMove: {}, imap.CapUIDPlus: {}},
		InsecureAuth: true, Logger: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	})
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.Addr = l.Addr().String()
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return m
}

// memoryLiteral makes a reader an IMAP literal.
type memoryLiteral struct{ *bytes.Reader }

// Append puts a message into the folder; the UIDs are 1, 2, 3, ….
func (m *MemoryIMAP) Append(t testing.TB, raw []byte) {
	t.Helper()
	_, err := m.user.Append(m.folder, memoryLiteral{bytes.NewReader(raw)}, &imap.AppendOptions{Time: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
}

// Flags are those of each message, by UID, joined by spaces.
func (m *MemoryIMAP) Flags(t testing.TB) map[int64]string {
	t.Helper()
	client, err := imapclient.DialInsecure(m.Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if err := client.Login(MemoryUser, MemoryPassword).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Select(m.folder, &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		t.Fatal(err)
	}
	messages, err := client.Fetch(imap.SeqSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true, Flags: true}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	flags := make(map[int64]string, len(messages))
	for _, message := range messages {
		var words []string
		for _, f := range message.Flags {
			words = append(words, string(f))
		}
		flags[int64(message.UID)] = strings.Join(words, " ")
	}
	return flags
}
