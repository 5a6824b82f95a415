package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"spamreport/internal/mailbox"
	"spamreport/internal/servertest"
)

// wholeSession is a sweep in small: it goes through every command and returns
// the digests that it saw.
func wholeSession(ctx context.Context, a mailbox.Account, done func()) (digests []string, err error) {
	s, err := mailbox.Dial(ctx, a)
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	if _, err := s.Folders(ctx); err != nil {
		return nil, err
	}
	if _, err := s.Select(ctx, "Junk", false); err != nil {
		return nil, err
	}
	headers := 0
	for list, err := range s.Headers(ctx, 0, mailbox.HeaderOptions{Most: 2}) {
		if err != nil {
			return nil, err
		}
		headers += len(list)
	}
	var uids []uint32
	for m, err := range s.After(ctx, 0, mailbox.FetchOptions{}) {
		if err != nil {
			return digests, err
		}
		digests, uids = append(digests, m.Digest), append(uids, m.Place.UID)
	}
	if headers != len(uids) {
		return nil, fmt.Errorf("%d headers of %d messages", headers, len(uids))
	}
	err = s.Mark(ctx, uids)
	done()
	return digests, err
}

// TestACableCutAtAnyOctetIsOneClearError cuts the connection after 0, 1, 2, …
// octets from the server. Whatever arrived must be whole messages, the first
// ones, and the error must be temporary.
func TestACableCutAtAnyOctetIsOneClearError(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	d.Append(t, servertest.DovecotUser, "Junk", spams(3)...)
	var want []string
	for i := range 3 {
		want = append(want, mailbox.Digest(spam(i)))
	}
	// Behind the handshake, TLS records come whole or not at all.
	for security, step := range map[mailbox.Security]int64{mailbox.Plaintext: 13, mailbox.STARTTLS: 53} {
		if os.Getenv("CHAOS_ALL") == "1" {
			step = 1
		}
		t.Run(string(security), func(t *testing.T) {
			t.Parallel()
			p := servertest.NewProxy(t, d.IMAP)
			a := account(d)
			a.Server, a.Security = p.Addr, security
			// Twice: on the first time the server announces the new keyword.
			var begun, length int64
			for range 2 {
				begun = p.Passed()
				got, err := wholeSession(t.Context(), a, func() { length = p.Passed() - begun })
				if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("uncut: %v, %v", got, err)
				}
			}
			for n := int64(0); n < length; n += step {
				p.CutAfter(n)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				got, err := wholeSession(ctx, a, func() {})
				cancel()
				if len(got) > len(want) || fmt.Sprint(got) != fmt.Sprint(want[:len(got)]) {
					t.Fatalf("cut after %d octets: messages %v", n, got)
				}
				// Answers differ by a few octets: Dovecot says how long it took.
				if err == nil && n < length-40 || err != nil && !errors.Is(err, mailbox.ErrTemporary) {
					t.Fatalf("cut after %d of %d octets: %v", n, length, err)
				}
			}
		})
	}
}

func TestAServerThatFallsSilentIsLeft(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	d.Append(t, servertest.DovecotUser, "Junk", spams(3)...)
	p := servertest.NewProxy(t, d.IMAP)
	a := account(d)
	a.Server, a.Security, a.Timeout = p.Addr, mailbox.Plaintext, 300*time.Millisecond
	for _, n := range []int64{0, 50, 400, 900, 1300, 1700} {
		p.StallAfter(n)
		_, err := wholeSession(t.Context(), a, func() {})
		if !errors.Is(err, mailbox.ErrTemporary) || !strings.Contains(err.Error(), "no answer in time") {
			t.Errorf("silent after %d octets: %v", n, err)
		}
	}
}

func TestAContextEndsWhateverIsUnderWay(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	d.Append(t, servertest.DovecotUser, "Junk", spams(3)...)
	p := servertest.NewProxy(t, d.IMAP)
	a := account(d)
	a.Server, a.Security = p.Addr, mailbox.Plaintext
	why := errors.New("the user pressed ^C")
	for _, n := range []int64{0, 400, 1300} {
		p.StallAfter(n)
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(100*time.Millisecond, func() { cancel(why) })
		if _, err := wholeSession(ctx, a, func() {}); !errors.Is(err, why) || errors.Is(err, mailbox.ErrTemporary) {
			t.Errorf("silent after %d octets: %v", n, err)
		}
	}
}

func TestACallerMayTakeHisTimeWithAMessage(t *testing.T) {
	t.Parallel()
	// A server that answers at once: its own time must not count here.
	a := script{
		"BODY.PEEK[]":       message(1, "a: 1\n") + message(2, "a: 2\n") + message(3, "a: 3\n") + "% OK",
		"BODY.PEEK[HEADER]": headerOf(1, "a: 1\n\n") + headerOf(2, "a: 2\n\n") + headerOf(3, "a: 3\n\n") + "% OK",
		" STORE ":           "% OK",
	}.start(t)
	a.Timeout = time.Second
	s := dial(t, a)
	selectFolder(t, s, "Junk", false)
	messages, lists := 0, 0
	for m, err := range s.After(t.Context(), 0, mailbox.FetchOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		messages++
		time.Sleep(2 * a.Timeout)
		if err := s.Mark(t.Context(), []uint32{m.Place.UID}); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range s.Headers(t.Context(), 0, mailbox.HeaderOptions{Most: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		lists++
		time.Sleep(2 * a.Timeout)
	}
	if messages != 3 || lists == 0 {
		t.Errorf("%d messages and %d lists of headers", messages, lists)
	}
}

func TestAServerStoppedAndStartedIsFoundAgain(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	d.Fill(t, servertest.DovecotUser, "Junk", 200, spam)
	s := dial(t, account(d))
	selectFolder(t, s, "Junk", false)
	var cursor uint32
	for m, err := range s.After(t.Context(), 0, mailbox.FetchOptions{}) {
		if err != nil {
			if !errors.Is(err, mailbox.ErrTemporary) {
				t.Error(err)
			}
			break
		}
		if cursor = m.Place.UID; cursor == 10 {
			d.Stop()
		}
	}
	if err := s.Mark(t.Context(), []uint32{1}); err == nil {
		t.Error("a mark over a dead connection")
	}
	if _, err := mailbox.Dial(t.Context(), account(d)); !errors.Is(err, mailbox.ErrTemporary) {
		t.Errorf("a server that is down: %v", err)
	}
	d.Start(t)
	s = dial(t, account(d))
	selectFolder(t, s, "Junk", false)
	if rest := uidsOf(t, s.After(t.Context(), cursor, mailbox.FetchOptions{})); len(rest) != 200-int(cursor) {
		t.Errorf("after %d come %d messages", cursor, len(rest))
	}
}
