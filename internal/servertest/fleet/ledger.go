package fleet

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Account is what the database says became of the messages.
type Account struct {
	Outcomes map[string]int // messages by action
	Skipped  map[string]int // of these, by the reason
	Queued   int            // recipients whose mail is still to be delivered
	Doubled  int            // complaints beyond the first about one incident that goes on
	Places   int            // messages in the mailboxes that the ledger knows
	Marked   int            // of these, with the mark
	Filed    map[string]int // complaints that were filed, by their Message-ID
}

// Account reads the ledger and the queue as they are at one moment.
func (f *Fleet) Account(ctx context.Context) (a Account, err error) {
	conn, err := pgx.Connect(ctx, f.Database)
	if err != nil {
		return a, err
	}
	defer func() { _ = conn.Close(ctx) }() // which ends the transaction, too
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return a, err
	}
	if a.Outcomes, err = counts(ctx, tx, `SELECT action, COUNT(*) FROM message GROUP BY action`); err != nil {
		return a, err
	}
	if a.Skipped, err = counts(ctx, tx, `SELECT why, COUNT(*) FROM message WHERE action = 'skipped' GROUP BY why`); err != nil {
		return a, err
	}
	a.Filed, err = counts(ctx, tx, `SELECT c.message_id, COUNT(*) FROM complaint c JOIN message m ON m.digest = c.digest
		WHERE m.action = 'sent' GROUP BY c.message_id`)
	if err != nil {
		return a, err
	}
	err = tx.QueryRow(ctx, `SELECT
		(SELECT COUNT(*) FROM relay_recipient WHERE next_attempt IS NOT NULL),
		(SELECT COUNT(*) FROM (SELECT 1 FROM incident WHERE over = 0 GROUP BY fingerprint, contact HAVING COUNT(*) > 1) AS twice),
		(SELECT COUNT(*) FROM sighting), (SELECT COUNT(*) FROM sighting WHERE marked = 1)`).
		Scan(&a.Queued, &a.Doubled, &a.Places, &a.Marked)
	return a, err
}

// asked is what a query goes to: a connection, or a transaction on it.
type asked interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}

func counts(ctx context.Context, conn asked, query string) (map[string]int, error) {
	rows, err := conn.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]int{}
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			return nil, err
		}
		all[name] = n
	}
	return all, rows.Err()
}

// settled reports whether nothing is left to be done.
func (a Account) settled(e Expected, placed int) bool {
	return a.Places == placed && a.Marked == e.Marked && a.Queued == 0
}

// Await waits until everything that was placed is dealt with, and returns the
// account of it. It fails when nothing moves for two minutes.
func (f *Fleet) Await() Account {
	f.t.Helper()
	e := f.Corpus.Expect(f.placed)
	var last string
	moved := time.Now()
	for ; ; time.Sleep(200 * time.Millisecond) {
		a, err := f.Account(f.t.Context())
		if err == nil && a.settled(e, f.placed) {
			return a
		}
		now := fmt.Sprint(a.Outcomes, a.Queued, a.Places, a.Marked, err)
		if now != last {
			last, moved = now, time.Now()
		}
		if time.Since(moved) > 2*time.Minute {
			f.t.Fatalf("nothing moves any more: %s; it should be %+v of %d\nskipped: %v", now, e, f.placed, a.Skipped)
		}
	}
}

// Check compares what became of the messages with what should have, and counts
// the complaints that were delivered again: as many as mayRepeat can have been
// in flight when a member was killed.
func (f *Fleet) Check(a Account, mayRepeat int) {
	f.t.Helper()
	e := f.Corpus.Expect(f.placed)
	got := Expected{
		Messages: a.Outcomes["sent"] + a.Outcomes["merged"] + a.Outcomes["deferred"] + a.Outcomes["skipped"],
		Sent:     a.Outcomes["sent"], Merged: a.Outcomes["merged"], Deferred: a.Outcomes["deferred"],
		Skipped: a.Outcomes["skipped"], Marked: a.Marked,
	}
	if got != e {
		f.t.Errorf("of %d messages placed there are %+v in the ledger; it should be %+v (all: %v)", f.placed, got, e, a.Outcomes)
	}
	if a.Doubled > 0 {
		f.t.Errorf("about %d incidents there are two complaints", a.Doubled)
	}
	taken := f.Sink.Taken()
	lost, repeated, foreign := 0, 0, 0
	for id, n := range a.Filed {
		switch {
		case n > 1:
			f.t.Errorf("%d complaints have the Message-ID %s", n, id)
		case taken[id] == 0:
			lost++
		}
		repeated += max(0, taken[id]-1)
	}
	for id := range taken {
		if a.Filed[id] == 0 {
			foreign++
		}
	}
	if lost > 0 || foreign > 0 {
		f.t.Errorf("of %d complaints %d never arrived; %d arrived that the ledger does not know", len(a.Filed), lost, foreign)
	}
	if repeated > mayRepeat {
		f.t.Errorf("%d complaints were delivered again; %d can have been in flight", repeated, mayRepeat)
	}
	f.t.Logf("%d messages placed, %d complaints filed, %d delivered twice", f.placed, len(a.Filed), repeated)
}

// Working waits until a member is in the middle of its work: something more
// is in the ledger, and not everything that was placed.
func (f *Fleet) Working() {
	f.t.Helper()
	before, err := f.Account(f.t.Context())
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		now, again := f.Account(f.t.Context())
		if err == nil && again == nil && now.Places > before.Places {
			return
		}
		if err != nil { // there are no tables yet
			before, err = now, again
		}
		if time.Now().After(deadline) {
			f.t.Fatalf("nobody works: %v, %v", now, again)
		}
	}
}
