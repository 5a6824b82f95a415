package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"spamreport/complaint"
	"spamreport/internal/followup"
	"spamreport/relay"
	"spamreport/relay/bounce"
	"spamreport/relay/suppress"
)

// What reply.anew says.
const (
	toGoAnew  = 1 // the complaint is to go to another contact
	goneAnew  = 2 // it has, or there is none: it does not go anew again
	notToGo   = 0
	replyRows = `r.digest, r.complaint, r.kind, r.class, r.reason, r.status, r.diagnostic, r.recipient,
	r.ticket, r.url, r.sender, r.subject, r.received, r.recorded, r.gone,
	COALESCE((SELECT c.incident FROM complaint c WHERE c.digest = r.complaint), '')`
)

// FirstFiled implements followup.Book.
func (s *Store) FirstFiled(ctx context.Context) (time.Time, error) {
	var first sql.NullInt64
	// The ids of the queue are in the order of its time.
	err := s.read.QueryRowContext(ctx, `SELECT MIN(t) FROM (
		SELECT MIN(m.seen) AS t FROM message m JOIN complaint c ON c.digest = m.digest
		UNION ALL SELECT MIN(queued) FROM (SELECT queued FROM relay_message ORDER BY id LIMIT 1) AS oldest) AS firsts`).Scan(&first)
	return fromMillis(first), explain(err)
}

// ComplaintOf implements followup.Complaints.
func (s *Store) ComplaintOf(ctx context.Context, answers, incidents []string) (followup.Match, error) {
	for _, id := range answers {
		f, err := s.match(ctx, `message_id = $1`, id)
		if !errors.Is(err, complaint.ErrUnknown) {
			f.ByID = true
			return f, err
		}
	}
	for _, id := range incidents {
		f, err := s.match(ctx, `incident = $1`, id)
		if !errors.Is(err, complaint.ErrUnknown) {
			return f, err
		}
	}
	return followup.Match{}, complaint.ErrUnknown
}

func (s *Store) match(ctx context.Context, condition, id string) (followup.Match, error) {
	var f followup.Match
	var rcpt string
	err := s.read.QueryRowContext(ctx,
		`SELECT digest, recipients FROM complaint WHERE `+condition+` ORDER BY digest LIMIT 1`, id).Scan(&f.Digest, &rcpt)
	if errors.Is(err, sql.ErrNoRows) {
		return f, complaint.ErrUnknown
	}
	if err != nil {
		return f, explain(err)
	}
	var to recipients
	if err := json.Unmarshal([]byte(rcpt), &to); err != nil {
		return f, fmt.Errorf("complaint %s: recipients: %w", id, err)
	}
	f.To = append(to.To, to.Cc...)
	return f, nil
}

// RecordReply implements followup.Book.
func (s *Store) RecordReply(ctx context.Context, r followup.Reply) (bool, error) {
	fresh := false
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		fresh = false
		now := s.now()
		if r.Received.IsZero() {
			r.Received = now
		}
		if r.Gone != "" {
			// What was answered did arrive, whatever somebody writes now.
			if answered, err := isAnswered(ctx, tx, r.Complaint); err != nil {
				return err
			} else if answered {
				r.Gone = ""
			}
		}
		result, err := tx.ExecContext(ctx, `
			INSERT INTO reply (digest, complaint, kind, class, reason, status, diagnostic, recipient,
				ticket, url, sender, subject, received, recorded, gone)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
			ON CONFLICT (digest) DO NOTHING`,
			r.Digest, r.Complaint, string(r.Kind), string(r.Class), string(r.Reason), r.Status, r.Diagnostic, r.Recipient,
			r.Ticket, r.URL, r.From, r.Subject, millis(r.Received), millis(now), r.Gone)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if fresh = n > 0; err != nil || !fresh {
			return err
		}
		if err := countAnswer(ctx, tx, r); err != nil || r.Gone == "" {
			return err
		}
		e := suppress.Entry{Address: r.Gone, Reason: suppress.Hard, Source: cmp.Or(r.Diagnostic, string(r.Reason)), Since: now}
		if judged, listed := suppress.Of(r.Gone, bounce.Verdict{Class: r.Class, Reason: r.Reason}, e.Source, now); listed {
			e = judged
		}
		if err := putSuppression(ctx, tx, e); err != nil {
			return err
		}
		return wait(ctx, tx, r)
	})
	if err != nil {
		return false, fmt.Errorf("record reply %s: %w", r.Digest, err)
	}
	return fresh, nil
}

// countAnswer keeps the counts of the message up to date.
func countAnswer(ctx context.Context, tx *sql.Tx, r followup.Reply) error {
	if r.Kind == bounce.Bounced {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE message SET people = people + $3,
			answered = CASE WHEN answered IS NULL OR answered > $2 THEN $2 ELSE answered END
		WHERE digest = $1`, r.Complaint, millis(r.Received), toBit(r.Kind == bounce.Answer))
	return err
}

func isAnswered(ctx context.Context, tx *sql.Tx, digest string) (bool, error) {
	answers := 0
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM reply WHERE complaint = $1 AND kind <> $2`,
		digest, string(bounce.Bounced)).Scan(&answers)
	return answers > 0, err
}

// wait makes a complaint whose contact is gone wait for another one, unless it
// went to another one already.
func wait(ctx context.Context, tx *sql.Tx, r followup.Reply) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE reply SET anew = $3 WHERE digest = $1
		AND EXISTS (SELECT 1 FROM message m WHERE m.digest = $2 AND m.action = $4 AND m.outcome = '' AND LOWER(m.contact) = $5)
		AND NOT EXISTS (SELECT 1 FROM reply o WHERE o.complaint = $2 AND o.anew <> $6)`,
		r.Digest, r.Complaint, toGoAnew, string(complaint.Sent), r.Gone, notToGo)
	return err
}

// goneAtOnce makes a complaint wait for another contact when its own is on the
// suppression list: since it was refused just now, or before. It is recorded
// like a bounce that came back as a message.
func goneAtOnce(ctx context.Context, tx *sql.Tx, id string, now time.Time, o relay.Outcome) error {
	if o.State != relay.Failed {
		return nil
	}
	r := followup.Reply{Digest: "refused " + id, Gone: suppress.Key(o.Recipient)}
	err := tx.QueryRowContext(ctx, `
		SELECT m.digest FROM message m JOIN complaint c ON c.digest = m.digest
		WHERE m.queue_id = $1 AND m.action = $2 AND LOWER(m.contact) = $3
			AND EXISTS (SELECT 1 FROM suppression s WHERE s.address = $3 AND (s.expires IS NULL OR s.expires > $4))`,
		id, string(complaint.Sent), r.Gone, millis(now)).Scan(&r.Complaint)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	verdict := verdictOf(o.Reply)
	_, err = tx.ExecContext(ctx, `
		INSERT INTO reply (digest, complaint, kind, class, reason, status, diagnostic, recipient,
			ticket, url, sender, subject, received, recorded, gone)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', '', '', $9, $9, $10)
		ON CONFLICT (digest) DO NOTHING`,
		r.Digest, r.Complaint, string(bounce.Bounced), string(verdict.Class), string(verdict.Reason), o.Reply.Status,
		clip(o.Reply.String()), o.Recipient, millis(now), r.Gone)
	if err != nil {
		return err
	}
	return wait(ctx, tx, r)
}

// Replies lists what came back, the last first; about one complaint, or about
// all when digest is empty.
func (s *Store) Replies(ctx context.Context, digest string) ([]followup.Reply, error) {
	query, args := `SELECT `+replyRows+` FROM reply r`, []any(nil)
	if digest != "" {
		query, args = query+` WHERE r.complaint = $1`, []any{digest}
	}
	return s.replies(ctx, query+` ORDER BY r.received DESC, r.digest`, args)
}

func (s *Store) replies(ctx context.Context, query string, args []any) ([]followup.Reply, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var all []followup.Reply
	for rows.Next() {
		var r followup.Reply
		var received, recorded sql.NullInt64
		err := rows.Scan(&r.Digest, &r.Complaint, &r.Kind, &r.Class, &r.Reason, &r.Status, &r.Diagnostic, &r.Recipient,
			&r.Ticket, &r.URL, &r.From, &r.Subject, &received, &recorded, &r.Gone, &r.Incident)
		if err != nil {
			return nil, explain(err)
		}
		r.Received, r.Recorded = fromMillis(received), fromMillis(recorded)
		all = append(all, r)
	}
	return all, explain(rows.Err())
}
