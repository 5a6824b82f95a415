package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"spamreport/relay/bounce"
	"spamreport/relay/feedback"
	"spamreport/relay/suppress"
)

// Feedback is a bounce or a complaint that came back about mail of the relay.
type Feedback struct {
	ID        string // digest of the message that came back
	Kind      feedback.Kind
	QueueID   string // of the mail; empty when it is not known here
	Recipient string
	Class     bounce.Class
	Reason    string // of a bounce; of a complaint its type
	Status    string
	Text      string
	Help      string // the page that it refers to
	Reporter  string
	Received  time.Time
}

// Known reports whether it is about mail that was sent from here.
func (f Feedback) Known() bool { return f.QueueID != "" }

// RecordFeedback keeps what came back and, when it is about mail that was sent
// to that address, puts the address on the suppression list. It reports whether
// that is new; the same message again changes nothing.
func (s *Store) RecordFeedback(ctx context.Context, id string, r feedback.Report, received time.Time) (f Feedback, fresh bool, err error) {
	err = s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		fresh = false
		f = Feedback{
			ID: id, Kind: r.Kind, Recipient: r.Recipient, Class: r.Verdict.Class, Reason: string(r.Verdict.Reason),
			Status: r.Status, Text: clip(r.Text), Help: r.Verdict.Help, Reporter: r.From, Received: received,
		}
		if r.Kind == feedback.Complaint {
			f.Reason = r.Type
		}
		var err error
		if f.QueueID, f.Recipient, err = sentTo(ctx, tx, r.MessageID, r.Recipient); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `
			INSERT INTO feedback (id, kind, queue_id, recipient, class, reason, status, text, help, reporter, received)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING`,
			f.ID, string(f.Kind), f.QueueID, f.Recipient, string(f.Class), f.Reason, f.Status, f.Text, f.Help, f.Reporter, millis(received))
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if fresh = n > 0; err != nil || !fresh || !f.Known() {
			return err
		}
		if e, listed := f.entry(r.Verdict); listed {
			return putSuppression(ctx, tx, e)
		}
		return nil
	})
	return f, fresh, err
}

// entry is what it means for the suppression list. "not-spam" is the opposite
// of a complaint (RFC 5965 §7.3).
func (f Feedback) entry(v bounce.Verdict) (suppress.Entry, bool) {
	if f.Kind == feedback.Bounce {
		return suppress.Of(f.Recipient, v, f.Text, f.Received)
	}
	e := suppress.Entry{Address: suppress.Key(f.Recipient), Reason: suppress.Complaint, Source: f.Reporter, Since: f.Received}
	return e, f.Reason != "not-spam"
}

// IsSent reports whether mail with a Message-ID was sent to an address, or, when
// that is empty, to one address alone.
func (s *Store) IsSent(ctx context.Context, messageID, address string) (bool, error) {
	id, _, err := sentTo(ctx, s.read, messageID, address)
	return id != "", explain(err)
}

// sentTo finds the mail with a Message-ID that went to an address, or to one
// address alone when the report does not say which. Without any, the address
// stays as it was said.
func sentTo(ctx context.Context, db querier, messageID, address string) (queueID, recipient string, err error) {
	if messageID == "" {
		return "", address, nil
	}
	rows, err := db.QueryContext(ctx, `
		SELECT m.id, r.recipient FROM relay_message m JOIN relay_recipient r ON r.queue_id = m.id
		WHERE m.message_id = $1 ORDER BY m.queued DESC`, messageID)
	if err != nil {
		return "", "", err
	}
	defer func() { _ = rows.Close() }()
	var only [][2]string
	for rows.Next() {
		var id, to string
		if err := rows.Scan(&id, &to); err != nil {
			return "", "", err
		}
		if strings.EqualFold(to, address) {
			return id, to, nil
		}
		only = append(only, [2]string{id, to})
	}
	if address == "" && len(only) == 1 {
		return only[0][0], only[0][1], rows.Err()
	}
	return "", address, rows.Err()
}

// Feedback lists what came back since a time, the last first.
func (s *Store) Feedback(ctx context.Context, since time.Time) ([]Feedback, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT id, kind, queue_id, recipient, class, reason, status, text, help, reporter, received
		FROM feedback WHERE received >= $1 ORDER BY received DESC, id`, sinceMillis(since))
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var all []Feedback
	for rows.Next() {
		var f Feedback
		var received sql.NullInt64
		err := rows.Scan(&f.ID, &f.Kind, &f.QueueID, &f.Recipient, &f.Class, &f.Reason, &f.Status, &f.Text, &f.Help, &f.Reporter, &received)
		if err != nil {
			return nil, explain(err)
		}
		f.Received = fromMillis(received)
		all = append(all, f)
	}
	return all, explain(rows.Err())
}

// sinceMillis is the start of a list; everything when it is zero.
func sinceMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return millis(t)
}
