package mailbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"spamreport/internal/mailbox"
	"spamreport/internal/servertest"
)

// account is the user of a test server, over implicit TLS.
func account(d *servertest.DovecotServer) mailbox.Account {
	return mailbox.Account{
		Name: "home", Server: d.IMAPS, User: servertest.DovecotUser,
		Password:  func(context.Context) (string, error) { return servertest.DovecotPassword, nil },
		TLSConfig: d.CA.ClientConfig(), Timeout: 30 * time.Second,
	}
}

func dial(t testing.TB, a mailbox.Account) *mailbox.Session {
	t.Helper()
	s, err := mailbox.Dial(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func selectFolder(t testing.TB, s *mailbox.Session, folder string, readOnly bool) mailbox.Folder {
	t.Helper()
	f, err := s.Select(t.Context(), folder, readOnly)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// uidsOf drains an iteration that must not fail.
func uidsOf(t testing.TB, messages iter.Seq2[mailbox.Message, error]) []uint32 {
	t.Helper()
	var uids []uint32
	for m, err := range messages {
		if err != nil {
			t.Fatal(err)
		}
		uids = append(uids, m.Place.UID)
	}
	return uids
}

func spam(i int) []byte {
	return fmt.Appendf(nil, "Received: from a.example ([192.0.2.%d]) by mx.example.org; Mon, 2 Jan 2006 15:04:05 +0000\r\n"+
		"Message-ID: <%d@a.example>\r\nSubject: spam %d\r\n\r\nBuy.\r\n", i%256, i, i)
}

func spams(n int) [][]byte {
	messages := make([][]byte, n)
	for i := range messages {
		messages[i] = spam(i)
	}
	return messages
}

func TestEveryWayInSpeaksToTheServer(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	withLogin := servertest.Dovecot(t, servertest.DovecotOptions{Mechanisms: "login"})
	closed := servertest.Dovecot(t, servertest.DovecotOptions{RequireTLS: true})
	fromElsewhere := servertest.NewProxy(t, closed.IMAP)
	d.Append(t, servertest.DovecotUser, "Junk", spam(1))

	for name, change := range map[string]func(*mailbox.Account){
		"implicit TLS and PLAIN":           func(*mailbox.Account) {},
		"STARTTLS":                         func(a *mailbox.Account) { a.Server, a.Security = d.IMAP, mailbox.STARTTLS },
		"plain text on loopback":           func(a *mailbox.Account) { a.Server, a.Security = d.IMAP, mailbox.Plaintext },
		"LOGIN where PLAIN is not offered": func(a *mailbox.Account) { *a = account(withLogin) },
		"STARTTLS where nothing goes without": func(a *mailbox.Account) {
			*a = account(closed)
			a.Server, a.Security = fromElsewhere.Addr, mailbox.STARTTLS
		},
		"a server that is named, not numbered": func(a *mailbox.Account) {
			a.Server = strings.Replace(d.IMAPS, "127.0.0.1", "localhost", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := account(d)
			change(&a)
			s := dial(t, a)
			selectFolder(t, s, "INBOX", true)
		})
	}
}

func TestWhatKeepsOutSaysWhatToDo(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	closed := servertest.Dovecot(t, servertest.DovecotOptions{RequireTLS: true})
	fromElsewhere := servertest.NewProxy(t, closed.IMAP)
	unused := servertest.Loopback(servertest.FreePorts(t, 1)[0])

	for name, tt := range map[string]struct {
		change func(*mailbox.Account)
		is     error // nil: none of ours
		text   []string
	}{
		"a wrong password": {
			func(a *mailbox.Account) { a.Password = func(context.Context) (string, error) { return "hunter2", nil } },
			mailbox.ErrLogin,
			[]string{d.IMAPS, servertest.DovecotUser, "app password"},
		},
		"a password that cannot be had": {
			func(a *mailbox.Account) {
				a.Password = func(context.Context) (string, error) { return "", errors.New("pass: no such entry") }
			},
			nil,
			[]string{"no such entry", servertest.DovecotUser},
		},
		"plain text to another host": {
			func(a *mailbox.Account) { a.Server, a.Security = "192.0.2.1:143", mailbox.Plaintext },
			mailbox.ErrPlaintext,
			[]string{"192.0.2.1:143", "STARTTLS"},
		},
		"plain text where the server refuses it": {
			func(a *mailbox.Account) {
				*a = account(closed)
				a.Server, a.Security = fromElsewhere.Addr, mailbox.Plaintext
			},
			nil,
			[]string{"log in", fromElsewhere.Addr, "without TLS"},
		},
		"an unknown authority": {
			func(a *mailbox.Account) { a.TLSConfig = nil },
			nil,
			[]string{"certificate", d.IMAPS},
		},
		"a certificate for another name": {
			func(a *mailbox.Account) { a.TLSConfig.ServerName = "imap.example.org" },
			nil,
			[]string{"certificate", "imap.example.org"},
		},
		"TLS on the port for plain text": {
			func(a *mailbox.Account) { a.Server = d.IMAP },
			nil,
			[]string{"does not speak TLS", "993"},
		},
		"a server that is down": {
			func(a *mailbox.Account) { a.Server = unused },
			mailbox.ErrTemporary,
			[]string{unused, "refused", "try again"},
		},
		"no server": {
			func(a *mailbox.Account) { a.Server = "" },
			nil,
			[]string{"home"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := account(d)
			tt.change(&a)
			_, err := mailbox.Dial(t.Context(), a)
			if err == nil {
				t.Fatal("it got in")
			}
			t.Log(err)
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v is not %v", err, tt.is)
			}
			if tt.is == nil && (errors.Is(err, mailbox.ErrLogin) || errors.Is(err, mailbox.ErrTemporary)) {
				t.Errorf("%v wraps what it is not", err)
			}
			for _, text := range tt.text {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%q does not say %q", err, text)
				}
			}
			if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), servertest.DovecotPassword) {
				t.Errorf("%q tells the password", err)
			}
		})
	}
}

func TestAMissingFolderIsAnsweredWithThoseThatExist(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	s := dial(t, account(d))
	_, err := s.Select(t.Context(), "Spam", false)
	if !errors.Is(err, mailbox.ErrNoFolder) {
		t.Fatalf("error %v", err)
	}
	t.Log(err)
	for _, text := range []string{`perhaps "Junk" is meant`, `"INBOX"`, `"Sent"`, `"Spam"`} {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%q does not say %s", err, text)
		}
	}
	selectFolder(t, s, "Junk", false) // the session goes on
}

func TestFoldersAreListedWithTheirUse(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	names := []string{"Gemeldet/Früher & später", "Mit Leerzeichen", `Gänse"füßchen`}
	d.Create(t, servertest.DovecotUser, names...)
	s := dial(t, account(d))
	folders, err := s.Folders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	uses := make(map[string]string)
	for _, f := range folders {
		uses[f.Name] = f.SpecialUse
	}
	if uses["Junk"] != `\Junk` || uses["Sent"] != `\Sent` || uses["INBOX"] != "" {
		t.Errorf("uses %v", uses)
	}
	for _, name := range names {
		if _, listed := uses[name]; !listed {
			t.Errorf("%q is not listed in %v", name, uses)
		}
		selectFolder(t, s, name, true)
	}
}

func TestReadingLeavesEveryFlagAlone(t *testing.T) {
	t.Parallel()
	for _, readOnly := range []bool{true, false} {
		t.Run(fmt.Sprintf("read-only %t", readOnly), func(t *testing.T) {
			d := servertest.Dovecot(t, servertest.DovecotOptions{})
			d.Append(t, servertest.DovecotUser, "Junk", spams(3)...)
			s := dial(t, account(d))
			selectFolder(t, s, "Junk", readOnly)
			for _, headerOnly := range []bool{false, true} {
				if got := uidsOf(t, s.After(t.Context(), 0, mailbox.FetchOptions{HeaderOnly: headerOnly})); !slices.Equal(got, []uint32{1, 2, 3}) {
					t.Errorf("UIDs %v", got)
				}
			}
			for uid, flags := range d.Flags(t, servertest.DovecotUser, "Junk") {
				if len(flags) != 0 {
					t.Errorf("message %d has flags %v", uid, flags)
				}
			}
		})
	}
}

func TestAFolderOpenedReadOnlyCannotBeChanged(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	d.Append(t, servertest.DovecotUser, "Junk", spam(1))
	s := dial(t, account(d))
	selectFolder(t, s, "Junk", true)
	if err := s.Mark(t.Context(), []uint32{1}); !errors.Is(err, mailbox.ErrReadOnly) {
		t.Errorf("Mark: %v", err)
	}
	if err := s.Move(t.Context(), []uint32{1}, "Sent"); !errors.Is(err, mailbox.ErrReadOnly) {
		t.Errorf("Move: %v", err)
	}
	if flags := d.Flags(t, servertest.DovecotUser, "Junk"); len(flags) != 1 || len(flags[1]) != 0 {
		t.Errorf("flags %v", flags)
	}
}

func TestASweepGoesOnWhereTheLastOneEnded(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	d.Append(t, servertest.DovecotUser, "Junk", spams(5)...)
	s := dial(t, account(d))
	before := selectFolder(t, s, "Junk", false)
	if before.Messages != 5 || before.UIDNext != 6 || before.UIDValidity == 0 || !before.CanMark {
		t.Errorf("folder %+v", before)
	}
	if got := uidsOf(t, s.After(t.Context(), 3, mailbox.FetchOptions{})); !slices.Equal(got, []uint32{4, 5}) {
		t.Errorf("after 3: %v", got)
	}
	// "6:*" names the last message as well.
	if got := uidsOf(t, s.After(t.Context(), 5, mailbox.FetchOptions{})); len(got) != 0 {
		t.Errorf("after the last: %v", got)
	}
	if got := uidsOf(t, s.Fetch(t.Context(), []uint32{5, 2, 77}, mailbox.FetchOptions{})); !slices.Equal(got, []uint32{5, 2}) {
		t.Errorf("a list of UIDs: %v", got)
	}

	d.Delete(t, servertest.DovecotUser, "Junk")
	d.Append(t, servertest.DovecotUser, "Junk", spam(9)) // auto = create
	s = dial(t, account(d))
	after := selectFolder(t, s, "Junk", false)
	if after.UIDValidity == before.UIDValidity {
		t.Error("a folder made anew has the old UIDVALIDITY")
	}
	if got := uidsOf(t, s.After(t.Context(), 0, mailbox.FetchOptions{})); !slices.Equal(got, []uint32{1}) {
		t.Errorf("in the new folder: %v", got)
	}
}

func TestAMessageHasOneDigestWhereverItLies(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	long := strings.Repeat("x", 200_000)
	messages := map[string][]byte{
		"plain":               spam(1),
		"LF on disk":          []byte("Subject: a\n\nFrom me\n>From you\n\n\n"),
		"no line ending":      []byte("Subject: b\r\n\r\nno end"),
		"only a header":       []byte("Subject: c\r\n\r\n"),
		"long lines, NUL":     []byte("Subject: d\r\n\r\na\x00b" + long + "\r\n" + long),
		"8 bit and lone CR":   []byte("Subject: \xe4\r\n\r\n\xff\rx\r\n"),
		"larger than is kept": []byte("Subject: e\r\n\r\n" + strings.Repeat("line\r\n", 400_000)),
	}
	for name, raw := range messages {
		t.Run(name, func(t *testing.T) {
			d.Fill(t, servertest.DovecotUser, "INBOX", 1, func(int) []byte { return raw })
			s := dial(t, account(d))
			selectFolder(t, s, "INBOX", true)
			var got []mailbox.Message
			for m, err := range s.After(t.Context(), 0, mailbox.FetchOptions{}) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, m)
			}
			if len(got) != 1 {
				t.Fatalf("%d messages", len(got))
			}
			m := got[0]
			if want := mailbox.Digest(raw); m.Digest != want {
				t.Errorf("digest %s, want %s of %q", m.Digest, want, m.Raw[:min(len(m.Raw), 100)])
			}
			if m.Truncated != (len(m.Raw) < int(m.Size)) || len(m.Raw) > mailbox.DefaultKeep {
				t.Errorf("%d octets of %d, truncated %t", len(m.Raw), m.Size, m.Truncated)
			}
			if m.Place.Account != "home" || m.Place.Folder != "INBOX" || m.Name != fmt.Sprintf("INBOX/%d", m.Place.UID) {
				t.Errorf("name %s, place %+v", m.Name, m.Place)
			}
			s = dial(t, account(d))
			selectFolder(t, s, "INBOX", false)
			if err := s.Move(t.Context(), []uint32{m.Place.UID}, "Done"); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestTheHeaderAloneIsTheHeader(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	d.Append(t, servertest.DovecotUser, "Junk", spam(1))
	s := dial(t, account(d))
	selectFolder(t, s, "Junk", true)
	header, _, _ := bytes.Cut(spam(1), []byte("\r\n\r\n"))
	for m, err := range s.After(t.Context(), 0, mailbox.FetchOptions{HeaderOnly: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if string(m.Raw) != string(header)+"\r\n\r\n" || !m.Truncated || m.Digest != "" || m.Received.IsZero() {
			t.Errorf("got %q %+v", m.Raw, m)
		}
	}
}

func TestMarkSetsTheKeywordAndNothingElse(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	d.Append(t, servertest.DovecotUser, "Junk", spams(3)...)
	s := dial(t, account(d))
	selectFolder(t, s, "Junk", false)
	for range 2 { // repeated after a crash
		if err := s.Mark(t.Context(), []uint32{1, 3, 99}); err != nil {
			t.Fatal(err)
		}
	}
	flags := d.Flags(t, servertest.DovecotUser, "Junk")
	want := map[uint32][]imap.Flag{1: {mailbox.Reported}, 2: {}, 3: {mailbox.Reported}}
	for uid := range want {
		if !slices.Equal(flags[uid], want[uid]) {
			t.Errorf("message %d has %v, want %v", uid, flags[uid], want[uid])
		}
	}
	for m, err := range s.After(t.Context(), 0, mailbox.FetchOptions{}) {
		if err != nil || m.Reported != (m.Place.UID != 2) {
			t.Errorf("message %d: reported %t, %v", m.Place.UID, m.Reported, err)
		}
	}
}

func TestMoveMakesTheFolderAndKeepsWhatOthersDeleted(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	d.Append(t, servertest.DovecotUser, "Junk", spams(4)...)
	s := dial(t, account(d))
	selectFolder(t, s, "Junk", false)
	for m, err := range s.After(t.Context(), 0, mailbox.FetchOptions{}) { // within the loop
		if err != nil {
			t.Fatal(err)
		}
		if uid := m.Place.UID; uid%2 == 0 {
			if err := s.Move(t.Context(), []uint32{uid, 99}, "Gemeldet/Früher & später"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := d.Messages(t, servertest.DovecotUser, "Gemeldet/Früher & später"); len(got) != 2 || !bytes.Equal(got[0], spam(1)) {
		t.Errorf("moved: %q", got)
	}
	if got := d.Flags(t, servertest.DovecotUser, "Junk"); len(got) != 2 {
		t.Errorf("left: %v", got)
	}
}

func TestAServerWithoutMoveIsLeftAlone(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{Capability: "IMAP4rev1 UIDPLUS SASL-IR AUTH=PLAIN"})
	d.Append(t, servertest.DovecotUser, "Junk", spams(2)...)
	s := dial(t, account(d))
	selectFolder(t, s, "Junk", false)
	if err := s.Move(t.Context(), []uint32{1}, "Sent"); !errors.Is(err, mailbox.ErrNoMove) {
		t.Errorf("error %v", err)
	}
	if got := d.Flags(t, servertest.DovecotUser, "Junk"); len(got) != 2 || len(got[1]) != 0 {
		t.Errorf("left: %v", got)
	}
	if got := uidsOf(t, s.After(t.Context(), 0, mailbox.FetchOptions{})); len(got) != 2 { // without ESEARCH
		t.Errorf("read: %v", got)
	}
}

func TestMessagesDeletedMeanwhileAreLeftOut(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	d.Fill(t, servertest.DovecotUser, "Junk", 200, spam)
	s, other := dial(t, account(d)), dial(t, account(d))
	selectFolder(t, s, "Junk", false)
	selectFolder(t, other, "Junk", false)
	var got []uint32
	for m, err := range s.After(t.Context(), 0, mailbox.FetchOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		if m.Place.UID == 1 {
			if err := other.Move(t.Context(), []uint32{100, 150, 199}, "Sent"); err != nil {
				t.Fatal(err)
			}
		}
		got = append(got, m.Place.UID)
	}
	if len(got) != 197 || slices.Contains(got, 150) {
		t.Errorf("%d messages: %v", len(got), got)
	}
}
