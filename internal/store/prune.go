package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"spamreport/complaint"
	"spamreport/relay"
)

// Retention says how long what is kept; zero is for ever.
type Retention struct {
	Texts   time.Duration // of complaints, with the spam that they quote
	Ledger  time.Duration // messages that were handled, with all that is known of them
	Replies time.Duration // what came back
	Relay   time.Duration // messages that were delivered, dropped or given up
}

// Pruned is how much of a kind was, or would be, dropped.
type Pruned struct {
	What string
	Rows int64
}

// pruneBatch is how many rows one transaction drops, so that nobody waits long.
const pruneBatch = 500

// expiry is a kind of rows that expire: the table, its key, and which rows. $1
// is the time before which they are dropped.
type expiry struct {
	what  string
	keep  func(Retention) time.Duration
	table string
	key   string
	old   string
	drop  string // the statement up to WHERE; DELETE when empty
}

// What waits for a person or another try is kept, however old it is.
const (
	handled   = `seen < $1 AND action NOT IN ('` + string(complaint.Held) + `', '` + string(complaint.Deferred) + `') AND ` + delivered
	delivered = `NOT EXISTS (SELECT 1 FROM relay_recipient r WHERE r.queue_id = message.queue_id AND ` + pending + `)`
	pending   = `r.state NOT IN ('` + string(relay.Delivered) + `', '` + string(relay.Dropped) + `', '` + string(relay.Failed) + `')`
)

var expiries = []expiry{
	{
		what: "texts of complaints", keep: func(r Retention) time.Duration { return r.Texts }, table: "complaint", key: "digest",
		old:  `body <> '' AND EXISTS (SELECT 1 FROM message WHERE message.digest = complaint.digest AND ` + handled + `)`,
		drop: `UPDATE complaint SET body = '', raw = $3`,
	},
	// Before the messages that they are about.
	{
		what: "replies", keep: func(r Retention) time.Duration { return r.Replies }, table: "reply", key: "digest",
		old: fmt.Sprintf(`recorded < $1 AND anew <> %d`, toGoAnew),
	},
	{
		what: "reports about mail of the relay", keep: func(r Retention) time.Duration { return r.Replies }, table: "feedback", key: "id",
		old: `received < $1`,
	},
	// An incident that goes on keeps the message that it began with.
	{
		what: "messages of the ledger", keep: func(r Retention) time.Duration { return r.Ledger }, table: "message", key: "digest",
		old: handled + ` AND NOT EXISTS (SELECT 1 FROM incident i WHERE (i.id = message.digest OR i.complaint = message.digest) AND i.seen >= $1)`,
	},
	{
		what: "messages of the relay", keep: func(r Retention) time.Duration { return r.Relay }, table: "relay_message", key: "id",
		old: `queued < $1 AND NOT EXISTS (SELECT 1 FROM relay_recipient r WHERE r.queue_id = relay_message.id AND ` + pending + `)`,
	},
}

// Prune drops what is older than it is kept, in batches. A dry run counts.
func (s *Store) Prune(ctx context.Context, r Retention, dryRun bool) ([]Pruned, error) {
	var all []Pruned
	for _, e := range expiries {
		keep := e.keep(r)
		if keep <= 0 {
			continue
		}
		before := millis(s.now().Add(-keep))
		prune := s.expire
		if dryRun {
			prune = s.expired
		}
		n, err := prune(ctx, e, before)
		if err != nil {
			return all, fmt.Errorf("prune the %s: %w", e.what, err)
		}
		all = append(all, Pruned{e.what, n})
	}
	return all, nil
}

func (s *Store) expired(ctx context.Context, e expiry, before int64) (n int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+e.table+` WHERE `+e.old, before).Scan(&n)
	return n, explain(err)
}

func (s *Store) expire(ctx context.Context, e expiry, before int64) (total int64, err error) {
	args := []any{before, pruneBatch}
	drop := `DELETE FROM ` + e.table
	if e.drop != "" {
		drop, args = e.drop, append(args, []byte{})
	}
	query := drop + ` WHERE ` + e.key + ` IN (SELECT ` + e.key + ` FROM ` + e.table + ` WHERE ` + e.old + ` LIMIT $2)`
	for {
		var n int64
		err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
			result, err := tx.ExecContext(ctx, query, args...)
			if err != nil {
				return err
			}
			n, err = result.RowsAffected()
			return err
		})
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}
