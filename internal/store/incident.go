package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"spamreport/complaint"
	"spamreport/internal/pipeline"
)

// Past implements pipeline.Ledger. It looks back a day: what was filed more than
// a day and a clockSkew after day was filed by a wrong clock, and does not count.
func (s *Store) Past(ctx context.Context, k complaint.Key, day time.Time) (complaint.Past, error) {
	past, err := filedBefore(ctx, s.read, k, day)
	if err == nil {
		past.Opened, err = openIncident(ctx, s.read, k, untilOf(day))
	}
	return past, explain(err)
}

// untilOf is the end of the day, with what clocks may differ.
func untilOf(day time.Time) time.Time { return day.Add(24*time.Hour + clockSkew) }

// filedBefore is the past without the incident that goes on.
func filedBefore(ctx context.Context, q querier, k complaint.Key, day time.Time) (past complaint.Past, err error) {
	var last, first sql.NullInt64
	err = q.QueryRowContext(ctx, `
		SELECT (SELECT MAX(filed) FROM incident WHERE network = $1 AND contact = $2 AND filed <= $4),
			COUNT(*), MIN(filed) FROM message WHERE contact = $2 AND filed >= $3 AND filed <= $4`,
		k.About, k.Contact, millis(day), millis(untilOf(day))).Scan(&last, &past.FiledDay, &first)
	past.FiledLast, past.DayBegan = fromMillis(last), fromMillis(first)
	return past, err
}

// openIncident finds the incident that goes on, if there is one that was opened
// by then.
func openIncident(ctx context.Context, q querier, k complaint.Key, by time.Time) (*complaint.Opened, error) {
	var o complaint.Opened
	var on sql.NullInt64
	err := q.QueryRowContext(ctx, `
		SELECT i.id, COALESCE(c.incident, ''), m.action, COALESCE(m.filed, m.seen), i.copies
		FROM incident i JOIN message m ON m.digest = i.complaint LEFT JOIN complaint c ON c.digest = i.complaint
		WHERE i.fingerprint = $1 AND i.contact = $2 AND i.over = 0 AND i.opened >= $3 AND i.opened <= $4`,
		k.Fingerprint, k.Contact, millis(k.Since), millis(by)).Scan(&o.ID, &o.Reference, &o.Action, &on, &o.Copies)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	o.On = fromMillis(on)
	return &o, err
}

// join makes a complaint about an incident that another one is filed or held
// about into one copy more of it. It is the last word: what the policy knew
// may be out of date, since other programs file, too.
func join(ctx context.Context, tx *sql.Tx, e complaint.Entry) (complaint.Entry, error) {
	if e.With != "" {
		return e, nil
	}
	if e.Action != complaint.Merged {
		e.Incident = ""
	}
	if e.Key.Fingerprint == "" || e.Action != complaint.Sent && e.Action != complaint.Held {
		return e, nil
	}
	opened, err := openIncident(ctx, tx, e.Key, e.Seen.Add(clockSkew))
	switch {
	case err != nil:
		return e, err
	case opened == nil:
		e.Incident = e.Digest
		return e, nil
	}
	e.Action, e.Why = complaint.Merged, opened.Why(e.Key)
	e.Complaint, e.Incident = nil, opened.ID
	return e, nil
}

// full makes a complaint to a contact that had enough meanwhile into what the
// policy says; like join it is the last word, and comes after it: there is no
// incident that goes on.
func full(ctx context.Context, tx *sql.Tx, e complaint.Entry, decide func(complaint.Entry, complaint.Past) (complaint.Entry, bool)) (complaint.Entry, error) {
	if decide == nil || e.With != "" || e.Action != complaint.Sent && e.Action != complaint.Held {
		return e, nil
	}
	past, err := filedBefore(ctx, tx, e.Key, e.Seen.Add(-24*time.Hour))
	if err != nil {
		return e, err
	}
	if instead, is := decide(e, past); is {
		e = instead
		e.Incident = ""
	}
	return e, nil
}

// together makes a case that shares the complaint about a stronger one of its
// message into what that has become. Where the stronger one still waits, so
// does this one.
func together(ctx context.Context, tx *sql.Tx, e complaint.Entry) (complaint.Entry, error) {
	if e.With == "" {
		return e, nil
	}
	stronger, err := entry(ctx, tx, e.With)
	switch {
	case err != nil:
		return e, fmt.Errorf("the case that it goes with: %w", err)
	case stronger.Action.Final():
		e.Incident = stronger.Incident
	default:
		e.Action, e.Why, e.NotBefore = complaint.Deferred, stronger.Why, stronger.NotBefore
	}
	return e, nil
}

// count enters a message that is in the ledger into its incident; about is the
// message whose complaint speaks of it.
func count(ctx context.Context, tx *sql.Tx, e complaint.Entry, about string) error {
	if e.Incident == "" || e.With != "" {
		return nil // no message more
	}
	if e.Incident != e.Digest {
		_, err := tx.ExecContext(ctx, `
			UPDATE incident SET copies = copies + 1, seen = CASE WHEN seen < $2 THEN $2 ELSE seen END WHERE id = $1`,
			e.Incident, millis(e.Seen))
		return err
	}
	// One that was opened too long ago makes room.
	_, err := tx.ExecContext(ctx, `UPDATE incident SET over = 1 WHERE fingerprint = $1 AND contact = $2 AND over = 0`,
		e.Key.Fingerprint, e.Key.Contact)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO incident (id, complaint, fingerprint, network, contact, opened, seen, copies, filed)
		VALUES ($1, $2, $3, $4, $5, $6, $6, 1, (SELECT filed FROM message WHERE digest = $2))`,
		e.Digest, about, e.Key.Fingerprint, e.Key.About, e.Key.Contact, millis(e.Seen))
	return err
}

// RecordTogether implements pipeline.Ledger.
func (s *Store) RecordTogether(ctx context.Context, lead pipeline.Filing, others []complaint.Entry) (complaint.Entry, error) {
	var kept complaint.Entry
	err := s.updateWithin(ctx, filing([]pipeline.Filing{lead}, others...), func(ctx context.Context, tx *sql.Tx) (err error) {
		kept, err = entry(ctx, tx, lead.Entry.Digest)
		if err == nil && kept.Action.Final() {
			return nil // another program was faster: the others are judged anew
		}
		kept, err = s.record(ctx, tx, lead)
		if err != nil || kept.Action != complaint.Sent && kept.Action != complaint.Held {
			return err
		}
		for _, e := range others {
			if err := s.recordWith(ctx, tx, kept, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return complaint.Entry{}, fmt.Errorf("record %d messages of one complaint: %w", 1+len(others), err)
	}
	return kept, nil
}

// recordWith files a message under the complaint about another one.
func (s *Store) recordWith(ctx context.Context, tx *sql.Tx, lead, e complaint.Entry) error {
	existing, err := entry(ctx, tx, e.Digest)
	if err != nil && !errors.Is(err, complaint.ErrUnknown) {
		return err
	}
	if err == nil && existing.Action.Final() {
		return nil
	}
	if e.Seen.IsZero() {
		e.Seen = s.now()
	}
	opened, err := openIncident(ctx, tx, e.Key, e.Seen.Add(clockSkew))
	if err != nil {
		return err
	}
	e.Action, e.Complaint, e.QueueID, e.Incident = complaint.Merged, nil, "", e.Digest
	if opened != nil {
		e.Incident, e.Why = opened.ID, opened.Why(e.Key)
	}
	if e.Spam == "" {
		e.Spam = e.Digest
	}
	if err := putMessage(ctx, tx, e, time.Time{}); err != nil {
		return err
	}
	return count(ctx, tx, e, lead.Digest)
}
