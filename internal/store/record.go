package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/relay"
)

// Record implements pipeline.Ledger.
func (s *Store) Record(ctx context.Context, cases []pipeline.Filing, place mailbox.Place) ([]complaint.Entry, error) {
	kept, err := s.RecordAll(ctx, []pipeline.Outcome{{Cases: cases, Place: place}})
	if err != nil {
		return nil, err
	}
	return kept[0], nil
}

// RecordAll implements pipeline.Ledger.
func (s *Store) RecordAll(ctx context.Context, all []pipeline.Outcome) ([][]complaint.Entry, error) {
	all, within := s.together(all)
	kept := make([][]complaint.Entry, len(all))
	err := s.updateWithin(ctx, within, func(ctx context.Context, tx *sql.Tx) (err error) {
		for i, o := range all {
			if kept[i], err = s.recordOne(ctx, tx, o); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("record a message: %w", err)
	}
	return kept, nil
}

// recordOne records the cases of one message and where it lies.
func (s *Store) recordOne(ctx context.Context, tx *sql.Tx, o pipeline.Outcome) (kept []complaint.Entry, err error) {
	kept = make([]complaint.Entry, len(o.Cases))
	for i, f := range o.Cases {
		if kept[i], err = s.record(ctx, tx, f); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Entry.Digest, err)
		}
	}
	if o.Place == (mailbox.Place{}) || len(kept) == 0 {
		return kept, nil
	}
	return kept, addSighting(ctx, tx, o.Place, kept[0].Spam)
}

func (s *Store) record(ctx context.Context, tx *sql.Tx, f pipeline.Filing) (complaint.Entry, error) {
	e, sub := f.Entry, f.Submission
	existing, err := entry(ctx, tx, e.Digest)
	switch {
	case errors.Is(err, complaint.ErrUnknown):
	case err != nil:
		return complaint.Entry{}, err
	case existing.Action.Final():
		return existing, nil
	}
	if e.Spam == "" {
		e.Spam = e.Digest
	}
	if e.Seen.IsZero() {
		e.Seen = s.now()
	}
	if e, err = together(ctx, tx, e); err != nil {
		return complaint.Entry{}, err
	}
	if err := checkOutcome(e, sub); err != nil {
		return complaint.Entry{}, err
	}
	if e, err = join(ctx, tx, e); err != nil {
		return complaint.Entry{}, err
	}
	if e, err = full(ctx, tx, e, f.Full); err != nil {
		return complaint.Entry{}, err
	}
	if e.Action != complaint.Sent {
		sub = nil
	}
	e.QueueID = ""
	var filed time.Time
	if sub != nil {
		if filed, err = s.enqueue(ctx, tx, *sub); err != nil {
			return complaint.Entry{}, err
		}
		e.QueueID = sub.ID
	}
	if err := putMessage(ctx, tx, e, filed); err != nil {
		return complaint.Entry{}, err
	}
	if err := putComplaint(ctx, tx, e.Digest, e.Complaint, existing.Complaint != nil); err != nil {
		return complaint.Entry{}, err
	}
	return e, count(ctx, tx, e, e.Digest)
}

// checkOutcome refuses what would make the ledger say something untrue.
func checkOutcome(e complaint.Entry, sub *relay.Submission) error {
	switch e.Action {
	case complaint.Sent:
		if sub == nil {
			return errors.New("action is sent, but there is nothing to send")
		}
	case complaint.Held:
		if e.Complaint == nil {
			return errors.New("action is held, but there is no complaint")
		}
	case complaint.Merged:
		if e.Incident == "" || e.Complaint != nil {
			return errors.New("action is merged, but it is not said into what, or there is a complaint of its own")
		}
	case complaint.Skipped, complaint.Deferred, complaint.Dropped:
	default:
		return fmt.Errorf("action %q is not an outcome", e.Action)
	}
	if sub != nil && e.Action != complaint.Sent {
		return fmt.Errorf("a submission with action %q", e.Action)
	}
	return nil
}

func putMessage(ctx context.Context, tx *sql.Tx, e complaint.Entry, filed time.Time) error {
	source := ""
	if e.Source.IsValid() {
		source = e.Source.String()
	}
	prefix := ""
	if e.Prefix.IsValid() {
		prefix = e.Prefix.String()
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO message (digest, message_id, subject, sender, source, network, contact,
			action, why, queue_id, seen, filed, incident, prefix, country, received,
			spam, kind, about, not_before)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
		ON CONFLICT (digest) DO UPDATE SET
			message_id = excluded.message_id, subject = excluded.subject, sender = excluded.sender,
			source = excluded.source, network = excluded.network, contact = excluded.contact,
			action = excluded.action, why = excluded.why, queue_id = excluded.queue_id,
			seen = excluded.seen, filed = excluded.filed, incident = excluded.incident,
			prefix = excluded.prefix, country = excluded.country, received = excluded.received,
			not_before = excluded.not_before`,
		e.Digest, e.MessageID, e.Subject, e.From, source, e.Network, e.Contact,
		string(e.Action), e.Why, e.QueueID, millis(e.Seen), nullMillis(filed), e.Incident,
		prefix, e.Country, nullMillis(e.Received), e.Spam, string(e.Kind), e.About, nullMillis(e.NotBefore))
	return err
}

// putComplaint keeps the complaint about a message, in place of the one before.
func putComplaint(ctx context.Context, tx *sql.Tx, digest string, c *complaint.Complaint, replace bool) error {
	if replace {
		if _, err := tx.ExecContext(ctx, `DELETE FROM complaint WHERE digest = $1`, digest); err != nil {
			return err
		}
	}
	if c == nil {
		return nil
	}
	rcpt, err := json.Marshal(recipients{To: c.To, Cc: c.Cc})
	if err != nil {
		return err
	}
	raw := c.Raw
	if raw == nil {
		raw = []byte{} // the column is not nullable
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO complaint (digest, incident, message_id, sender, recipients, subject, format, body, raw)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		digest, c.Incident, c.MessageID, c.From, string(rcpt), c.Subject, c.Format, c.Text, raw)
	return err
}
