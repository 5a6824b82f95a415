package mailbox_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"spamreport/internal/mailbox"
	"spamreport/internal/servertest"
)

// long is a limit that no test waits for.
const long = time.Hour

// TestNewsEndTheWaiting lets a message come in while a session waits, in each
// way in which news reach it. Nothing but news could end these waits in time. Each
// has a server of its own, since news of another's message would end them, too.
func TestNewsEndTheWaiting(t *testing.T) {
	t.Parallel()
	const withoutIdle = "IMAP4rev1 SASL-IR LITERAL+ UIDPLUS MOVE ESEARCH STARTTLS AUTH=PLAIN"
	for name, c := range map[string]struct {
		capability string
		change     func(*mailbox.Account)
	}{
		"the server speaks up (IDLE)":     {"", func(*mailbox.Account) {}},
		"after IDLE was begun many times": {"", func(a *mailbox.Account) { a.Idle = 50 * time.Millisecond }},
		"asked now and then, without it":  {withoutIdle, func(a *mailbox.Account) { a.Poll = 50 * time.Millisecond }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := servertest.Dovecot(t, servertest.DovecotOptions{Capability: c.capability})
			a := account(server)
			c.change(&a)
			s := dial(t, a)
			if _, err := s.Select(t.Context(), "Junk", true); err != nil {
				t.Fatal(err)
			}
			waited := make(chan error, 1)
			go func() { waited <- s.Wait(t.Context(), long) }()
			select {
			case err := <-waited:
				t.Fatalf("it did not wait: %v", err)
			case <-time.After(300 * time.Millisecond):
			}
			server.Append(t, servertest.DovecotUser, "Junk", spam(1))
			if err := <-waited; err != nil {
				t.Fatal(err)
			}
			uids, err := s.UIDs(t.Context(), 0)
			if err != nil || len(uids) == 0 {
				t.Errorf("the session is of no more use: %v, %v", uids, err)
			}
		})
	}
}

func TestWhatCameInMeanwhileEndsTheWaitingAtOnce(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	s := dial(t, account(d))
	if _, err := s.Select(t.Context(), "Junk", true); err != nil {
		t.Fatal(err)
	}
	d.Append(t, servertest.DovecotUser, "Junk", spam(1))
	if err := s.Wait(t.Context(), long); err != nil {
		t.Fatal(err)
	}
}

func TestTheWaitingEndsWithItsLimit(t *testing.T) {
	t.Parallel()
	s := dial(t, account(servertest.Dovecot(t, servertest.DovecotOptions{})))
	if err := s.Wait(t.Context(), long); !errors.Is(err, mailbox.ErrNoSelect) {
		t.Errorf("without a folder: %v", err)
	}
	if _, err := s.Select(t.Context(), "Junk", true); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Wait(t.Context(), 20*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
}

func TestALostConnectionEndsTheWaiting(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	p := servertest.NewProxy(t, d.IMAPS)
	a := account(d)
	a.Server = p.Addr
	s := dial(t, a)
	if _, err := s.Select(t.Context(), "Junk", true); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(100*time.Millisecond, p.CutAll)
	if err := s.Wait(t.Context(), long); !errors.Is(err, mailbox.ErrTemporary) {
		t.Errorf("%v", err)
	}
}

func TestAnInterruptEndsTheWaiting(t *testing.T) {
	t.Parallel()
	s := dial(t, account(servertest.Dovecot(t, servertest.DovecotOptions{})))
	if _, err := s.Select(t.Context(), "Junk", true); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := s.Wait(ctx, long); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
