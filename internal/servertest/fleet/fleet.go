// Package fleet runs several spamreport processes on one PostgreSQL, as an
// abuse desk that outgrew one machine does, with real servers around them: a
// Dovecot with many accounts and folders, registries on loopback, and a
// smarthost that counts what it takes by Message-ID. The mail comes from a
// [Corpus], which knows what must become of it.
//
// Tests kill its members; bench/pair measures how much faster two are than one.
package fleet

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"text/template"
	"time"

	"spamreport/internal/replay"
	"spamreport/internal/servertest"
)

// Options say what a fleet is like.
type Options struct {
	Corpus   Corpus
	Accounts int // mailboxes
	Folders  int // in each of them

	Program string   // the spamreport to run
	Env     []string // further environment of it, "NAME=value"
	Prefix  []string // a command that runs it, such as one that holds it to a part of a core

	Connections int           // of each process to the smarthost
	Registry    time.Duration // how long the registry thinks about an answer
	Cable       time.Duration // how long each piece of an IMAP session travels
}

// Fleet is a running installation, without members at first.
type Fleet struct {
	Options
	Dovecot  *servertest.DovecotServer
	Postgres *servertest.Postgres
	Registry *replay.Server
	Sink     *Sink
	Database string // URL of the database

	t       testing.TB
	dir     string
	imap    string // host:port that members connect to
	before  []Mailbox
	placed  int       // messages of the corpus that are in the mailboxes
	members []*Member // started so far
	holders []int32   // sessions with PostgreSQL that hold something; see Hold
}

// password is that of all mailboxes.
const password = "correct horse"

// New starts the servers. They end with the test.
func New(t testing.TB, o Options) *Fleet {
	t.Helper()
	f := &Fleet{Options: o, t: t, dir: servertest.TempDir(t)}
	if f.Corpus.Sent.IsZero() {
		f.Corpus.Sent = time.Now().Add(-time.Hour)
	}
	users := map[string]string{}
	for n := range o.Accounts {
		users[user(n)] = password
	}
	f.Dovecot = servertest.Dovecot(t, servertest.DovecotOptions{Users: users, Extra: manySessions})
	f.imap = f.Dovecot.IMAP
	if o.Cable > 0 {
		f.imap = slowCable(t, f.imap, o.Cable)
	}
	f.Postgres = servertest.StartPostgres(t, knowing)
	f.Database = f.Postgres.Database(t, "fleet")
	var err error
	if f.Registry, err = replay.Start(t.Context(), o.Corpus.registry()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Registry.Close)
	if o.Registry > 0 {
		f.Registry.Break(replay.RDAP, replay.Fault{Delay: o.Registry})
	}
	f.Sink = newSink(t)
	if err := os.WriteFile(f.path("redact.key"), bytes.Repeat([]byte("k"), 64), 0o600); err != nil {
		t.Fatal(err)
	}
	for n := range o.Accounts {
		f.Dovecot.Create(t, user(n), f.folders()...)
	}
	return f
}

// knowing has the server look at once at what is in its tables, as it has on an
// installation that runs for longer than a minute: it plans badly before.
const knowing = "autovacuum_naptime=1"

// manySessions lets one user have a session for each folder, as a provider
// does that honeypots are at home with.
const manySessions = `
service imap-login {
  process_min_avail = 1
  service_count = 0
}
service imap {
  process_limit = 2000
}
default_client_limit = 4000
default_vsz_limit = 0
`

func user(account int) string { return fmt.Sprintf("trap%d@example.org", account) }

func (f *Fleet) folders() (names []string) {
	for n := range f.Folders {
		names = append(names, fmt.Sprintf("Spam%d", n))
	}
	return names
}

func (f *Fleet) path(name string) string { return filepath.Join(f.dir, name) }

// Place puts the next n messages of the corpus into the mailboxes, folder by
// folder in turns, and reports whether any are left.
func (f *Fleet) Place(n int) (more bool) {
	f.t.Helper()
	until := min(f.placed+n, f.Corpus.Messages)
	at := map[int][]int{} // messages by folder
	for i := f.placed; i < until; i++ {
		place := i % (f.Accounts * f.Options.Folders)
		at[place] = append(at[place], i)
	}
	for place, messages := range at {
		account, folder := place%f.Accounts, place/f.Accounts
		f.Dovecot.Fill(f.t, user(account), f.folders()[folder], len(messages), func(i int) []byte {
			return f.Corpus.Message(messages[i])
		})
	}
	f.placed = until
	return until < f.Corpus.Messages
}

// Marked counts the messages in the mailboxes that carry the mark of what was
// reported.
func (f *Fleet) Marked() (n int) {
	f.t.Helper()
	for account := range f.Accounts {
		for _, folder := range f.folders() {
			for _, flags := range f.Dovecot.Flags(f.t, user(account), folder) {
				for _, flag := range flags {
					if flag == "$SpamReported" {
						n++
					}
				}
			}
		}
	}
	return n
}

// Mailbox is an account beside those of the corpus.
type Mailbox struct {
	Name   string
	Server string // host:port
}

// Before configures an account in front of the others, for members that are
// started afterwards. Its user is that of the first mailbox, its folder INBOX.
func (f *Fleet) Before(m Mailbox) { f.before = append(f.before, m) }

//go:embed config.toml
var configTOML string

// configure writes the configuration that all members share but for the name
// that they have in PostgreSQL.
func (f *Fleet) configure(name string) (file string, err error) {
	var accounts []map[string]any
	for _, m := range f.before {
		accounts = append(accounts, map[string]any{"Name": m.Name, "Server": m.Server, "User": user(0), "Folders": []string{"INBOX"}})
	}
	for n := range f.Accounts {
		accounts = append(accounts, map[string]any{"Name": fmt.Sprintf("trap%d", n), "Server": f.imap, "User": user(n), "Folders": f.folders()})
	}
	var text bytes.Buffer
	err = template.Must(template.New("").Parse(configTOML)).Execute(&text, map[string]any{
		"Database": f.Database + "&application_name=" + name, "Accounts": accounts,
		"Bootstrap": f.Registry.BootstrapURL(), "Limit": f.Corpus.Limit, "Key": f.path("redact.key"),
		"Sink": f.Sink.Addr, "Connections": max(f.Connections, 1),
	})
	if err != nil {
		return "", err
	}
	file = f.path(name + ".toml")
	return file, os.WriteFile(file, text.Bytes(), 0o600)
}
