package servertest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Create makes folders.
func (d *DovecotServer) Create(t testing.TB, user string, folders ...string) {
	t.Helper()
	client := d.login(t, user)
	defer func() { _ = client.Close() }()
	for _, folder := range folders {
		if err := client.Create(folder, nil).Wait(); err != nil {
			t.Fatalf("create %q: %v", folder, err)
		}
	}
}

// Delete deletes folders with all that is in them. A folder of the same name
// made afterwards has another UIDVALIDITY.
func (d *DovecotServer) Delete(t testing.TB, user string, folders ...string) {
	t.Helper()
	client := d.login(t, user)
	defer func() { _ = client.Close() }()
	for _, folder := range folders {
		if err := client.Delete(folder).Wait(); err != nil {
			t.Fatalf("delete %q: %v", folder, err)
		}
	}
}

// Append puts messages into a folder, unread.
func (d *DovecotServer) Append(t testing.TB, user, folder string, messages ...[]byte) {
	t.Helper()
	client := d.login(t, user)
	defer func() { _ = client.Close() }()
	for _, message := range messages {
		cmd := client.Append(folder, int64(len(message)), nil)
		if _, err := cmd.Write(message); err != nil {
			t.Fatalf("append to %q: %v", folder, err)
		}
		if err := cmd.Close(); err != nil {
			t.Fatalf("append to %q: %v", folder, err)
		}
		if _, err := cmd.Wait(); err != nil {
			t.Fatalf("append to %q: %v", folder, err)
		}
	}
}

// Fill puts n messages into a folder with a plain ASCII name by writing them
// into its maildir, which is much faster than Append. Line endings become
// what message has.
func (d *DovecotServer) Fill(t testing.TB, user, folder string, n int, message func(i int) []byte) {
	t.Helper()
	// Dovecot makes the maildir, with everything in it, when it is opened.
	d.Flags(t, user, folder)
	dir := filepath.Join(d.Dir, "mail", user, "Maildir")
	if folder != "INBOX" {
		dir = filepath.Join(dir, "."+folder)
	}
	stamp := time.Now().UnixNano() // filling twice adds, and replaces nothing
	for i := range n {
		name := fmt.Sprintf("%d.%08d.test", stamp, i)
		path := filepath.Join(dir, "tmp", name)
		WriteFile(t, path, string(message(i)))
		if err := os.Chown(path, MailUID, MailUID); err != nil {
			t.Fatal(err)
		}
		// A session that is open must not see half a message.
		if err := os.Rename(path, filepath.Join(dir, "cur", name+":2,")); err != nil {
			t.Fatal(err)
		}
	}
}

// Flags reads the flags of every message of a folder by UID, without
// \Recent, which only says that no session has seen it before.
func (d *DovecotServer) Flags(t testing.TB, user, folder string) map[uint32][]imap.Flag {
	t.Helper()
	flags := make(map[uint32][]imap.Flag)
	for _, m := range d.fetch(t, user, folder, &imap.FetchOptions{UID: true, Flags: true}) {
		kept := []imap.Flag{}
		for _, flag := range m.Flags {
			if flag != `\Recent` {
				kept = append(kept, flag)
			}
		}
		flags[uint32(m.UID)] = kept
	}
	return flags
}

// Messages reads the messages of a folder, oldest first, and leaves them as
// they are.
func (d *DovecotServer) Messages(t testing.TB, user, folder string) [][]byte {
	t.Helper()
	section := &imap.FetchItemBodySection{Peek: true}
	var messages [][]byte
	for _, m := range d.fetch(t, user, folder, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}) {
		messages = append(messages, m.FindBodySection(section))
	}
	return messages
}

func (d *DovecotServer) fetch(t testing.TB, user, folder string, options *imap.FetchOptions) []*imapclient.FetchMessageBuffer {
	t.Helper()
	client := d.login(t, user)
	defer func() { _ = client.Close() }()
	selected, err := client.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		t.Fatalf("open %q: %v", folder, err)
	}
	if selected.NumMessages == 0 {
		return nil
	}
	messages, err := client.Fetch(imap.SeqSet{{Start: 1, Stop: 0}}, options).Collect()
	if err != nil {
		t.Fatalf("fetch from %q: %v", folder, err)
	}
	return messages
}
