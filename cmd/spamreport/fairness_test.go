package main

import (
	"bytes"
	"testing"

	"github.com/jackc/pgx/v5"

	"spamreport/internal/servertest"
	"spamreport/internal/servertest/fleet"
)

// TestAnAccountThatDoesNotAnswerKeepsNoOtherWaiting has the first account's
// server fall silent in the middle of a sweep. What is in the others is
// delivered meanwhile, and the sweep is still at the silent one.
func TestAnAccountThatDoesNotAnswerKeepsNoOtherWaiting(t *testing.T) {
	const messages = 60
	f := newFleet(t, fleet.Options{
		Corpus: fleet.Corpus{Messages: messages, Networks: 20, Limit: 20}, Accounts: 1, Folders: 1,
	})
	silent := servertest.NewProxy(t, f.Dovecot.IMAP)
	silent.StallAfter(0)
	f.Before(fleet.Mailbox{Name: "giant", Server: silent.Addr})
	f.Place(messages)
	sweep := f.Sweep()
	f.Await()
	if ended, err := sweep.Ended(); ended {
		t.Errorf("the sweep is over, although an account did not answer: %v\n%s", err, sweep.Log())
	}
	sweep.Kill()
}

// TestAGiantAccountKeepsNoOtherWaiting has the first account full of spam, and
// more accounts behind it than are swept at once: what is in all of these is
// delivered before the giant is done.
func TestAGiantAccountKeepsNoOtherWaiting(t *testing.T) {
	const messages, giant = 240, 4000
	for name, start := range map[string]func(*fleet.Fleet) *fleet.Member{
		"in a sweep":        (*fleet.Fleet).Sweep,
		"in one that stays": (*fleet.Fleet).Start,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFleet(t, fleet.Options{
				Corpus: fleet.Corpus{Messages: messages, Networks: 20, Limit: giant}, Accounts: accountsAtOnce + 4, Folders: 1,
			})
			f.Before(fleet.Mailbox{Name: "giant", Server: f.Dovecot.IMAP})
			f.Dovecot.Fill(t, "trap0@example.org", "INBOX", giant, func(i int) []byte {
				return bytes.Replace(f.Corpus.Message(i), []byte("Subject: "), []byte("Subject: Giant "), 1)
			})
			f.Place(messages)
			member := start(f)
			f.Until("what is in the small accounts is delivered", func(conn *pgx.Conn) (bool, error) {
				seen, err := fleet.Count(t.Context(), conn, `SELECT COUNT(*) FROM sighting WHERE account <> 'giant'`)
				if err != nil || seen < messages {
					return false, err
				}
				waiting, err := fleet.Count(t.Context(), conn, `SELECT COUNT(*) FROM sighting p
					JOIN message m ON m.digest = p.digest JOIN relay_recipient r ON r.queue_id = m.queue_id
					WHERE p.account <> 'giant' AND r.next_attempt IS NOT NULL`)
				return waiting == 0, err
			})
			f.Until("the giant is at work", func(conn *pgx.Conn) (bool, error) {
				n, err := fleet.Count(t.Context(), conn, `SELECT COUNT(*) FROM sighting WHERE account = 'giant'`)
				if n == giant {
					t.Error("the giant was done first")
				}
				t.Logf("of %d messages of the giant %d were seen by then", giant, n)
				return n > 0, err
			})
			member.Kill()
		})
	}
}

// TestASmarthostThatTakesItsTimeKeepsNoAccountWaiting: all are swept, also more
// than are swept at once, while nothing was delivered yet.
func TestASmarthostThatTakesItsTimeKeepsNoAccountWaiting(t *testing.T) {
	const messages = 60
	f := newFleet(t, fleet.Options{
		Corpus: fleet.Corpus{Messages: messages, Networks: 20, Limit: 20}, Accounts: accountsAtOnce + 4, Folders: 1,
	})
	f.Place(messages)
	release := f.Sink.Stall()
	defer release()
	sweep := f.Sweep()
	f.Until("everything is in the ledger", func(conn *pgx.Conn) (bool, error) {
		n, err := fleet.Count(t.Context(), conn, `SELECT COUNT(*) FROM sighting`)
		return n == messages, err
	})
	if n := len(f.Sink.Taken()); n > 0 {
		t.Errorf("the smarthost took %d already", n)
	}
	release()
	sweep.Await()
	f.Check(f.Await(), 0)
}
