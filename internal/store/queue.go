package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"

	"spamreport/relay"
)

var _ relay.Queue = (*Queue)(nil)

// Queue is the relay's queue in a store. It implements relay.Queue and
// relay.Desk.
type Queue struct{ s *Store }

// Queue returns the relay's queue.
func (s *Store) Queue() *Queue { return &Queue{s} }

// leaseTime is how long a lease lasts where it is not known whether its owner
// lives. It exceeds the longest SMTP transaction.
const leaseTime = 30 * time.Minute

// replyLimit is how much of a server's reply is kept.
const replyLimit = 1000

// Enqueue implements relay.Queue.
func (q *Queue) Enqueue(ctx context.Context, sub relay.Submission) error {
	err := q.s.add(ctx, len(sub.Message), func(ctx context.Context, tx *sql.Tx) error {
		_, err := q.s.enqueue(ctx, tx, sub)
		return err
	})
	if err != nil {
		return fmt.Errorf("queue message: %w", err)
	}
	return nil
}

// enqueue adds a message to the queue within a transaction and returns the
// time that it is queued under.
func (s *Store) enqueue(ctx context.Context, tx *sql.Tx, sub relay.Submission) (time.Time, error) {
	return enqueueAt(ctx, tx, sub, s.now())
}

// enqueueAt is enqueue at a time.
func enqueueAt(ctx context.Context, tx *sql.Tx, sub relay.Submission, now time.Time) (time.Time, error) {
	if err := sub.Check(); err != nil {
		return time.Time{}, err
	}
	queued := sub.Queued
	if queued.IsZero() {
		queued = now
	}
	_, err := tx.ExecContext(ctx,
		`INSERT INTO relay_message (id, sender, size, queued, raw, submitter, utf8, dsn_return, dsn_envelope,
			message_id, checksum)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		sub.ID, sub.Envelope.From, len(sub.Message), millis(queued), sub.Message,
		sub.Submitter, toBit(sub.Envelope.UTF8), sub.Envelope.DSN.Return, sub.Envelope.DSN.Envelope,
		relay.MessageID(sub.Message), int64(crc32.Checksum(sub.Message, castagnoli)))
	if err != nil {
		return time.Time{}, err
	}
	for i, to := range sub.Envelope.To {
		var receipt relay.Receipt
		if sub.Envelope.Notify != nil {
			receipt = sub.Envelope.Notify[i]
		}
		// The same address twice is one recipient.
		_, err := tx.ExecContext(ctx, `
			INSERT INTO relay_recipient (queue_id, recipient, state, next_attempt, updated,
				domain, priority, dsn_notify, dsn_original)
			VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8) ON CONFLICT (queue_id, recipient) DO NOTHING`,
			sub.ID, to, string(relay.Queued), millis(queued),
			domainOf(to), int(sub.Priority), receipt.Notify, receipt.Original)
		if err != nil {
			return time.Time{}, err
		}
	}
	return queued, nil
}

// domainOf is what follows the last at sign of an address: a quoted local part
// may have one too.
func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// castagnoli is the CRC that processors compute themselves.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Message implements relay.Queue.
func (q *Queue) Message(ctx context.Context, id string) ([]byte, error) {
	var raw []byte
	var checksum sql.NullInt64
	err := explain(q.s.read.QueryRowContext(q.s.dialect.brief(ctx), `SELECT raw, checksum FROM relay_message WHERE id = $1`, id).Scan(&raw, &checksum))
	switch {
	case errors.Is(err, sql.ErrNoRows) || err == nil && raw == nil:
		return nil, fmt.Errorf("message %s: %w", id, relay.ErrNotQueued)
	case errors.Is(err, ErrDamaged):
		return nil, fmt.Errorf("message %s: %w (%w)", id, relay.ErrDamaged, err)
	case err == nil && checksum.Valid && checksum.Int64 != int64(crc32.Checksum(raw, castagnoli)):
		return nil, fmt.Errorf("message %s: %w", id, relay.ErrDamaged)
	}
	return raw, err
}

// Settle implements relay.Queue.
func (q *Queue) Settle(ctx context.Context, id string, now time.Time, outcomes []relay.Outcome) error {
	err := q.s.updateQueue(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := q.lock(ctx, tx, id); err != nil {
			return err
		}
		for _, o := range outcomes {
			if err := q.settle(ctx, tx, id, now, o); err != nil {
				return err
			}
			if err := aftermath(ctx, tx, id, now, o); err != nil {
				return err
			}
		}
		return forgetBody(ctx, tx, id)
	})
	if err != nil {
		return fmt.Errorf("record the delivery of %s: %w", id, err)
	}
	if slices.ContainsFunc(outcomes, func(o relay.Outcome) bool { return o.State == relay.Failed }) {
		q.s.forgetGlances() // it may be on the suppression list now
	}
	return nil
}

// lock keeps two processes with recipients of one message from each leaving it
// to the other to drop its text.
func (q *Queue) lock(ctx context.Context, tx *sql.Tx, id string) error {
	if q.s.dialect.forUpdate == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, `SELECT 1 FROM relay_message WHERE id = $1`+q.s.dialect.forUpdate, id)
	return err
}

func (q *Queue) settle(ctx context.Context, tx *sql.Tx, id string, now time.Time, o relay.Outcome) error {
	result, err := tx.ExecContext(ctx, `
		UPDATE relay_recipient SET state = $1, attempts = attempts + 1, next_attempt = $2, owner = 0,
			reply_code = $3, reply_status = $4, reply_text = $5, updated = $6
		WHERE queue_id = $7 AND recipient = $8 AND owner = $9`,
		string(o.State), nullMillis(o.Next), o.Reply.Code, o.Reply.Status, clip(o.Reply.Text), millis(now),
		id, o.Recipient, q.s.owners.number())
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, fmt.Errorf("%s: %w", o.Recipient, relay.ErrLeaseLost))
	}
	return nil
}

// aftermath is what follows from an outcome besides the outcome: the sender is
// told, an address that is gone is not written to again, and a complaint to it
// goes to the next contact.
func aftermath(ctx context.Context, tx *sql.Tx, id string, now time.Time, o relay.Outcome) error {
	if o.Notify != "" {
		_, err := tx.ExecContext(ctx, `UPDATE relay_recipient SET dsn_notify = $1 WHERE queue_id = $2 AND recipient = $3`,
			o.Notify, id, o.Recipient)
		if err != nil {
			return err
		}
	}
	if o.Notice != nil {
		if _, err := enqueueAt(ctx, tx, *o.Notice, now); err != nil {
			return fmt.Errorf("queue the bounce: %w", err)
		}
	}
	if err := suppressRefused(ctx, tx, now, o); err != nil {
		return err
	}
	return goneAtOnce(ctx, tx, id, now, o)
}

func clip(text string) string {
	if len(text) > replyLimit {
		return text[:replyLimit]
	}
	return text
}

// forgetBody drops the bytes of a message once nobody waits for them. Of a
// message that failed they are kept, for a person to retry or drop.
func forgetBody(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE relay_message SET raw = NULL WHERE id = $1 AND NOT EXISTS (
			SELECT 1 FROM relay_recipient WHERE queue_id = $1 AND state NOT IN ($2, $3))`,
		id, string(relay.Delivered), string(relay.Dropped))
	return err
}

// NextDue implements relay.Queue.
func (q *Queue) NextDue(ctx context.Context) (time.Time, error) {
	var next sql.NullInt64
	err := q.s.read.QueryRowContext(q.s.dialect.brief(ctx), `
		SELECT MIN(next_attempt) FROM relay_recipient WHERE next_attempt IS NOT NULL AND owner = 0`).Scan(&next)
	return fromMillis(next), explain(err)
}
