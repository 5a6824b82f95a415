package main

import (
	"fmt"
	"net/mail"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"spamreport/internal/mailbox"
	"spamreport/internal/servertest/fleet"
	"spamreport/internal/store"
)

// zero is a condition of Until: a query counts nothing.
func zero(t *testing.T, query string) func(*pgx.Conn) (bool, error) {
	return func(conn *pgx.Conn) (bool, error) {
		n, err := fleet.Count(t.Context(), conn, query)
		return n == 0, err
	}
}

// TestPruningIsTakenOverFromAProcessThatIsKilled: what one process did not drop
// of what is too old, another one drops, and not only the next day.
func TestPruningIsTakenOverFromAProcessThatIsKilled(t *testing.T) {
	const old = 1200 // some transactions of pruning
	f := newFleet(t, fleet.Options{
		Corpus: fleet.Corpus{Messages: 1, Networks: 2, Limit: 1}, Accounts: 1, Folders: 1,
		Env: []string{"SPAMREPORT_RETENTION_LEDGER=30d"},
	})
	s, err := store.Open(t.Context(), f.Database, store.Options{}) // which makes the tables
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	err = f.Postgres.Exec(t.Context(), "fleet", fmt.Sprintf(`
		INSERT INTO message (digest, message_id, subject, sender, source, network, contact, action, why, queue_id, seen)
		SELECT 'old ' || n, '', '', '', '', '', '', 'skipped', '', '', n FROM generate_series(1, %d) AS n
		UNION ALL SELECT 'new', '', '', '', '', '', '', 'skipped', '', '', %d`, old, time.Now().UnixMilli()))
	if err != nil {
		t.Fatal(err)
	}

	release := f.Hold(`SELECT FROM message WHERE digest = 'old 700' FOR UPDATE`)
	first := f.Start()
	if stuck := f.Stuck(); stuck != first {
		t.Fatalf("%s prunes", stuck.Name)
	}
	f.Until("some of it is dropped", func(conn *pgx.Conn) (bool, error) {
		n, err := fleet.Count(t.Context(), conn, `SELECT COUNT(*) FROM message`)
		return 1 < n && n < old, err
	})
	f.Sweep().Await() // passes over what another process is at
	second := f.Start()
	first.Kill()
	release()
	f.Until("all that is old is dropped", zero(t, `SELECT COUNT(*) FROM message WHERE digest LIKE 'old %'`))
	f.Until("what is new is there", func(conn *pgx.Conn) (bool, error) {
		n, err := fleet.Count(t.Context(), conn, `SELECT COUNT(*) FROM message WHERE digest = 'new'`)
		return n == 1, err
	})
	second.Stop()
}

// TestAnswersAreReadToTheirEndWhenTheirReaderIsKilled: a bounce that was read,
// or was about to be, makes its complaint go to the next contact once, whoever
// dies.
func TestAnswersAreReadToTheirEndWhenTheirReaderIsKilled(t *testing.T) {
	for name, start := range map[string]func(*fleet.Fleet) *fleet.Member{
		"of two that serve": (*fleet.Fleet).Start,
		"of two that sweep": (*fleet.Fleet).Sweep,
	} {
		t.Run(name, func(t *testing.T) { killReader(t, start) })
	}
}

func killReader(t *testing.T, start func(*fleet.Fleet) *fleet.Member) {
	f := newFleet(t, fleet.Options{
		Corpus: fleet.Corpus{Messages: 50, Networks: 20, Limit: 20}, Accounts: 1, Folders: 1,
		Env: []string{"SPAMREPORT_REPLIES_ACCOUNT=trap0"},
	})
	f.Place(50)
	f.Sweep().Await()
	bounces := bouncesOf(t, f)
	n := len(bounces)

	// The reader is stuck at one of them, as if another process was writing it.
	middle := mailbox.Digest(bounces[n/2])
	release := f.Hold(`INSERT INTO reply (digest, complaint, kind, class, reason, status, diagnostic, recipient,
			ticket, url, sender, subject, received, recorded, gone)
		SELECT $1, digest, '', '', '', '', '', '', '', '', '', '', 0, 0, '' FROM complaint LIMIT 1`, middle)
	f.Dovecot.Fill(t, "trap0@example.org", "INBOX", n, func(i int) []byte { return bounces[i] })
	both := []*fleet.Member{start(f), start(f)}
	stuck := f.Stuck()
	f.Until("some answers are recorded", func(conn *pgx.Conn) (bool, error) {
		read, err := fleet.Count(t.Context(), conn, `SELECT COUNT(*) FROM reply`)
		return read == n/2, err
	})
	stuck.Kill()
	release()
	// A sweep passes over what a process is at whose end the server has not noticed.
	f.Until("the one that was killed is gone", zero(t, `SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = '`+stuck.Name+`'`))
	for i, m := range both {
		if ended, err := m.Ended(); m == stuck || ended && err == nil { // the other sweep passed over them
			both[i] = start(f)
		}
	}
	f.Until("all answers are recorded, and all that bounced went to others", func(conn *pgx.Conn) (bool, error) {
		done, err := fleet.Count(t.Context(), conn, `SELECT COUNT(*) FROM reply r JOIN message m ON m.digest = r.complaint
			WHERE r.anew = 2 AND m.action = 'sent' AND m.contact LIKE 'noc@%'`)
		return done == n, err
	})
	f.Until("all of it is delivered", zero(t, `SELECT COUNT(*) FROM relay_recipient WHERE next_attempt IS NOT NULL`))
	if taken := f.Sink.Taken(); len(taken) != 2*n {
		t.Errorf("%d letters about %d complaints", len(taken), n)
	}
	for id, times := range f.Sink.Taken() {
		if times != 1 {
			t.Errorf("%s was delivered %d times", id, times)
		}
	}
}

// bouncesOf says of every complaint that its contact does not exist.
func bouncesOf(t *testing.T, f *fleet.Fleet) (bounces [][]byte) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), f.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	rows, err := conn.Query(t.Context(), `SELECT c.message_id, m.contact FROM complaint c JOIN message m ON m.digest = c.digest WHERE m.action = 'sent'`)
	if err != nil {
		t.Fatal(err)
	}
	var id, to string
	_, err = pgx.ForEachRow(rows, []any{&id, &to}, func() error {
		if _, err := mail.ParseAddress(to); err != nil {
			return err
		}
		bounces = append(bounces, fmt.Appendf(nil, "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n"+
			"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"+
			"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"+
			"Final-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"+
			"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: %s\r\n\r\n--b--\r\n", to, id))
		return nil
	})
	if err != nil || len(bounces) < 10 {
		t.Fatalf("%d complaints were filed, %v", len(bounces), err)
	}
	return bounces
}
