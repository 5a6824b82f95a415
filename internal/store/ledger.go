package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/relay"
)

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// entryColumns are read by scanEntry.
const entryColumns = `m.digest, m.message_id, m.subject, m.sender, m.source, m.network, m.contact,
	m.action, m.why, m.queue_id, m.seen, m.prefix, m.country, m.received,
	m.spam, m.kind, m.about, m.not_before, ` + incidentColumns + `,
	c.incident, c.message_id, c.sender, c.recipients, c.subject, c.format, `

// The texts of a complaint, and nothing in place of them for lists.
const (
	texts    = `c.body, c.raw`
	noTexts  = `'', NULL`
	allTexts = entryColumns + texts
)

const entryTables = ` FROM message m LEFT JOIN complaint c ON c.digest = m.digest `

// incidentColumns are the incident that a message counts in, its complaint's
// reference, and how many messages the message's own complaint speaks of.
const incidentColumns = `m.incident,
	COALESCE((SELECT about.incident FROM incident i JOIN complaint about ON about.digest = i.complaint WHERE i.id = m.incident), ''),
	(SELECT COALESCE(SUM(i.copies), 0) FROM incident i WHERE i.complaint = m.digest)`

// recipients is how the addresses of a complaint are kept.
type recipients struct {
	To []string `json:"to"`
	Cc []string `json:"cc,omitempty"`
}

func scanEntry(scan func(...any) error) (complaint.Entry, error) {
	var (
		e      complaint.Entry
		source string
		prefix string

		seen, received, notBefore sql.NullInt64
		// The columns of a complaint are NULL when there is none.
		incident, messageID, from, rcpt, subject, format, text sql.NullString
		raw                                                    []byte
	)
	err := scan(&e.Digest, &e.MessageID, &e.Subject, &e.From, &source, &e.Network, &e.Contact,
		&e.Action, &e.Why, &e.QueueID, &seen, &prefix, &e.Country, &received,
		&e.Spam, &e.Kind, &e.About, &notBefore, &e.Incident, &e.Reference, &e.Copies,
		&incident, &messageID, &from, &rcpt, &subject, &format, &text, &raw)
	if err != nil {
		return complaint.Entry{}, err
	}
	e.Seen, e.Received, e.NotBefore = fromMillis(seen), fromMillis(received), fromMillis(notBefore)
	if source != "" {
		if e.Source, err = netip.ParseAddr(source); err != nil {
			return complaint.Entry{}, fmt.Errorf("ledger entry %s: %w", e.Digest, err)
		}
	}
	if prefix != "" {
		if e.Prefix, err = netip.ParsePrefix(prefix); err != nil {
			return complaint.Entry{}, fmt.Errorf("ledger entry %s: %w", e.Digest, err)
		}
	}
	if !incident.Valid {
		return e, nil
	}
	var r recipients
	if err := json.Unmarshal([]byte(rcpt.String), &r); err != nil {
		return complaint.Entry{}, fmt.Errorf("ledger entry %s: recipients: %w", e.Digest, err)
	}
	e.Complaint = &complaint.Complaint{
		Incident: incident.String, MessageID: messageID.String, From: from.String, To: r.To, Cc: r.Cc,
		Subject: subject.String, Format: format.String, Text: text.String, Raw: raw,
	}
	return e, nil
}

// Entry returns a case with its complaint; the error is complaint.ErrUnknown
// when the ledger has none of this name.
func (s *Store) Entry(ctx context.Context, digest string) (complaint.Entry, error) {
	e, err := entry(ctx, s.read, digest)
	return e, explain(err)
}

// Cases implements pipeline.Ledger.
func (s *Store) Cases(ctx context.Context, digest string) ([]complaint.Entry, error) {
	return s.entries(ctx, `SELECT `+entryColumns+noTexts+entryTables+`WHERE m.spam = $1`, digest)
}

func (s *Store) entries(ctx context.Context, query string, args ...any) ([]complaint.Entry, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var all []complaint.Entry
	for rows.Next() {
		e, err := scanEntry(rows.Scan)
		if err != nil {
			return nil, explain(err)
		}
		all = append(all, e)
	}
	return all, explain(rows.Err())
}

func entry(ctx context.Context, q querier, digest string) (complaint.Entry, error) {
	row := q.QueryRowContext(ctx, `SELECT `+allTexts+entryTables+`WHERE m.digest = $1`, digest)
	e, err := scanEntry(row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return complaint.Entry{}, complaint.ErrUnknown
	}
	return e, err
}

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

// Held implements pipeline.Ledger.
func (s *Store) Held(ctx context.Context) ([]complaint.Entry, error) {
	return s.entries(ctx, `SELECT `+allTexts+entryTables+`WHERE m.action = $1 ORDER BY m.seen, m.digest`, string(complaint.Held))
}

// ErrNotHeld says that a complaint does not wait for approval.
var ErrNotHeld = errors.New("the complaint does not wait for approval")

// Approve implements pipeline.Ledger. What is filed is what the submission
// says: it may have been edited since the complaint was held.
func (s *Store) Approve(ctx context.Context, digest string, sub relay.Submission) error {
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := mustBeHeld(ctx, tx, digest); err != nil {
			return err
		}
		filed, err := s.enqueue(ctx, tx, sub)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE message SET action = $2, queue_id = $3, filed = $4, why = REPLACE(why, $5, $6) WHERE digest = $1`,
			digest, string(complaint.Sent), sub.ID, millis(filed), pipeline.Waits, pipeline.Approved)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE complaint SET raw = $2 WHERE digest = $1`, digest, sub.Message)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE incident SET filed = $2 WHERE complaint = $1`, digest, millis(filed))
		return err
	})
	if err != nil {
		return fmt.Errorf("approve %s: %w", digest, err)
	}
	return nil
}

// Drop implements pipeline.Ledger.
func (s *Store) Drop(ctx context.Context, digest, why string) error {
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := mustBeHeld(ctx, tx, digest); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE message SET action = $2, why = $3 WHERE digest = $1`,
			digest, string(complaint.Dropped), why)
		return err
	})
	if err != nil {
		return fmt.Errorf("drop %s: %w", digest, err)
	}
	return nil
}

func mustBeHeld(ctx context.Context, tx *sql.Tx, digest string) error {
	var action string
	err := tx.QueryRowContext(ctx, `SELECT action FROM message WHERE digest = $1`, digest).Scan(&action)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return complaint.ErrUnknown
	case err != nil:
		return err
	case action != string(complaint.Held):
		return fmt.Errorf("%w: it is %s", ErrNotHeld, action)
	}
	return nil
}
