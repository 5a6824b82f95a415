package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"

	"spamreport/complaint"
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
