package store

import (
	"context"
	"database/sql"
	"time"

	"spamreport/relay"
	"spamreport/relay/bounce"
	"spamreport/relay/feedback"
	"spamreport/relay/reputation"
)

// Dispatch is one recipient of mail that left, or could not.
type Dispatch struct {
	relay.Item
	Submitter string
	MessageID string
}

// Dispatches yields the recipients whose state changed since a time, the first
// first. With states, only those that are in one of them.
func (s *Store) Dispatches(ctx context.Context, since time.Time, yield func(Dispatch) error, states ...relay.State) error {
	var p placeholders
	query := `SELECT m.id, m.sender, r.recipient, m.size, r.state, r.attempts, m.queued, r.updated,
			r.reply_code, r.reply_status, r.reply_text, m.submitter, m.message_id
		FROM relay_recipient r JOIN relay_message m ON m.id = r.queue_id WHERE r.updated >= ` + p.add(sinceMillis(since))
	if len(states) > 0 {
		query += ` AND r.state IN (` + addAll(&p, states) + `)`
	}
	rows, err := s.read.QueryContext(ctx, query+` ORDER BY r.updated, m.id, r.recipient`, p.args...)
	if err != nil {
		return explain(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var d Dispatch
		var queued, updated sql.NullInt64
		err := rows.Scan(&d.ID, &d.From, &d.Recipient, &d.Size, &d.State, &d.Attempts, &queued, &updated,
			&d.Reply.Code, &d.Reply.Status, &d.Reply.Text, &d.Submitter, &d.MessageID)
		if err != nil {
			return explain(err)
		}
		d.Queued, d.Updated = fromMillis(queued), fromMillis(updated)
		if err := yield(d); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}

// Standing counts what the reputation since a time is made of. What came back
// after it was delivered was not delivered after all.
func (s *Store) Standing(ctx context.Context, since time.Time) (reputation.Numbers, error) {
	var n reputation.Numbers
	err := s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM relay_recipient WHERE state = $1 AND updated >= $2`,
		string(relay.Delivered), sinceMillis(since)).Scan(&n.Delivered)
	if err != nil {
		return n, explain(err)
	}
	err = s.Dispatches(ctx, since, func(d Dispatch) error {
		add(&n, verdictOf(d.Reply).Class)
		return nil
	}, relay.Failed)
	if err != nil {
		return n, err
	}
	back, err := s.Feedback(ctx, since)
	for _, f := range back {
		switch {
		case !f.Known():
		case f.Kind == feedback.Complaint && f.Reason != "not-spam":
			n.Complaints++
		case f.Kind == feedback.Bounce && f.Class != bounce.Unknown:
			n.Delivered = max(0, n.Delivered-1)
			add(&n, f.Class)
		}
	}
	return n, err
}

// verdictOf is what a reply means. What the relay itself refused to send was
// never sent, and says nothing about anybody's mail.
func verdictOf(r relay.Reply) bounce.Verdict {
	if own(r) {
		return bounce.Verdict{Class: bounce.Unknown, Reason: bounce.NoReason}
	}
	return bounce.Classify(r.Code, r.Status, r.Text)
}

func add(n *reputation.Numbers, c bounce.Class) {
	switch c {
	case bounce.Hard:
		n.Hard++
	case bounce.Soft:
		n.Soft++
	case bounce.Block:
		n.Block++
	}
}
