package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"spamreport/relay"
)

// Lease implements relay.Queue.
func (q *Queue) Lease(ctx context.Context, now time.Time, limit int) ([]relay.Job, error) {
	var jobs []relay.Job
	err := q.s.updateQueue(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := q.reclaim(ctx, tx, now); err != nil {
			return err
		}
		if err := q.setRight(ctx, tx, now); err != nil {
			return err
		}
		jobs = make([]relay.Job, 0, limit)
		for priority := relay.Normal; priority <= relay.Bulk && len(jobs) < limit; priority++ {
			ids, err := q.due(ctx, tx, now, priority, limit-len(jobs))
			if err != nil {
				return err
			}
			leased, err := q.leaseMessages(ctx, tx, ids, now)
			if err != nil {
				return err
			}
			for _, job := range leased {
				job.Priority = priority
				jobs = append(jobs, job)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("lease from the queue: %w", err)
	}
	return jobs, nil
}

// reclaim ends the leases of processes that are gone.
func (q *Queue) reclaim(ctx context.Context, tx *sql.Tx, now time.Time) error {
	leases, err := leasesOf(ctx, tx)
	if err != nil || len(leases) == 0 {
		return err
	}
	gone, err := q.s.owners.gone(ctx, tx, leases, millis(now))
	if err != nil {
		return err
	}
	for _, owner := range gone {
		_, err := tx.ExecContext(ctx, `UPDATE relay_recipient SET owner = 0 WHERE owner = $1`, owner)
		if err != nil {
			return err
		}
	}
	return nil
}

// leasesOf lists who has leases.
func leasesOf(ctx context.Context, tx *sql.Tx) ([]lease, error) {
	rows, err := tx.QueryContext(ctx,
		`SELECT owner, MAX(leased_until) FROM relay_recipient WHERE owner <> 0 GROUP BY owner`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var leases []lease
	for rows.Next() {
		var l lease
		if err := rows.Scan(&l.owner, &l.until); err != nil {
			return nil, err
		}
		leases = append(leases, l)
	}
	return leases, rows.Err()
}

// scanAhead is how many due recipients are read to find one message: a message
// to very many recipients must not hide the others.
const scanAhead = 16

// due finds messages with recipients to be tried, longest due first. It walks
// the index in order and stops early, so that a long queue costs no more than
// a short one.
func (q *Queue) due(ctx context.Context, tx *sql.Tx, now time.Time, priority relay.Priority, limit int) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT queue_id FROM relay_recipient
		WHERE priority = $1 AND next_attempt IS NOT NULL AND owner = 0 AND next_attempt <= $2
		ORDER BY next_attempt, queue_id LIMIT $3`+q.s.dialect.skipLocked, int(priority), millis(now), limit*scanAhead)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var ids []string
	seen := make(map[string]bool)
	for rows.Next() && len(ids) < limit {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, rows.Err()
}

// leaseMessages leases those recipients of messages that are due.
func (q *Queue) leaseMessages(ctx context.Context, tx *sql.Tx, ids []string, now time.Time) ([]relay.Job, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	envelopes, err := envelopesOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var p placeholders
	rows, err := tx.QueryContext(ctx, `
		UPDATE relay_recipient SET owner = `+p.add(q.s.owners.number())+`, leased_until = `+p.add(millis(now.Add(leaseTime)))+`
		WHERE next_attempt IS NOT NULL AND owner = 0 AND next_attempt <= `+p.add(millis(now))+`
			AND queue_id IN (`+addAll(&p, evenly(ids))+`)
		RETURNING queue_id, recipient, attempts, domain, dsn_notify, dsn_original, waited`, p.args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id string
		var to relay.Pending
		var waited int64
		if err := rows.Scan(&id, &to.Address, &to.Attempts, &to.Domain, &to.Receipt.Notify, &to.Receipt.Original, &waited); err != nil {
			return nil, err
		}
		to.Waited = time.Duration(waited) * time.Millisecond
		envelopes[id].Recipients = append(envelopes[id].Recipients, to)
	}
	jobs := make([]relay.Job, 0, len(ids))
	for _, id := range ids {
		// Another process may have been quicker.
		if len(envelopes[id].Recipients) > 0 {
			jobs = append(jobs, *envelopes[id])
		}
	}
	return jobs, rows.Err()
}

// envelopesOf reads what the recipients of a message have in common.
func envelopesOf(ctx context.Context, tx *sql.Tx, ids []string) (map[string]*relay.Job, error) {
	var p placeholders
	rows, err := tx.QueryContext(ctx, `
		SELECT id, sender, queued, submitter, utf8 <> 0, dsn_return, dsn_envelope FROM relay_message
		WHERE id IN (`+addAll(&p, evenly(ids))+`)`, p.args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	envelopes := make(map[string]*relay.Job, len(ids))
	for rows.Next() {
		var job relay.Job
		var queued sql.NullInt64
		err := rows.Scan(&job.ID, &job.From, &queued, &job.Submitter, &job.UTF8, &job.DSN.Return, &job.DSN.Envelope)
		if err != nil {
			return nil, err
		}
		job.Queued = fromMillis(queued)
		envelopes[job.ID] = &job
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(envelopes) != len(ids) {
		return nil, fmt.Errorf("%w: recipients without a message", ErrDamaged)
	}
	return envelopes, nil
}

// evenly repeats the last of a list until its length is a power of two, so that
// there are few statements to keep.
func evenly(ids []string) []string {
	even := slices.Clone(ids)
	for len(even)&(len(even)-1) != 0 {
		even = append(even, ids[len(ids)-1])
	}
	return even
}
